package no.spor.storage.sqlite;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.CRC32C;
import no.spor.ledger.LedgerDamageException;

/// How bytes lie in a row: `00` and the bytes; or, where that is shorter, `02`, the CRC-32C (RFC
/// 3720) of what follows, and a Zstandard frame (RFC 8878) that tells its content's size. `01` and
/// a frame is how they were written once.
///
/// Several frames can hold the same content: without a sum over the frame, a byte of it could be
/// changed and nobody would ever see it.
///
/// Headers of a block shrink to a quarter, sealed parts by what repeats in them (pseudonyms,
/// commitments); higher levels gain next to nothing.
final class AtRest {
  private static final int LEVEL = 1;
  private static final byte PLAIN = 0;
  private static final byte ZSTANDARD = 1;
  private static final byte SUMMED = 2;
  private static final int SUMMED_BYTES = 5;

  /// Nothing shorter has ever become shorter.
  private static final int WORTH_TRYING = 64;

  /// Making one costs as much as unpacking a block.
  private static final ArrayBlockingQueue<ZstdDecompressCtx> IDLE = new ArrayBlockingQueue<>(16);

  private AtRest() {}

  static byte[] pack(byte[] bytes) {
    if (bytes.length >= WORTH_TRYING) {
      var frame = new byte[(int) Zstd.compressBound(bytes.length) + SUMMED_BYTES];
      frame[0] = SUMMED;
      long length =
          Zstd.compressByteArray(
              frame, SUMMED_BYTES, frame.length - SUMMED_BYTES, bytes, 0, bytes.length, LEVEL);
      if (!Zstd.isError(length) && length + SUMMED_BYTES <= bytes.length) {
        var packed = Arrays.copyOf(frame, (int) length + SUMMED_BYTES);
        ByteBuffer.wrap(packed).putInt(1, sum(packed));
        return packed;
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
    boolean summed = packed.length >= SUMMED_BYTES && packed[0] == SUMMED;
    if (summed && ByteBuffer.wrap(packed).getInt(1) != sum(packed)) {
      throw damage();
    }
    if (summed || packed.length > 0 && packed[0] == ZSTANDARD) {
      int from = summed ? SUMMED_BYTES : 1;
      long length = Zstd.getFrameContentSize(packed, from, packed.length - from);
      if (length >= 0 && length <= most) {
        return unpackFrame(packed, from, (int) length);
      }
    }
    throw damage();
  }

  private static int sum(byte[] packed) {
    var sum = new CRC32C();
    sum.update(packed, SUMMED_BYTES, packed.length - SUMMED_BYTES);
    return (int) sum.getValue();
  }

  private static byte[] unpackFrame(byte[] packed, int from, int length) {
    var idle = IDLE.poll();
    var context = idle == null ? new ZstdDecompressCtx() : idle;
    try {
      var bytes = new byte[length];
      if (context.decompressByteArray(bytes, 0, length, packed, from, packed.length - from)
          == length) {
        return bytes;
      }
    } catch (ZstdException e) {
      throw damage();
    } finally {
      if (!IDLE.offer(context)) {
        context.close();
      }
    }
    throw damage();
  }

  private static LedgerDamageException damage() {
    return new LedgerDamageException("a stored block cannot be unpacked");
  }
}
