package no.spor.recording;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/// Reads RFC 3339 §5.6 dates with time, to the nanosecond. Hour 24 is refused. A leap second
/// (`:60`, only at 23:59 UTC on the last day of a month) is told as the second before it, with its
/// fraction: the time scale of the record has no other place for it.
final class EventTime {
  private static final int SECONDS_A_DAY = 86_400;
  private static final int FIRST_YEAR = 1678;
  private static final int LAST_YEAR = 2261;
  private static final long EARLIEST = LocalDate.of(FIRST_YEAR, 1, 1).toEpochDay() * SECONDS_A_DAY;
  private static final long AFTER_LATEST =
      LocalDate.of(LAST_YEAR + 1, 1, 1).toEpochDay() * SECONDS_A_DAY;

  private final byte[] bytes;
  private final int end;
  private int at;
  private boolean bad;

  private EventTime(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /// @return null for anything else, and outside of the years 1678 to 2261 (UTC)
  static @Nullable Instant parse(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new EventTime(bytes, 0, bytes.length).read();
  }

  /// As above, of a string of a document.
  static @Nullable Instant parse(JsonDocument document, int node) {
    return document.plain(node)
        ? new EventTime(document.bytes(), document.start(node) + 1, document.end(node) - 1).read()
        : parse(document.string(node));
  }

  private @Nullable Instant read() {
    int year = number(4);
    expect('-', '-');
    int month = number(2);
    expect('-', '-');
    int day = number(2);
    expect('T', 't');
    int hour = number(2);
    expect(':', ':');
    int minute = number(2);
    expect(':', ':');
    int second = number(2);
    int nano = fraction();
    int offset = offset();
    if (bad || at != end || hour > 23 || minute > 59 || second > 60) {
      return null;
    }
    long epochDay;
    try {
      epochDay = LocalDate.of(year, month, day).toEpochDay();
    } catch (DateTimeException noSuchDay) {
      return null;
    }
    boolean leap = second == 60;
    long epochSecond =
        epochDay * SECONDS_A_DAY + hour * 3600L + minute * 60L + (leap ? 59 : second) - offset;
    if (epochSecond < EARLIEST || epochSecond >= AFTER_LATEST || (leap && !mayLeap(epochSecond))) {
      return null;
    }
    return Instant.ofEpochSecond(epochSecond, nano);
  }

  private static boolean mayLeap(long epochSecond) {
    return Math.floorMod(epochSecond, SECONDS_A_DAY) == SECONDS_A_DAY - 1
        && LocalDate.ofEpochDay(Math.floorDiv(epochSecond, SECONDS_A_DAY) + 1).getDayOfMonth() == 1;
  }

  private int number(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = digit();
      if (digit < 0) {
        bad = true;
        return 0;
      }
      value = value * 10 + digit;
      at++;
    }
    return value;
  }

  private int fraction() {
    if (at >= end || bytes[at] != '.') {
      return 0;
    }
    at++;
    int nano = 0;
    int digits = 0;
    for (int digit = digit(); digit >= 0; digit = digit()) {
      digits++;
      at++;
      if (digits > 9) {
        bad = true;
        return 0;
      }
      nano = nano * 10 + digit;
    }
    bad |= digits == 0;
    for (; digits < 9; digits++) {
      nano *= 10;
    }
    return nano;
  }

  /// @return seconds east of UTC
  private int offset() {
    byte sign = here();
    at++;
    if (sign == 'Z' || sign == 'z') {
      return 0;
    }
    bad |= sign != '+' && sign != '-';
    int hours = number(2);
    expect(':', ':');
    int minutes = number(2);
    bad |= hours > 23 || minutes > 59;
    int seconds = hours * 3600 + minutes * 60;
    return sign == '-' ? -seconds : seconds;
  }

  private byte here() {
    return at < end ? bytes[at] : (byte) ' ';
  }

  private int digit() {
    byte c = here();
    return c >= '0' && c <= '9' ? c - '0' : -1;
  }

  private void expect(char one, char other) {
    byte c = here();
    bad |= c != one && c != other;
    at++;
  }
}
