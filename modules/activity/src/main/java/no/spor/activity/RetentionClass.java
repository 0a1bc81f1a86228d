package no.spor.activity;

import java.time.Instant;
import java.time.LocalDate;

/// A retention class as one tenant has it now.
///
/// @param policyVersion grows with each change of the period; events carry the version that was in
///   force when they were recorded
public record RetentionClass(String name, int policyVersion, RetentionPeriod period) {
  /// @return whether an event of time `time` is expired at `now`: then its payload is discarded on
  ///   arrival
  public boolean expired(Instant time, Instant now) {
    return period.expired(time, now);
  }

  /// @return whether the class is sealed under the account key
  public boolean untilClosed() {
    return period instanceof RetentionPeriod.UntilClosed;
  }

  /// What can be dropped together: a day of a class that expires, all of one that does not. Names
  /// no tenant.
  ///
  /// @param day UTC day of the event's time, days since 1970-01-01
  /// @return `class/yyyy-mm-dd`, or `class`
  public String dropLabel(int day) {
    return period instanceof RetentionPeriod.For ? name + '/' + LocalDate.ofEpochDay(day) : name;
  }
}
