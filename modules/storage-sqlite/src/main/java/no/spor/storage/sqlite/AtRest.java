package no.spor.storage.sqlite;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
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

  /// Kept from one block to the next: making a context costs as much as unpacking a block, and the
  /// bytes of blocks were most of what was allocated.
  private static final ArrayBlockingQueue<Bench> IDLE = new ArrayBlockingQueue<>(16);

  /// Likewise, for packing.
  private static final ArrayBlockingQueue<Packing> IDLE_PACKING = new ArrayBlockingQueue<>(4);

  /// Larger ones are not kept.
  private static final int MOST_KEPT = 1 << 19;

  private AtRest() {}

  /// Writes what is to be packed.
  @FunctionalInterface
  interface Plain {
    /// @param to has room for exactly so much
    void write(ByteBuffer to);
  }

  /// @param length of what is packed
  static byte[] pack(int length, Plain plain) {
    if (length < WORTH_TRYING) {
      var bytes = new byte[length + 1];
      bytes[0] = PLAIN;
      plain.write(ByteBuffer.wrap(bytes, 1, length));
      return bytes;
    }
    var idle = IDLE_PACKING.poll();
    var packing = idle == null ? new Packing() : idle;
    try {
      return packing.pack(length, plain);
    } finally {
      if (!IDLE_PACKING.offer(packing)) {
        packing.context.close();
      }
    }
  }

  /// What one thread packs with.
  private static final class Packing {
    private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);
    private byte[] plain = new byte[1 << 16];
    private byte[] frame = new byte[1 << 16];

    byte[] pack(int length, Plain writing) {
      int most = (int) Zstd.compressBound(length) + SUMMED_BYTES;
      var bytes = length > plain.length ? new byte[length] : plain;
      var to = most > frame.length ? new byte[most] : frame;
      if (most <= MOST_KEPT) {
        plain = bytes;
        frame = to;
      }
      writing.write(ByteBuffer.wrap(bytes, 0, length));
      int packed = packFrame(bytes, length, to) + SUMMED_BYTES;
      if (packed <= length) {
        to[0] = SUMMED;
        ByteBuffer.wrap(to).putInt(1, sum(to, packed));
        return Arrays.copyOf(to, packed);
      }
      var stored = new byte[length + 1];
      stored[0] = PLAIN;
      System.arraycopy(bytes, 0, stored, 1, length);
      return stored;
    }

    /// @return length of the frame, which lies behind the room for the sum
    private int packFrame(byte[] bytes, int length, byte[] to) {
      try {
        return context.compressByteArray(
            to, SUMMED_BYTES, to.length - SUMMED_BYTES, bytes, 0, length);
      } catch (ZstdException e) {
        return length; // then they are stored as they are
      }
    }
  }

  /// What is made of unpacked bytes. They lie between position and limit, are gone afterwards, and
  /// are to be copied where they are to stay.
  @FunctionalInterface
  interface Unpacked<T> {
    T read(ByteBuffer bytes);
  }

  /// @param most how long the bytes can be; more is damage, and is not allocated
  static <T> T unpack(byte[] packed, int most, Unpacked<T> reading) {
    if (packed.length > 0 && packed[0] == PLAIN && packed.length - 1 <= most) {
      return reading.read(ByteBuffer.wrap(packed, 1, packed.length - 1));
    }
    boolean summed = packed.length >= SUMMED_BYTES && packed[0] == SUMMED;
    if (summed && ByteBuffer.wrap(packed).getInt(1) != sum(packed, packed.length)) {
      throw damage();
    }
    if (summed || packed.length > 0 && packed[0] == ZSTANDARD) {
      int from = summed ? SUMMED_BYTES : 1;
      long length = Zstd.getFrameContentSize(packed, from, packed.length - from);
      if (length >= 0 && length <= most) {
        return unpackFrame(packed, from, (int) length, reading);
      }
    }
    throw damage();
  }

  private static int sum(byte[] packed, int length) {
    var sum = new CRC32C();
    sum.update(packed, SUMMED_BYTES, length - SUMMED_BYTES);
    return (int) sum.getValue();
  }

  private static <T> T unpackFrame(byte[] packed, int from, int length, Unpacked<T> reading) {
    var idle = IDLE.poll();
    var bench = idle == null ? new Bench() : idle;
    try {
      var bytes = bench.bytes(length);
      if (bench.context.decompressByteArray(bytes, 0, length, packed, from, packed.length - from)
          == length) {
        return reading.read(ByteBuffer.wrap(bytes, 0, length));
      }
    } catch (ZstdException e) {
      throw damage();
    } finally {
      if (!IDLE.offer(bench)) {
        bench.context.close();
      }
    }
    throw damage();
  }

  /// What one thread unpacks with.
  private static final class Bench {
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private byte[] kept = new byte[1 << 16];

    byte[] bytes(int length) {
      if (length > MOST_KEPT) {
        return new byte[length];
      }
      if (length > kept.length) {
        kept = new byte[MOST_KEPT];
      }
      return kept;
    }
  }

  private static LedgerDamageException damage() {
    return new LedgerDamageException("a stored block cannot be unpacked");
  }
}
