package no.spor.benchmark;

import java.lang.management.ManagementFactory;

/// Until the JVM has compiled what there is to compile: on two cores that takes a third of them for
/// the first half million events, which a server sees once in its life. The same for whoever is
/// measured.
final class WarmUp {
  private static final int MOST_ROUNDS = 12;

  /// So much of one processor.
  private static final double QUIET_COMPILERS = 0.1;

  /// Works with some events.
  @FunctionalInterface
  interface Round {
    void work(long from, int count) throws Exception;
  }

  private WarmUp() {}

  /// @param from the first event to work with
  /// @param count how many a round
  static void untilQuiet(long from, int count, Round round) throws Exception {
    var compilers = ManagementFactory.getCompilationMXBean();
    boolean quiet = false;
    for (int i = 0; i < MOST_ROUNDS && !quiet; i++) {
      long compiled = compilers.getTotalCompilationTime();
      long begun = System.nanoTime();
      round.work(from + (long) i * count, count);
      double millis = (System.nanoTime() - begun) / 1e6;
      quiet = compilers.getTotalCompilationTime() - compiled < QUIET_COMPILERS * millis;
    }
  }
}
