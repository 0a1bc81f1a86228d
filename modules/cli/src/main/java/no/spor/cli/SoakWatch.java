package no.spor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server's metrics said while it worked. Not thread-safe.
final class SoakWatch {
  private static final Pattern SAMPLE =
      Pattern.compile("^([a-z_]+)(\\{[^}]*})? ([-+0-9.eEInfNa]+)", Pattern.MULTILINE);

  /// Growth that is nothing to speak of: what the collector leaves lying about.
  private static final double SLACK_BYTES = 24.0 * 1024 * 1024;

  private static final double SLACK_SHARE = 1.2;

  private static final int WINDOWS = 10;

  private final List<Double> heap = new ArrayList<>();
  private final List<Double> live = new ArrayList<>();
  private double checkpointAge;
  private double queue;

  /// @param metrics in Prometheus' text format
  void look(String metrics) {
    double used = 0;
    Matcher sample = SAMPLE.matcher(metrics);
    while (sample.find()) {
      String labels = sample.group(2) == null ? "" : sample.group(2);
      switch (sample.group(1)) {
        case "jvm_memory_used_bytes" -> {
          if (labels.contains("area=\"heap\"")) {
            used += Double.parseDouble(sample.group(3));
          }
        }
        case "spor_ledger_checkpoint_age_seconds" ->
            checkpointAge = Math.max(checkpointAge, number(sample.group(3)));
        case "spor_append_queue_events" -> queue = Math.max(queue, number(sample.group(3)));
        default -> {
          // Not looked at.
        }
      }
    }
    heap.add(used);
  }

  private static double number(String text) {
    return text.endsWith("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  double oldestCheckpoint() {
    return checkpointAge;
  }

  double longestQueue() {
    return queue;
  }

  /// What was in use at the last look, which came right after a collection.
  void collected() {
    live.add(heap.getLast());
  }

  /// What was in use after collections: where nobody collected on purpose, the least of each tenth
  /// of the time.
  List<Double> troughs() {
    if (live.size() >= WINDOWS / 2) {
      return List.copyOf(live);
    }
    List<Double> troughs = new ArrayList<>();
    for (int i = 0; i < WINDOWS; i++) {
      List<Double> window =
          heap.subList(i * heap.size() / WINDOWS, (i + 1) * heap.size() / WINDOWS);
      window.stream().min(Double::compare).ifPresent(troughs::add);
    }
    return troughs;
  }

  /// Judges by what is left after collections on purpose; else, since a collector may let garbage
  /// lie for minutes, by the least of the middle and of the last third of the time.
  ///
  /// @return whether the later part needed no more than the earlier, warm-up apart
  boolean flat() {
    if (live.size() >= WINDOWS / 2) {
      int half = live.size() / 2;
      return within(most(live.subList(1, half)), most(live.subList(half, live.size())));
    }
    int third = heap.size() / 3;
    return third == 0
        || within(
            least(heap.subList(third, 2 * third)), least(heap.subList(2 * third, heap.size())));
  }

  private static boolean within(double before, double after) {
    return after <= before * SLACK_SHARE + SLACK_BYTES;
  }

  private static double most(List<Double> values) {
    return values.stream().max(Double::compare).orElse(0.0);
  }

  private static double least(List<Double> values) {
    return values.stream().min(Double::compare).orElse(0.0);
  }
}
