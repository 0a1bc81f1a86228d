package no.spor.activity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an event says of itself in clear: the ledger header's body, decoded. Bytes: `FORMAT.md`.
///
/// @param time when it happened, to the nanosecond, years 1678 to 2261
/// @param policyVersion version of the retention class's policy that was in force when it was
///   recorded
/// @param roles the parts' roles, in order
/// @param facets pointer → value: String, Boolean, Long, [JsonNumber] (any other number's exact
///   text) or [JsonNull]
/// @param tags sorted by key, then value, by code units; none twice
public record HeaderBody(
    String id,
    String source,
    String type,
    Instant time,
    String tenant,
    String retention,
    int policyVersion,
    int catalogueVersion,
    List<Role> roles,
    Map<String, Object> facets,
    List<EventTag> tags) {

  /// A number's exact JSON text, where [Long] cannot say it: fractions, exponents, `-0`, and what
  /// is beyond 64 bits.
  public record JsonNumber(String text) {
    /// @param text what should be a JSON number (RFC 8259 §6)
    /// @return a Long where the text is the shortest decimal form of one, else a JsonNumber; null
    ///   where the text is no JSON number
    public static @Nullable Object parse(String text) {
      int length = text.length();
      int first = length > 0 && text.charAt(0) == '-' ? 1 : 0;
      int at = digits(text, first);
      if (at == first || (text.charAt(first) == '0' && at > first + 1)) {
        return null;
      }
      if (at == length) {
        return integer(text, length - first);
      }
      if (text.charAt(at) == '.') {
        int end = digits(text, at + 1);
        if (end == at + 1) {
          return null;
        }
        at = end;
      }
      if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
        at++;
        if (at < length && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
          at++;
        }
        int end = digits(text, at);
        if (end == at) {
          return null;
        }
        at = end;
      }
      return at == length ? new JsonNumber(text) : null;
    }

    private static Object integer(String text, int digits) {
      if (digits > 19 || text.equals("-0")) {
        return new JsonNumber(text);
      }
      if (digits < 19) {
        return Long.parseLong(text);
      }
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException e) {
        return new JsonNumber(text);
      }
    }

    private static int digits(String text, int from) {
      int at = from;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      return at;
    }
  }

  /// JSON `null`.
  public enum JsonNull {
    NULL
  }

  /// A DCB tag.
  public record EventTag(String key, String value) implements Comparable<EventTag> {
    @Override
    public int compareTo(EventTag other) {
      int byKey = key.compareTo(other.key);
      return byKey != 0 ? byKey : value.compareTo(other.value);
    }
  }

  /// @return UTC day of the event's time, days since 1970-01-01: with class and policy version, its
  ///   period
  public int day() {
    return Math.toIntExact(Math.floorDiv(time.getEpochSecond(), 86_400L));
  }
}
