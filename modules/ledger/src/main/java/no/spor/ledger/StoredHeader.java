package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.FRAME_BYTES;
import static no.spor.ledger.LedgerFormat.MAX_HEADER_BYTES;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What a stored header says: the header from offset 95 on (`FORMAT.md`, "Header").
///
/// @param sequence place in its stream
/// @param recordedAtMillis milliseconds since 1970-01-01T00:00:00Z
/// @param stream the stream's label
/// @param bodyOffset where the body begins in the stored header
public record StoredHeader(long sequence, long recordedAtMillis, String stream, int bodyOffset) {
  private static final int LABEL_OFFSET = 17;

  /// @throws LedgerDamageException where the bytes are no stored header
  public static StoredHeader read(byte[] stored) {
    if (stored.length <= LABEL_OFFSET || stored.length > MAX_HEADER_BYTES - FRAME_BYTES) {
      throw new LedgerDamageException("header of impossible length");
    }
    int length = stored[LABEL_OFFSET - 1] & 0xff;
    if (length == 0 || length > stored.length - LABEL_OFFSET) {
      throw new LedgerDamageException("header ends within its stream");
    }
    long sequence = Bytes.i64(stored, 0);
    if (sequence < 0) {
      throw new LedgerDamageException("header of impossible sequence");
    }
    return new StoredHeader(
        sequence, Bytes.i64(stored, 8), label(stored, LABEL_OFFSET, length), LABEL_OFFSET + length);
  }

  /// @return the body, copied out of the stored header it was read from
  public byte[] body(byte[] stored) {
    return Arrays.copyOfRange(stored, bodyOffset, stored.length);
  }

  static byte[] write(long sequence, long recordedAtMillis, byte[] stream, byte[] body) {
    var stored = new byte[LABEL_OFFSET + stream.length + body.length];
    Bytes.putLong(stored, 0, sequence);
    Bytes.putLong(stored, 8, recordedAtMillis);
    stored[LABEL_OFFSET - 1] = (byte) stream.length;
    System.arraycopy(stream, 0, stored, LABEL_OFFSET, stream.length);
    System.arraycopy(body, 0, stored, LABEL_OFFSET + stream.length, body.length);
    return stored;
  }

  static int length(byte[] stream, byte[] body) {
    return LABEL_OFFSET + stream.length + body.length;
  }

  private static String label(byte[] bytes, int offset, int length) {
    var label = new String(bytes, offset, length, StandardCharsets.UTF_8);
    if (label.indexOf('\ufffd') >= 0) {
      // Only what holds a replacement character can have been malformed.
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
      } catch (CharacterCodingException e) {
        throw new LedgerDamageException("stream is not UTF-8");
      }
    }
    return label;
  }
}
