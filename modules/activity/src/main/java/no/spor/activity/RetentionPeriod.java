package no.spor.activity;

/// How long a retention class keeps what is recorded in it, counted from the event's time.
public sealed interface RetentionPeriod {
  /// Kept for an ISO 8601 period (`P21D`, `P1Y`) after the event's UTC day; expires at the end of a UTC day, never earlier.
  record For(java.time.Period period) implements RetentionPeriod {}

  /// Never expires (`forever`); the person in it can be erased.
  record Forever() implements RetentionPeriod {}

  /// Ends with the person's account (`until-closed`): sealed under the person's account key.
  record UntilClosed() implements RetentionPeriod {}
}
