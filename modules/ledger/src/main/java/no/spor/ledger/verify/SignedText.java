package no.spor.ledger.verify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text and signatures under it (C2SP `signed-note`), as it was read.
///
/// @param text ends with a newline
record SignedText(String text, List<NoteSignature> signatures) {
  private static final int MAX_BYTES = 1 << 20;
  private static final String SIGNATURE = "\u2014 ";

  /// @param bytes key id and signature
  record NoteSignature(String name, byte[] bytes) {}

  /// @throws IllegalArgumentException where the bytes are no signed note; says why
  static SignedText parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("it is longer than a note can be");
    }
    var note = utf8(bytes);
    if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new IllegalArgumentException("it holds control characters");
    }
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n")) {
      throw new IllegalArgumentException("it is no signed note: no blank line, or no last newline");
    }
    return new SignedText(note.substring(0, end + 1), signatures(note.substring(end + 2)));
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not UTF-8", e);
    }
  }

  private static List<NoteSignature> signatures(String lines) {
    var signatures = new ArrayList<NoteSignature>();
    for (var line : lines.split("\n")) {
      int space = line.indexOf(' ', SIGNATURE.length());
      if (!line.startsWith(SIGNATURE) || space < 0) {
        throw new IllegalArgumentException("a signature line is not in form");
      }
      var name = line.substring(SIGNATURE.length(), space);
      var bytes = CheckpointNote.base64(line.substring(space + 1));
      if (name.isEmpty() || name.indexOf('+') >= 0 || bytes.length < 5) {
        throw new IllegalArgumentException("a signature line is not in form");
      }
      signatures.add(new NoteSignature(name, bytes));
    }
    return List.copyOf(signatures);
  }

  /// @return why no key of these vouches for it; null where one does and none of them disowns it
  @Nullable String signatureFlaw(Collection<VerifierKey> keys) {
    boolean signed = false;
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    for (var signature : signatures) {
      for (var key : keys) {
        if (key.made(signature.name(), signature.bytes())) {
          if (!key.verifies(bytes, signature.bytes())) {
            return "the signature of " + key.name() + " does not verify";
          }
          signed = true;
        }
      }
    }
    return signed ? null : "none of the known keys signed it";
  }
}
