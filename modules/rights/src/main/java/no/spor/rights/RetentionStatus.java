package no.spor.rights;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How retention stands.
///
/// @param lastRun when it was last through with everything; null for never since the start
/// @param clockAhead how far the clock is beyond what can be explained: nothing expires until it is
///   back or an operator says that it is right; zero where it is believed
/// @param failure class of what stopped the last run; null where nothing did
/// @param classes of all tenants; those of which nothing ends are left out
public record RetentionStatus(
    @Nullable Instant lastRun,
    Duration clockAhead,
    @Nullable String failure,
    List<OfClass> classes) {

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

  /// @return whether anything is due and still there
  public boolean late() {
    return classes.stream().anyMatch(OfClass::late);
  }
}
