package no.spor.tenancy;

import java.time.Instant;
import java.util.List;
import no.spor.activity.RetentionPeriod;

/// One version of a retention class's policy at one tenant. A class's versions, ascending from 1
/// and without gaps, are its history; none is ever changed or taken away.
///
/// @param since when it came into force
public record PolicyVersion(int version, RetentionPeriod period, Instant since) {

  /// Until when an event is kept: a shorter period applies to what is recorded already, a longer
  /// one only to what comes, so the earliest end under the version it was recorded under and all
  /// later ones counts.
  ///
  /// @param history all versions of the class, ascending
  /// @param recordedUnder the policy version in the event's header
  /// @param day UTC day of the event's time, days since 1970-01-01
  /// @return the moment from which on it is expired; [Instant#MAX] where none ends it
  public static Instant endOf(List<PolicyVersion> history, int recordedUnder, int day) {
    return history.stream()
        .filter(policy -> policy.version >= recordedUnder)
        .map(policy -> policy.period.endOf(day))
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }
}
