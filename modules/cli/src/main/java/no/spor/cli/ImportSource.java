package no.spor.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Reads a file line by line, as bytes; unpacks `.gz`. Not thread-safe.
final class ImportSource implements AutoCloseable {
  /// A longer line is cut here and refused by its length; the rest is skipped.
  static final int LONGEST_LINE = 8 * 1024 * 1024;

  private final CountingStream counted;
  private final InputStream in;
  private final long size;

  private ImportSource(CountingStream counted, InputStream in, long size) {
    this.counted = counted;
    this.in = in;
    this.size = size;
  }

  static boolean standardInput(Path file) {
    return file.toString().equals("-");
  }

  static ImportSource open(Path file) throws IOException {
    CountingStream counted =
        new CountingStream(standardInput(file) ? System.in : Files.newInputStream(file));
    InputStream buffered = new BufferedInputStream(counted, 1 << 16);
    boolean packed = file.toString().endsWith(".gz");
    InputStream in =
        packed
            ? new BufferedInputStream(new GZIPInputStream(buffered, 1 << 16), 1 << 16)
            : buffered;
    return new ImportSource(counted, in, standardInput(file) ? 0 : Files.size(file));
  }

  /// @return bytes of the file, 0 where unknown
  long size() {
    return size;
  }

  /// @return bytes of the file read so far
  long read() {
    return counted.count;
  }

  /// @return the next line without its end, or null at the end of the file; a trailing carriage
  ///   return is dropped
  byte @Nullable [] line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    int next = in.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() <= LONGEST_LINE) {
        line.write(next);
      }
    }
    byte[] bytes = line.toByteArray();
    boolean carriageReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
    return carriageReturn ? java.util.Arrays.copyOf(bytes, bytes.length - 1) : bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static final class CountingStream extends FilterInputStream {
    private long count;

    CountingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count += one < 0 ? 0 : 1;
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int some = super.read(buffer, offset, length);
      count += Math.max(0, some);
      return some;
    }
  }
}
