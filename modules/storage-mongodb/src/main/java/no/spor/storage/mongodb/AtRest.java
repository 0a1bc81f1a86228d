package no.spor.storage.mongodb;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;
import no.spor.ledger.LedgerDamageException;

/// How bytes lie in a document: `00` and the bytes, or `01` and a Zstandard frame (RFC 8878) that
/// tells its content's size, whichever is shorter. The server compresses its pages too, but neither
/// its log nor what goes over the wire.
final class AtRest {
  private static final int LEVEL = 1;
  private static final byte PLAIN = 0;
  private static final byte ZSTANDARD = 1;
  private static final int WORTH_TRYING = 64;

  private AtRest() {}

  static byte[] pack(byte[] bytes) {
    if (bytes.length >= WORTH_TRYING) {
      var frame = new byte[(int) Zstd.compressBound(bytes.length) + 1];
      frame[0] = ZSTANDARD;
      long length =
          Zstd.compressByteArray(frame, 1, frame.length - 1, bytes, 0, bytes.length, LEVEL);
      if (!Zstd.isError(length) && length < bytes.length) {
        return Arrays.copyOf(frame, (int) length + 1);
      }
    }
    var plain = new byte[bytes.length + 1];
    plain[0] = PLAIN;
    System.arraycopy(bytes, 0, plain, 1, bytes.length);
    return plain;
  }

  /// @param most how long the bytes can be; more is damage, and is not allocated
  static byte[] unpack(byte[] packed, int most) {
    if (packed.length > 0 && packed[0] == PLAIN && packed.length - 1 <= most) {
      return Arrays.copyOfRange(packed, 1, packed.length);
    }
    if (packed.length > 0 && packed[0] == ZSTANDARD) {
      long length = Zstd.getFrameContentSize(packed, 1, packed.length - 1);
      if (length >= 0 && length <= most) {
        return unpackFrame(packed, (int) length);
      }
    }
    throw damage();
  }

  private static byte[] unpackFrame(byte[] packed, int length) {
    try {
      var bytes = new byte[length];
      if (Zstd.decompressByteArray(bytes, 0, length, packed, 1, packed.length - 1) == length) {
        return bytes;
      }
    } catch (ZstdException e) {
      throw damage();
    }
    throw damage();
  }

  private static LedgerDamageException damage() {
    return new LedgerDamageException("a stored block cannot be unpacked");
  }
}
