package no.spor.server.metrics;

import java.time.Duration;
import java.util.Arrays;

/// Borders of histograms.
final class Durations {
  private Durations() {}

  static Duration[] millis(double... borders) {
    return Arrays.stream(borders)
        .mapToObj(millis -> Duration.ofNanos(Math.round(millis * 1_000_000)))
        .toArray(Duration[]::new);
  }
}
