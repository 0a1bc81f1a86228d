package no.spor.rights;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How retention stands.
///
/// @param lastRun when it was last through with everything; null for never since the start
/// @param clockAhead how far the clock is beyond what can be proven: retention is late by that,
///   until an application, a witness or an operator confirms it; zero where it is less than an hour
/// @param failure class of what stopped the last run; null where nothing did
/// @param classes of all tenants; those of which nothing ends are left out
/// @param accounts of the tenants whose accounts end by inactivity
public record RetentionStatus(
    @Nullable Instant lastRun,
    Duration clockAhead,
    @Nullable String failure,
    List<OfClass> classes,
    List<OfAccounts> accounts) {

  /// @param policyVersion what was recorded under this version of the class's policy
  /// @param due first day that is kept by the clock
  /// @param expired first day whose keys were not destroyed; null for none destroyed yet
  /// @param dropped first day whose parts were not dropped; null for none
  /// @param late whether something is due and still there
  public record OfClass(
      String tenant,
      String retention,
      int policyVersion,
      LocalDate due,
      @Nullable LocalDate expired,
      @Nullable LocalDate dropped,
      boolean late) {}

  /// @param period accounts of which nothing was recorded for so long are closed
  /// @param lookedAt the UTC day that they were looked at for; null for none under this period
  /// @param closed how many were closed since the start
  public record OfAccounts(
      String tenant, String period, @Nullable LocalDate lookedAt, long closed) {}

  /// @return whether anything is due and still there
  public boolean late() {
    return classes.stream().anyMatch(OfClass::late);
  }
}
