package no.spor.rights;

import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What tells the time beside this machine's clock. Each may be missing; none is believed further
/// than the clock goes.
///
/// @param machine how long the machine has been running; asked each time
/// @param witnessed the time that witnesses put on the newest checkpoint they cosigned, the
///   earliest of them; null for none
public record ClockEvidence(
    Supplier<@Nullable Machine> machine, Supplier<@Nullable Instant> witnessed) {
  /// Nothing but the clock.
  public static final ClockEvidence NONE = new ClockEvidence(() -> null, () -> null);

  /// A machine that runs.
  ///
  /// @param boot tells this start of the machine from others
  /// @param runningMillis since the machine was started, also while it slept
  public record Machine(long boot, long runningMillis) {}
}
