package no.spor.ledger;

import static no.spor.ledger.KeyRun.DIRECTORY_BYTES;
import static no.spor.ledger.KeyRun.HEAD_BYTES;
import static no.spor.ledger.KeyRun.LINE_BYTES;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Writes a [KeyRun] front to back; memory does not grow with the run.
final class KeyRunWriter implements AutoCloseable {
  private static final int TOPS = 65_536;

  private final Path file;
  private final FileChannel channel;
  private final long count;
  private final long lines;
  private final Region filter;
  private final Region rests;
  private final Region positions;
  private final int[] directory = new int[TOPS + 1];
  private final long[] line = new long[LINE_BYTES / 8];
  private long lineNumber;
  private int nextTop;
  private int written;

  /// Takes entries in order.
  @FunctionalInterface
  interface Sink {
    void entry(long fingerprint, long position);
  }

  private KeyRunWriter(Path file, long count) throws IOException {
    if (count > Integer.MAX_VALUE) {
      throw new IOException("a run of more than 2^31 keys");
    }
    this.file = file;
    this.count = count;
    this.lines = KeyRun.lines(count);
    this.channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    long restsAt = HEAD_BYTES + lines * LINE_BYTES + DIRECTORY_BYTES;
    this.filter = new Region(channel, HEAD_BYTES);
    this.rests = new Region(channel, restsAt);
    this.positions = new Region(channel, restsAt + 4 * count);
  }

  /// Writes the entries of a table; durable when it returns.
  static KeyRun write(Path file, KeyTable table) throws IOException {
    try (var writer = new KeyRunWriter(file, table.count())) {
      table.forEachSorted(writer::entry);
      return writer.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// Writes the entries of several runs as one; durable when it returns.
  ///
  /// @param giveUp asked now and then
  /// @throws IOException also where it gave up
  static KeyRun merge(Path file, List<KeyRun> runs, BooleanSupplier giveUp) throws IOException {
    long count = runs.stream().mapToLong(KeyRun::count).sum();
    try (var writer = new KeyRunWriter(file, count)) {
      for (int top = 0; top < TOPS; top++) {
        if (giveUp.getAsBoolean()) {
          throw new IOException("merging was given up");
        }
        writer.mergeTop(top, runs);
      }
      return writer.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void mergeTop(int top, List<KeyRun> runs) {
    int n = runs.size();
    var at = new long[n];
    var end = new long[n];
    for (int i = 0; i < n; i++) {
      at[i] = runs.get(i).firstOf(top);
      end[i] = runs.get(i).firstOf(top + 1);
    }
    while (true) {
      int least = -1;
      long rest = Long.MAX_VALUE;
      for (int i = 0; i < n; i++) {
        if (at[i] < end[i] && Integer.toUnsignedLong(runs.get(i).rest(at[i])) < rest) {
          least = i;
          rest = Integer.toUnsignedLong(runs.get(i).rest(at[i]));
        }
      }
      if (least < 0) {
        return;
      }
      entry((long) top << 32 | rest, runs.get(least).position(at[least]++));
    }
  }

  private void entry(long fingerprint, long position) {
    int top = (int) (fingerprint >>> 32);
    while (nextTop <= top) {
      directory[nextTop++] = written;
    }
    long wanted = KeyRun.line(fingerprint, lines);
    while (lineNumber < wanted) {
      finishLine();
    }
    long probes = KeyRun.probes(fingerprint);
    for (int i = 0; i < KeyRun.FILTER_PROBES; i++, probes >>>= 9) {
      int bit = (int) probes & 511;
      line[bit >>> 6] |= 1L << (bit & 63);
    }
    rests.room(4).putInt((int) fingerprint);
    positions.room(KeyRun.POSITION_BYTES).putInt((int) position).put((byte) (position >>> 32));
    written++;
  }

  private void finishLine() {
    var to = filter.room(LINE_BYTES);
    for (int i = 0; i < line.length; i++) {
      to.putLong(line[i]);
      line[i] = 0;
    }
    lineNumber++;
  }

  private KeyRun finish() throws IOException {
    if (written != count) {
      throw new IOException("run of " + written + " keys, not " + count);
    }
    while (lineNumber < lines) {
      finishLine();
    }
    while (nextTop <= TOPS) {
      directory[nextTop++] = written;
    }
    for (int first : directory) {
      filter.room(4).putInt(first);
    }
    filter.flush();
    rests.flush();
    positions.flush();
    var head = new Region(channel, 0);
    head.room(HEAD_BYTES).putLong(KeyRun.MAGIC).putLong(count).putLong(lines);
    head.pad(HEAD_BYTES);
    head.flush();
    channel.force(true);
    return KeyRun.open(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// A stretch of the file that is written in order.
  private static final class Region {
    private final FileChannel channel;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
    private long at;

    Region(FileChannel channel, long at) {
      this.channel = channel;
      this.at = at;
    }

    ByteBuffer room(int bytes) {
      if (buffer.remaining() < bytes) {
        flush();
      }
      return buffer;
    }

    void pad(int to) {
      while (buffer.position() < to) {
        buffer.put((byte) 0);
      }
    }

    void flush() {
      buffer.flip();
      try {
        while (buffer.hasRemaining()) {
          at += channel.write(buffer, at);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      buffer.clear();
    }
  }
}
