package no.spor.ledger;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;

/// An immutable file of fingerprints (48 bits) and positions (40 bits), sorted, mapped into memory.
/// Thread-safe.
///
/// Little-endian: a head of 64 bytes (magic, count, filter lines), then four regions:
/// - filter: lines of 64 bytes, each a Bloom filter of its own (Putze, Sanders, Singler: "Cache-,
///   Hash- and Space-Efficient Bloom Filters", 2007), so that an absent key costs one cache miss.
///   Lines ascend with the fingerprint: so a run is written front to back, with no filter in
///   memory;
/// - directory: for each value of a fingerprint's first 16 bits, the index of its first entry;
/// - the other 32 bits of each fingerprint;
/// - the position of each, 5 bytes.
///
/// The mapping lives as long as somebody can reach it: a run that was merged away is still read by
/// who holds it.
final class KeyRun {
  static final int FINGERPRINT_BITS = 48;
  static final int HEAD_BYTES = 64;
  static final int LINE_BYTES = 64;
  static final int DIRECTORY_BYTES = 4 * 65_537;
  static final int POSITION_BYTES = 5;
  static final long MAGIC = 0x314e_5552_524f_5053L;
  static final int FILTER_PROBES = 6;
  private static final int ENTRIES_PER_LINE = 42;
  private static final int LINEAR_SEARCH = 8;
  private static final long CHECKED_AT_ONCE = 1 << 26;

  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment bytes;
  private final long count;
  private final long lines;
  private final long directory;
  private final long rests;
  private final long positions;

  private KeyRun(Path file, MemorySegment bytes, long count, long lines) {
    this.file = file;
    this.bytes = bytes;
    this.count = count;
    this.lines = lines;
    this.directory = HEAD_BYTES + lines * LINE_BYTES;
    this.rests = directory + DIRECTORY_BYTES;
    this.positions = rests + 4 * count;
  }

  /// @throws IOException where it is no run, or not whole
  static KeyRun open(Path file) throws IOException {
    MemorySegment bytes;
    try (var channel = FileChannel.open(file)) {
      bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }
    if (bytes.byteSize() < HEAD_BYTES || bytes.get(LONG, 0) != MAGIC) {
      throw new IOException("not a run of keys: " + file.getFileName());
    }
    long count = bytes.get(LONG, 8);
    if (count < 0 || count > Integer.MAX_VALUE || bytes.byteSize() != fileBytes(count)) {
      throw new IOException("run of keys is not whole: " + file.getFileName());
    }
    return new KeyRun(file, bytes, count, lines(count));
  }

  static long lines(long count) {
    return count / ENTRIES_PER_LINE + 1;
  }

  static long fileBytes(long count) {
    return HEAD_BYTES + lines(count) * LINE_BYTES + DIRECTORY_BYTES + (4 + POSITION_BYTES) * count;
  }

  /// @return the line of the filter that holds a fingerprint
  static long line(long fingerprint, long lines) {
    return Math.unsignedMultiplyHigh(fingerprint << (64 - FINGERPRINT_BITS), lines);
  }

  /// Spreads a fingerprint over the 512 bits of its line, 9 bits a probe.
  static long probes(long fingerprint) {
    long mixed = fingerprint * 0x9E37_79B9_7F4A_7C15L;
    return (mixed ^ mixed >>> 32) * 0xD6E8_FEB8_6659_FD93L >>> 8;
  }

  Path file() {
    return file;
  }

  long count() {
    return count;
  }

  /// @return the first position under this fingerprint that `isIt` accepts, or −1
  long find(long fingerprint, LongPredicate isIt) {
    if (!mayHold(fingerprint)) {
      return -1;
    }
    int wanted = (int) fingerprint;
    long end = firstOf((int) (fingerprint >>> 32) + 1);
    for (long i = lowerBound(fingerprint); i < end && rest(i) == wanted; i++) {
      if (isIt.test(position(i))) {
        return position(i);
      }
    }
    return -1;
  }

  /// @return index of the first entry whose fingerprint begins with these 16 bits
  long firstOf(int top) {
    return Integer.toUnsignedLong(bytes.get(INT, directory + 4L * top));
  }

  int rest(long index) {
    return bytes.get(INT, rests + 4 * index);
  }

  long position(long index) {
    long at = positions + POSITION_BYTES * index;
    return Integer.toUnsignedLong(bytes.get(INT, at))
        | (bytes.get(ValueLayout.JAVA_BYTE, at + 4) & 0xffL) << 32;
  }

  /// @return checksum of the whole file (CRC-32C)
  int checksum() {
    var checksum = new CRC32C();
    for (long at = 0; at < bytes.byteSize(); at += CHECKED_AT_ONCE) {
      long length = Math.min(CHECKED_AT_ONCE, bytes.byteSize() - at);
      checksum.update(bytes.asSlice(at, length).asByteBuffer());
    }
    return (int) checksum.getValue();
  }

  boolean mayHold(long fingerprint) {
    long line = HEAD_BYTES + line(fingerprint, lines) * LINE_BYTES;
    long probes = probes(fingerprint);
    for (int i = 0; i < FILTER_PROBES; i++, probes >>>= 9) {
      int bit = (int) probes & 511;
      if ((bytes.get(LONG, line + (bit >>> 6) * 8L) >>> (bit & 63) & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  private long lowerBound(long fingerprint) {
    int top = (int) (fingerprint >>> 32);
    long wanted = fingerprint & 0xffff_ffffL;
    long low = firstOf(top);
    long high = firstOf(top + 1);
    while (high - low > LINEAR_SEARCH) {
      long middle = (low + high) >>> 1;
      if (Integer.toUnsignedLong(rest(middle)) < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    while (low < high && Integer.toUnsignedLong(rest(low)) < wanted) {
      low++;
    }
    return low;
  }
}
