package no.spor.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import no.spor.benchmark.Figure.Best;
import no.spor.benchmark.Results.Row;

/// What was set out to be reached, held against what was measured.
final class Targets {
  private final Results results;
  private final List<Line> lines = new ArrayList<>();

  /// @param measured empty where it was not
  record Line(String words, Best best, double bar, String unit, OptionalDouble measured) {
    boolean met() {
      return measured.isPresent()
          && (best == Best.MORE ? measured.getAsDouble() >= bar : measured.getAsDouble() <= bar);
    }

    String verdict() {
      if (measured.isEmpty()) {
        return "not measured";
      }
      double factor =
          best == Best.MORE ? bar / measured.getAsDouble() : measured.getAsDouble() / bar;
      return met() ? "met" : "missed by a factor of " + Figure.number(factor);
    }

    String target() {
      return (best == Best.MORE ? "≥ " : "≤ ") + Figure.number(bar) + unit;
    }

    String value() {
      return measured.isEmpty() ? "" : Figure.number(measured.getAsDouble()) + unit;
    }
  }

  private Targets(Results results) {
    this.results = results;
  }

  static List<Line> of(Results results) {
    var targets = new Targets(results);
    targets.ingest();
    targets.http();
    targets.large();
    targets.rest();
    return targets.lines;
  }

  private void ingest() {
    ratio("ingest, acknowledged ÷ PostgreSQL", "ingest", "postgresql", 5);
    ratio("ingest, acknowledged ÷ the measured limit", "ingest", Regression.YARDSTICK, 0.4);
    add(
        "ingest until the timeline has caught up ÷ PostgreSQL",
        Best.MORE,
        2,
        "",
        divided(median("ingest", SporScenarios.SHOWN), median("postgresql", "events/s")));
  }

  private void http() {
    more("HTTP, batches of 500", "http", "events/s", 50_000, " events/s");
    ratio("HTTP, batches of 500 ÷ Spring Boot on PostgreSQL", "http", "http-postgresql", 3);
    more("HTTP, one event a request", "http-single", "events/s", 5_000, " events/s");
    less("HTTP, one event a request, p99", "http-single", "ms p99", 20, " ms");
    ratio(
        "HTTP, one event a request ÷ Spring Boot on PostgreSQL",
        "http-single",
        "http-single-postgresql",
        2);
  }

  private void large() {
    for (var by : Pages.By.values()) {
      less(
          "timeline, first page " + by.words + ", large directory, p99",
          "large-page",
          "ms p99, " + by.words,
          10,
          " ms");
    }
    less("ready after start, large directory", "large-start", "ms until ready", 3_000, " ms");
    less(
        "heap in use after full ingest into the large directory (the JVM has 512 MiB)",
        "large-serve",
        "MiB of heap in use afterwards",
        512,
        " MiB");
    less("a proof in the large directory, p99", "large-proof", "ms p99, a proof", 5, " ms");
  }

  private void rest() {
    var few = median("erase", "ms, 10 events");
    var many = median("erase", many());
    less("erasing, most events ÷ 10 events (equal within noise)", divided(many, few), 1.5);
    var peer = median("erase-postgresql", many());
    add(
        "erasing with most events, PostgreSQL's overwriting ÷ Spor",
        Best.MORE,
        100,
        "",
        divided(peer, many));
    more("rebuilding all views", "rebuild", "events/s", 100_000, " events/s");
    more(
        "rebuilding all views, large directory",
        "large-rebuild",
        "events/s, rebuilding all views",
        100_000,
        " events/s");
    less(
        "bytes an event ÷ PostgreSQL's table and indexes",
        divided(median("disk", "bytes/event"), median("postgresql-disk", "bytes/event")),
        0.75);
  }

  private String many() {
    return results.rows().stream()
        .filter(row -> row.scenario().equals("erase") && row.metric().endsWith(",000 events"))
        .map(Row::metric)
        .findFirst()
        .orElse("");
  }

  private void ratio(String words, String ours, String theirs, double bar) {
    var ratio = divided(median(ours, "events/s"), median(theirs, "events/s"));
    add(words, Best.MORE, bar, "", ratio);
  }

  private void more(String words, String scenario, String metric, double bar, String unit) {
    add(words, Best.MORE, bar, unit, median(scenario, metric));
  }

  private void less(String words, String scenario, String metric, double bar, String unit) {
    add(words, Best.LESS, bar, unit, median(scenario, metric));
  }

  private void less(String words, OptionalDouble measured, double bar) {
    add(words, Best.LESS, bar, "", measured);
  }

  private void add(String words, Best best, double bar, String unit, OptionalDouble measured) {
    lines.add(new Line(words, best, bar, unit, measured));
  }

  private static OptionalDouble divided(OptionalDouble one, OptionalDouble by) {
    return one.isPresent() && by.isPresent()
        ? OptionalDouble.of(one.getAsDouble() / by.getAsDouble())
        : OptionalDouble.empty();
  }

  private OptionalDouble median(String scenario, String metric) {
    Optional<Row> row =
        results.rows().stream()
            .filter(one -> one.scenario().equals(scenario) && one.metric().equals(metric))
            .findFirst();
    return row.isPresent() ? OptionalDouble.of(row.get().median()) : OptionalDouble.empty();
  }
}
