package no.spor.activity;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What an event says of itself in clear: the ledger header's body, decoded. Bytes: `FORMAT.md`.
///
/// @param time when it happened, to the nanosecond, years 1678 to 2261
/// @param policyVersion version of the retention class's policy that was in force when it was recorded
/// @param roles the parts' roles, in order
/// @param facets pointer → value: String, Boolean, Long, [JsonNumber] (any other number's exact text) or [JsonNull]
/// @param tags sorted by key, then value
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

  /// A number's exact JSON text.
  public record JsonNumber(String text) {}

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

  /// @return UTC day of the event's time, days since 1970-01-01: with class and policy version, its period
  public int day() {
    return Math.toIntExact(Math.floorDiv(time.getEpochSecond(), 86_400L));
  }
}
