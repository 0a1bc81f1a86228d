package no.spor.activity;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;

/// How long a retention class keeps what is recorded in it, counted from the event's time.
public sealed interface RetentionPeriod {
  /// @param day UTC day of the event's time, days since 1970-01-01
  /// @return the moment from which on what happened that day is expired: the end of a UTC day,
  ///   never earlier; [Instant#MAX] where it never expires
  Instant endOf(int day);

  /// @return whether an event of time `time` is expired at `now`: then its payload is discarded on
  ///   arrival
  default boolean expired(Instant time, Instant now) {
    return !now.isBefore(endOf(Math.toIntExact(Math.floorDiv(time.getEpochSecond(), 86_400L))));
  }

  /// Kept for an ISO 8601 period (`P21D`, `P1Y`) after the event's UTC day; expires at the end of
  /// the UTC day that lies the period after it. A month later is the same day of the month or,
  /// where there is none, the month's last.
  ///
  /// @param period positive, no part of it negative, at most 1000 years
  record For(Period period) implements RetentionPeriod {
    private static final int MOST_YEARS = 1000;

    /// @throws IllegalArgumentException for any other period
    public For {
      if (period.isZero() || period.isNegative()) {
        throw new IllegalArgumentException("a retention period must be positive");
      }
      if (period.getYears() > MOST_YEARS
          || period.getMonths() > MOST_YEARS * 12
          || period.getDays() > MOST_YEARS * 366) {
        throw new IllegalArgumentException("a retention period is at most 1000 years");
      }
    }

    @Override
    public Instant endOf(int day) {
      return LocalDate.ofEpochDay(day)
          .plus(period)
          .plusDays(1)
          .atStartOfDay(ZoneOffset.UTC)
          .toInstant();
    }
  }

  /// Never expires (`forever`); the person in it can be erased.
  record Forever() implements RetentionPeriod {
    @Override
    public Instant endOf(int day) {
      return Instant.MAX;
    }
  }

  /// Ends with the person's account (`until-closed`): sealed under the person's account key.
  record UntilClosed() implements RetentionPeriod {
    @Override
    public Instant endOf(int day) {
      return Instant.MAX;
    }
  }
}
