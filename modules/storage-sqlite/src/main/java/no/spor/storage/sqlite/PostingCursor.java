package no.spor.storage.sqlite;

/// Reads a list of a [PostingPage], place by place. Not thread-safe.
final class PostingCursor {
  static final long SECOND = 1_000_000_000;

  private static final long[] UNITS = {1, 1_000, 1_000_000, SECOND};

  private byte[] bytes = {};
  private int end;
  private long unit = 1;
  private int at;
  private boolean begun;
  private long time;
  private long position;

  /// Reads this list next.
  ///
  /// @param toSecond what the first time is told by, seconds since 1970
  /// @param toPosition what the first position is told by
  void begin(byte[] list, int from, int to, long toSecond, long toPosition) {
    bytes = list;
    end = to;
    unit = UNITS[list[from] & 3];
    at = from + 1;
    begun = false;
    time = toSecond * (SECOND / unit);
    position = toPosition;
  }

  /// @return code of the largest unit that all times are multiples of
  static byte unitOf(long[] times, int from, int to) {
    int code = 3;
    for (int i = from; i < to && code > 0; i++) {
      while (times[i] % UNITS[code] != 0) {
        code--;
      }
    }
    return (byte) code;
  }

  static long nanos(byte unit) {
    return UNITS[unit];
  }

  /// @return whether there was one more
  boolean next() {
    if (at >= end) {
      return false;
    }
    long earlier = number();
    time -= begun ? earlier : signed(earlier);
    begun = true;
    position -= signed(number());
    return true;
  }

  /// @return nanoseconds since 1970
  long time() {
    return time * unit;
  }

  long position() {
    return position;
  }

  private long number() {
    byte next = bytes[at++];
    long value = next & 0x7f;
    for (int shift = 7; next < 0; shift += 7) {
      next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
    }
    return value;
  }

  private static long signed(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
