package no.spor.ledger.verify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A checkpoint (C2SP `tlog-checkpoint` in a `signed-note`) as it was read; nothing of it is to be
/// believed before [#signatureFlaw] has found none. Immutable.
public final class CheckpointNote {
  private static final int MAX_BYTES = 1 << 20;
  private static final String SIGNATURE = "\u2014 ";

  private final byte[] text;
  private final String origin;
  private final long size;
  private final byte[] root;
  private final List<NoteSignature> signatures;

  private record NoteSignature(String name, byte[] bytes) {}

  private CheckpointNote(
      byte[] text, String origin, long size, byte[] root, List<NoteSignature> signatures) {
    this.text = text;
    this.origin = origin;
    this.size = size;
    this.root = root;
    this.signatures = signatures;
  }

  /// @throws IllegalArgumentException where the bytes are no checkpoint; says why
  public static CheckpointNote parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("it is longer than a checkpoint can be");
    }
    var note = utf8(bytes);
    if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new IllegalArgumentException("it holds control characters");
    }
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n")) {
      throw new IllegalArgumentException("it is no signed note: no blank line, or no last newline");
    }
    var text = note.substring(0, end + 1);
    var lines = text.split("\n", -1);
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
    return new CheckpointNote(
        text.getBytes(StandardCharsets.UTF_8),
        lines[0],
        Long.parseLong(lines[1]),
        hash(lines[2]),
        signatures(note.substring(end + 2)));
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not UTF-8", e);
    }
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

  private static List<NoteSignature> signatures(String lines) {
    var signatures = new ArrayList<NoteSignature>();
    for (var line : lines.split("\n")) {
      int space = line.indexOf(' ', SIGNATURE.length());
      if (!line.startsWith(SIGNATURE) || space < 0) {
        throw new IllegalArgumentException("a signature line is not in form");
      }
      var name = line.substring(SIGNATURE.length(), space);
      var bytes = base64(line.substring(space + 1));
      if (name.isEmpty() || name.indexOf('+') >= 0 || bytes.length < 5) {
        throw new IllegalArgumentException("a signature line is not in form");
      }
      signatures.add(new NoteSignature(name, bytes));
    }
    return List.copyOf(signatures);
  }

  /// @return why no key of these vouches for it; null where one does and none of them disowns it
  public @Nullable String signatureFlaw(Collection<NoteKey> keys) {
    boolean signed = false;
    for (var signature : signatures) {
      for (var key : keys) {
        if (key.made(signature.name(), signature.bytes())) {
          if (!key.verifies(text, signature.bytes())) {
            return "the signature of " + key.name() + " does not verify";
          }
          signed = true;
        }
      }
    }
    return signed ? null : "none of the known keys signed it";
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
