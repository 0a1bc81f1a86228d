package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// Decides at the last moment whether a draft may still be written. Called on the appender's
/// thread, after every block before the one being built has been given to all [BlockFollower]s;
/// must be fast and must not block.
@FunctionalInterface
public interface Admission {
  /// @return why the draft is refused, or null where it is admitted
  @Nullable Refusal refusal();
}
