package no.spor.rights;

import java.time.Instant;
import java.util.List;
import no.spor.activity.RetentionPeriod;
import no.spor.tenancy.PolicyVersion;

/// Which days of a retention class are over.
final class PeriodsOver {
  /// For a class of which nothing ends.
  static final int NOTHING = Integer.MIN_VALUE;

  private static final int SECONDS_A_DAY = 86_400;

  /// Longer than any period that a catalogue can have, in days.
  private static final int LONGEST_DAYS = 366_000;

  private PeriodsOver() {}

  /// @param history all policy versions of the class, ascending
  /// @param recordedUnder a policy version
  /// @return the first day of which what was recorded under that version is kept; [#NOTHING] where
  ///   nothing of it ever ends
  static int firstKept(List<PolicyVersion> history, int recordedUnder, Instant now) {
    int today = day(now);
    if (PolicyVersion.endOf(history, recordedUnder, today).equals(Instant.MAX)) {
      return NOTHING;
    }
    // The later a day, the later its end; a day that is not over has none that is over after it.
    int over = today - LONGEST_DAYS;
    int kept = today + 1;
    while (kept - over > 1) {
      int middle = over + (kept - over) / 2;
      if (PolicyVersion.endOf(history, recordedUnder, middle).isAfter(now)) {
        kept = middle;
      } else {
        over = middle;
      }
    }
    return kept;
  }

  /// @return the first day of which anything can have been recorded with its content under a policy
  ///   version: what is over on arrival is recorded without. [#NOTHING] where that can be any day
  static int firstRecorded(PolicyVersion version) {
    return version.period() instanceof RetentionPeriod.For
        ? firstKept(List.of(version), version.version(), version.since()) - 1
        : NOTHING;
  }

  static int day(Instant time) {
    return Math.toIntExact(Math.floorDiv(time.getEpochSecond(), (long) SECONDS_A_DAY));
  }
}
