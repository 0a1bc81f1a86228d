package no.spor.storage.mongodb;

import java.time.Duration;

/// Waits a little longer each time, until a time is over or the thread is interrupted.
final class Patience {
  private static final long FIRST_PAUSE_NANOS = 500_000;
  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  private final Surroundings around;
  private final long end;
  private long pause = FIRST_PAUSE_NANOS;

  Patience(Duration most, Surroundings around) {
    this.around = around;
    end = around.nanoTime().getAsLong() + most.toNanos();
  }

  /// Pauses.
  ///
  /// @return whether to try again
  boolean again() {
    if (around.nanoTime().getAsLong() - end >= 0 || Thread.currentThread().isInterrupted()) {
      return false;
    }
    around.pause().accept(pause);
    pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
    return true;
  }
}
