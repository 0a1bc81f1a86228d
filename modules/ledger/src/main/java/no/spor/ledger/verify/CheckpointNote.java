package no.spor.ledger.verify;

import java.util.Base64;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// A checkpoint (C2SP `tlog-checkpoint` in a `signed-note`) as it was read; nothing of it is to be
/// believed before [#signatureFlaw] has found none. Immutable.
public final class CheckpointNote {
  private final SignedText note;
  private final String origin;
  private final long size;
  private final byte[] root;

  private CheckpointNote(SignedText note, String origin, long size, byte[] root) {
    this.note = note;
    this.origin = origin;
    this.size = size;
    this.root = root;
  }

  /// @throws IllegalArgumentException where the bytes are no checkpoint; says why
  public static CheckpointNote parse(byte[] bytes) {
    var note = SignedText.parse(bytes);
    var lines = note.text().split("\n", -1);
    if (lines.length < 4 || lines[0].isEmpty()) {
      throw new IllegalArgumentException("it has not the three lines of a checkpoint");
    }
    for (int i = 3; i < lines.length - 1; i++) {
      if (lines[i].isEmpty()) {
        throw new IllegalArgumentException("it has an empty extension line");
      }
    }
    if (!lines[1].matches("0|[1-9][0-9]{0,17}")) {
      throw new IllegalArgumentException("its size is no number");
    }
    return new CheckpointNote(note, lines[0], Long.parseLong(lines[1]), hash(lines[2]));
  }

  /// @throws IllegalArgumentException where the text is not base64, in its one form, of 32 bytes
  static byte[] hash(String base64) {
    var bytes = base64(base64);
    if (bytes.length != Sha256.BYTES) {
      throw new IllegalArgumentException("a hash is not 32 bytes long");
    }
    return bytes;
  }

  static byte[] base64(String text) {
    var bytes = Base64.getDecoder().decode(text);
    if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
      throw new IllegalArgumentException("base64 is not in its one form");
    }
    return bytes;
  }

  /// @return why no key of these vouches for it; null where one does and none of them disowns it
  public @Nullable String signatureFlaw(Collection<VerifierKey> keys) {
    return note.signatureFlaw(keys);
  }

  public String origin() {
    return origin;
  }

  /// @return how many entries it covers
  public long size() {
    return size;
  }

  /// @return 32 bytes
  public byte[] root() {
    return root.clone();
  }
}
