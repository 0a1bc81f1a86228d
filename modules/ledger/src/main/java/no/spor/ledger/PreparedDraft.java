package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.FRAME_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_BLOCK_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_HEADER_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_LABEL_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_PARTS;
import static no.spor.ledger.LedgerFormat.MAX_PART_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_STREAM_BYTES;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A draft that was found fit, with what does not depend on its place in the ledger: computed on
/// the caller's thread, for the appender's is the one everybody waits for.
///
/// @param stream the stream's label in UTF-8
/// @param bytes what it takes of a block at most
record PreparedDraft(Draft draft, byte[] stream, byte[] partsDigest, int bytes) {
  private static final int ITEM_BYTES = 8;

  /// @param before a draft of the same call; what both have in common is looked at once
  /// @throws IllegalArgumentException where the format has no room for the draft
  static PreparedDraft of(Draft draft, Hashes hashes, @Nullable PreparedDraft before) {
    var stream =
        before != null && before.draft.stream().equals(draft.stream())
            ? before.stream
            : utf8(draft.stream(), MAX_STREAM_BYTES, "stream");
    int header = StoredHeader.length(stream, draft.body());
    require(FRAME_BYTES + header <= MAX_HEADER_BYTES, "header of more than 32 KiB");
    require(draft.parts().size() <= MAX_PARTS, "more than 255 parts");
    long bytes = header;
    String checked =
        before == null || before.draft.parts().isEmpty()
            ? null
            : before.draft.parts().getLast().label();
    for (var part : draft.parts()) {
      if (!part.label().equals(checked)) {
        utf8(part.label(), MAX_LABEL_BYTES, "drop label");
        checked = part.label();
      }
      int length = 0;
      if (part.bytes() != null) {
        length = part.bytes().length;
        require(length > 0, "part of no bytes");
        require(length <= MAX_PART_BYTES, "part of more than 512 KiB");
      }
      // Dropping must never make a block outgrow its limit.
      bytes += ITEM_BYTES + 1 + 3L * part.label().length() + Math.max(length, 32);
    }
    require(bytes <= MAX_BLOCK_BYTES, "record of more than 2 MiB");
    return new PreparedDraft(draft, stream, hashes.parts(draft.parts()), (int) bytes);
  }

  private static byte[] utf8(String text, int max, String what) {
    require(!text.isEmpty() && text.length() <= max, what + " of impossible length");
    ByteBuffer bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + " is not Unicode", e);
    }
    require(bytes.remaining() <= max, what + " of impossible length");
    var array = new byte[bytes.remaining()];
    bytes.get(array);
    return array;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
