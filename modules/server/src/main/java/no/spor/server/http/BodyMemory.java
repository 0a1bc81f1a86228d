package no.spor.server.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import no.spor.recording.Problem;
import no.spor.server.SporSettings;
import no.spor.server.SporSettings.Limits;
import no.spor.server.metrics.LimitMeters;
import no.spor.server.metrics.LimitMeters.Cut;
import no.spor.server.metrics.LimitMeters.Limit;
import org.springframework.stereotype.Component;

/// How much of request bodies may be in memory at once, and how slowly one may come. A body counts
/// from its first byte until its request is answered. Thread-safe.
@Component
final class BodyMemory {
  private static final int MEBIBYTE = 1024 * 1024;
  private static final int LEAST = 64;
  private static final long WAIT_SECONDS = 5;

  private final Limits limits;
  private final LimitMeters meters;
  private final Semaphore free;

  BodyMemory(SporSettings settings, LimitMeters meters) {
    this.limits = settings.limits();
    this.meters = meters;
    int most =
        limits.bodyMebibytes() > 0
            ? limits.bodyMebibytes()
            : (int) Math.clamp(Runtime.getRuntime().maxMemory() / 8 / MEBIBYTE, LEAST, 1024);
    this.free = new Semaphore(most * MEBIBYTE, true);
  }

  /// One request's share.
  Share share() {
    return new Share(System.nanoTime());
  }

  /// What one request has taken. Used by one thread.
  final class Share implements AutoCloseable {
    static final String ATTRIBUTE = Share.class.getName();
    private final long begun;
    private int taken;

    private Share(long begun) {
      this.begun = begun;
    }

    /// Takes memory, waiting a moment where there is none.
    ///
    /// @throws ProblemException 429
    void take(int bytes) {
      try {
        long wait = Math.min(WAIT_SECONDS, limits.patienceSeconds());
        if (free.tryAcquire(bytes) || free.tryAcquire(bytes, wait, TimeUnit.SECONDS)) {
          taken += bytes;
          return;
        }
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
      meters.limited(Limit.BODIES);
      throw new ProblemException(
          new Problem(
              "too-busy",
              429,
              "There is no room for the body now; nothing was recorded. Send it again later."),
          1L);
    }

    /// @param bytes that have come by now
    /// @throws ProblemException 408 where that is too little
    void arrived(int bytes) {
      long nanos = System.nanoTime() - begun;
      long patience = TimeUnit.SECONDS.toNanos(limits.patienceSeconds());
      if (nanos > patience
          && bytes
              < limits.slowestBytesPerSecond() * (double) nanos / TimeUnit.SECONDS.toNanos(1)) {
        meters.cut(Cut.BODY);
        throw new ProblemException(
            408,
            "request-too-slow",
            "The body comes too slowly; nothing was recorded. Send it again, faster.");
      }
    }

    @Override
    public void close() {
      free.release(taken);
      taken = 0;
    }
  }
}
