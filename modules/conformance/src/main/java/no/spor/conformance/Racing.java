package no.spor.conformance;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Several threads at one store.
final class Racing {
  private Racing() {}

  /// What one writer does in one round: prepares, and is then let loose together with the others.
  @FunctionalInterface
  interface Contender {
    Runnable prepare(int writer, int round);
  }

  /// Lets all writers prepare, then act at once, round after round.
  static void race(int writers, int rounds, Contender contender) {
    var prepared = new Phaser(writers);
    inParallel(
        writers,
        writer -> {
          try {
            for (int round = 0; round < rounds; round++) {
              prepared.arriveAndAwaitAdvance();
              var write = contender.prepare(writer, round);
              prepared.arriveAndAwaitAdvance();
              write.run();
            }
          } finally {
            prepared.arriveAndDeregister();
          }
        });
  }

  /// Runs the work in so many threads and waits for all; fails if one of them does.
  static void inParallel(int threads, IntConsumer work) {
    var failures = new ConcurrentHashMap<Integer, Throwable>();
    var running =
        IntStream.range(0, threads)
            .mapToObj(i ->
                Thread.ofPlatform()
                    .uncaughtExceptionHandler((t, failure) -> failures.put(i, failure))
                    .start(() -> work.accept(i)))
            .toList();
    for (var thread : running) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    failures.forEach((i, failure) -> {
      throw new AssertionError("thread " + i, failure);
    });
  }
}
