package no.spor.insight;

import no.spor.tenancy.Access;
import org.jspecify.annotations.Nullable;

/// Port: records that personal data is about to be shown (`personal-data.viewed`). Returns only
/// when that is durable; throws where it cannot be recorded: then nothing is shown.
@FunctionalInterface
public interface OpeningLog {
  /// @param person who was asked for, if anybody; sealed
  /// @param positions of the events opened
  void opening(
      Access reader,
      String purpose,
      String tenant,
      @Nullable String person,
      String query,
      long[] positions);
}
