package no.spor.ledger.note;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One signature line of a note.
///
/// @param name the key's
/// @param keyId the key's, 32 bits
/// @param bytes what stands after the key's id, at least one byte
public record NoteSignature(String name, int keyId, byte[] bytes) {
  /// Em dash, space.
  static final String LINE_START = "\u2014 ";

  private static final int ID_BYTES = 4;
  private static final int TIME_BYTES = 8;

  /// @throws IllegalArgumentException for what no note can hold
  public NoteSignature {
    if (!NoteText.isName(name) || bytes.length == 0) {
      throw new IllegalArgumentException("no signature line can hold this");
    }
    bytes = bytes.clone();
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /// Reads one line without its newline.
  ///
  /// @throws NoteException where it is none
  public static NoteSignature parse(String line) {
    int space = line.indexOf(' ', LINE_START.length());
    if (!line.startsWith(LINE_START) || space < 0) {
      throw malformed();
    }
    String name = line.substring(LINE_START.length(), space);
    byte[] bytes = NoteText.base64(line.substring(space + 1));
    if (!NoteText.isName(name) || bytes == null || bytes.length <= ID_BYTES) {
      throw malformed();
    }
    return new NoteSignature(
        name, ByteBuffer.wrap(bytes).getInt(), Arrays.copyOfRange(bytes, ID_BYTES, bytes.length));
  }

  private static NoteException malformed() {
    return new NoteException(NoteException.Kind.MALFORMED, "a signature line of the note is none");
  }

  /// @return the line, with its newline
  public String line() {
    byte[] all = ByteBuffer.allocate(ID_BYTES + bytes.length).putInt(keyId).put(bytes).array();
    return LINE_START + name + " " + NoteText.base64(all) + "\n";
  }

  /// @return when it was made, where it is a cosignature; empty where it has no time
  public Optional<Instant> cosignedAt() {
    if (bytes.length != KeyType.COSIGNATURE.signatureBytes()) {
      return Optional.empty();
    }
    long second = ByteBuffer.wrap(bytes, 0, TIME_BYTES).getLong();
    try {
      return second <= 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(second));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NoteSignature that
        && name.equals(that.name)
        && keyId == that.keyId
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + keyId;
  }

  @Override
  public String toString() {
    return line().strip();
  }
}
