package no.spor.rights;

import java.time.Instant;
import java.time.ZoneOffset;

/// How long a controller has (GDPR Art. 12(3)): one month from receipt, and two further months at
/// most where that is necessary. Calendar months in UTC; where a month is too short, its last day.
final class Deadline {
  private static final int MONTHS = 1;
  private static final int FURTHER_MONTHS = 2;

  private Deadline() {}

  static Instant of(Instant receivedAt) {
    return after(receivedAt, MONTHS);
  }

  /// @return the latest that an extension may set
  static Instant latest(Instant receivedAt) {
    return after(receivedAt, MONTHS + FURTHER_MONTHS);
  }

  private static Instant after(Instant receivedAt, int months) {
    return receivedAt.atOffset(ZoneOffset.UTC).plusMonths(months).toInstant();
  }
}
