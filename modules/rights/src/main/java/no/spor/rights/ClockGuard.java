package no.spor.rights;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Tells whether the clock can be believed by what destroys for good: a clock that jumps ahead by
/// years would expire everything at once.
///
/// While the process runs, the clock may not get ahead of the monotonic clock by more than an hour.
/// After a start it is believed up to so many days after it was believed last: that was a downtime.
/// Beyond that an operator must say that it is right ([#believe]). A clock that goes back is
/// believed: then what is due is due later. Thread-safe.
///
/// What it does not tell: a clock that was ahead by less than that when the process started.
final class ClockGuard {
  private static final String BELIEVED = "clock";
  private static final Duration WHILE_RUNNING = Duration.ofHours(1);

  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final RetentionStore kept;
  private long believedMillis;
  private long believedNanos;
  private Duration slack;

  /// @param newestMillis time of the newest record, where there is one: taken where no time was
  ///   believed before
  ClockGuard(
      InstantSource clock,
      LongSupplier nanoClock,
      RetentionStore kept,
      Duration longestDowntime,
      OptionalLong newestMillis) {
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.kept = kept;
    this.slack = longestDowntime;
    this.believedMillis = kept.number(BELIEVED).orElse(newestMillis.orElse(clock.millis()));
    this.believedNanos = nanoClock.getAsLong();
  }

  /// A look at the clock.
  ///
  /// @param ahead how far it is beyond what can be explained; zero where it is believed
  record Look(Instant now, Duration ahead) {
    boolean believed() {
      return ahead.isZero();
    }
  }

  /// @return what the clock says, believed or not
  Instant now() {
    return clock.instant();
  }

  synchronized Look look() {
    Instant now = clock.instant();
    long passedMillis = Duration.ofNanos(nanoClock.getAsLong() - believedNanos).toMillis();
    long latest = believedMillis + passedMillis + slack.toMillis();
    if (now.toEpochMilli() > latest) {
      return new Look(now, Duration.ofMillis(now.toEpochMilli() - latest).plus(slack));
    }
    believe(now);
    return new Look(now, Duration.ZERO);
  }

  /// An operator says that the clock is right.
  synchronized void believe() {
    believe(clock.instant());
  }

  private void believe(Instant now) {
    believedMillis = now.toEpochMilli();
    believedNanos = nanoClock.getAsLong();
    slack = WHILE_RUNNING;
    kept.keep(BELIEVED, believedMillis);
  }
}
