package no.spor.rights;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import no.spor.rights.ClockEvidence.Machine;
import org.jspecify.annotations.Nullable;

/// Tells what time it is *at least*: what destroys for good goes by that, never by the clock alone.
///
/// A clock that is ahead and a time during which nothing ran look alike. So what the clock says
/// counts only as far as it can be proven: the time proven last and, since then, what the process
/// measured (monotonic) or the machine did (how long it has been running), or a later time that
/// somebody else said: applications, in the events they sent, and witnesses, in their cosignatures.
/// What the clock is ahead of that is late, never early. Others are believed up to so many days at
/// once, as is an operator who runs retention; beyond that he must say that the clock is right.
///
/// A clock that goes back is believed, and what is proven goes back with it. Thread-safe.
///
/// What it does not tell: a wrong clock that all of them share, as on one machine.
final class ClockGuard {
  /// Said to be ahead only from here on: applications' clocks and ours are never quite the same.
  static final Duration NOT_WORTH_SAYING = Duration.ofHours(1);

  private static final String PROVEN = "clock";
  private static final String BOOTED_AT = "booted-at/";

  /// What an operator says.
  enum Word {
    NONE,
    /// Runs it now, so looks at it.
    RUN,
    /// The clock is right.
    RIGHT
  }

  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final RetentionStore kept;
  private final long longestMillis;
  private final ClockEvidence evidence;
  private final Supplier<@Nullable Instant> sent;
  private long provenMillis;
  private long provenNanos;

  /// @param longest how far others, or an operator who runs it, are believed at once
  /// @param sent the time that applications say it is; null where none said any
  /// @param newestMillis time of the newest record, where there is one: taken where no time was
  ///   proven before
  ClockGuard(
      InstantSource clock,
      LongSupplier nanoClock,
      RetentionStore kept,
      Duration longest,
      ClockEvidence evidence,
      Supplier<@Nullable Instant> sent,
      OptionalLong newestMillis) {
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.kept = kept;
    this.longestMillis = longest.toMillis();
    this.evidence = evidence;
    this.sent = sent;
    this.provenMillis = kept.number(PROVEN).orElse(newestMillis.orElse(clock.millis()));
    this.provenNanos = nanoClock.getAsLong();
  }

  /// A look at the clock.
  ///
  /// @param now what time it is at least
  /// @param ahead how far the clock is beyond that; zero where that is not worth saying
  record Look(Instant now, Duration ahead) {
    boolean held() {
      return !ahead.isZero();
    }
  }

  /// @return what the clock says, proven or not
  Instant now() {
    return clock.instant();
  }

  synchronized Look look(Word word) {
    long now = clock.millis();
    long nanos = nanoClock.getAsLong();
    long measured = provenMillis + Duration.ofNanos(nanos - provenNanos).toMillis();
    Machine machine = evidence.machine().get();
    long proven = Math.min(now, Math.max(measured, byMachine(machine)));
    long believable = proven + longestMillis;
    if (word == Word.RIGHT || (word == Word.RUN && now <= believable)) {
      proven = now;
    }
    for (Instant said : new @Nullable Instant[] {evidence.witnessed().get(), sent.get()}) {
      if (said != null && said.toEpochMilli() > proven) {
        long told = Math.min(now, said.toEpochMilli());
        proven = told <= believable ? told : proven;
      }
    }
    provenMillis = proven;
    provenNanos = nanos;
    kept.keep(PROVEN, proven);
    if (machine != null) {
      kept.keep(name(machine), proven - machine.runningMillis());
    }
    Duration ahead = Duration.ofMillis(now - proven);
    return new Look(
        Instant.ofEpochMilli(proven),
        ahead.compareTo(NOT_WORTH_SAYING) < 0 ? Duration.ZERO : ahead);
  }

  /// @return the time by how long the machine has been running since a time was proven
  private long byMachine(@Nullable Machine machine) {
    if (machine == null) {
      return Long.MIN_VALUE;
    }
    OptionalLong bootedAt = kept.number(name(machine));
    return bootedAt.isEmpty() ? Long.MIN_VALUE : bootedAt.getAsLong() + machine.runningMillis();
  }

  /// One number for each start of a machine: nodes that share the store keep their own.
  private static String name(Machine machine) {
    return BOOTED_AT + Long.toHexString(machine.boot());
  }
}
