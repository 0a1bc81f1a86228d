package no.spor.insight;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.spor.tenancy.Access;
import org.jspecify.annotations.Nullable;

/// Answers questions about what happened. Thread-safe. Opens personal parts only for officers, with
/// a purpose, and only after the opening is recorded ([OpeningLog]).
public interface Timeline {
  /// @throws InvalidQueryException for a query that cannot be answered (a bad cursor, limit, facet)
  Page query(Access access, @Nullable String purpose, Question question);

  /// @return the event at this position if it is that tenant's; empty otherwise
  Optional<Event> event(Access access, @Nullable String purpose, String tenant, long position);

  /// Waits until the view has the record at this position. @return whether it has
  boolean awaitPosition(long position, Duration atMost);

  /// @return records appended but not yet in the view
  long behind();

  /// Rebuilds the view from the ledger, online: the old one answers until the new one has caught up
  /// or, where the store cannot, answers grow again from the beginning with `behind` saying so.
  /// Returns at once.
  void rebuild();

  /// @param person external id; found among accounts and visitors; null for all
  /// @param facets pointer → JSON scalar (String, Boolean, Long, `HeaderBody.JsonNumber`,
  ///   `HeaderBody.JsonNull`)
  /// @param cursor opaque, from [Page#next]
  record Question(
      String tenant,
      @Nullable String person,
      List<String> types,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, Object> facets,
      int limit,
      @Nullable String cursor) {
    @Override
    public String toString() {
      return "Question[" + tenant + ", …]";
    }
  }

  /// @param person `active`, `never-seen`, `erased`; null where nobody was asked for
  record Page(List<Event> events, @Nullable String next, long behind, @Nullable String person) {}

  record Event(
      long position,
      long sequence,
      String id,
      String source,
      String type,
      Instant time,
      Instant recordedAt,
      String tenant,
      String retention,
      Map<String, Object> facets,
      List<Part> parts) {}

  /// @param role `actor`, `subject`, `visitor`, `company`
  /// @param state `open`, `erased`, `expired`, `restricted`, `denied`, `discarded`
  /// @param data the part's JSON object, UTF-8, exactly as sealed; null unless open
  /// @param attributes the sealed CloudEvents attributes, a JSON object; null where there are none
  record Part(String role, String state, byte @Nullable [] data, byte @Nullable [] attributes) {
    @Override
    public String toString() {
      return "Part[" + role + ", " + state + "]";
    }
  }
}
