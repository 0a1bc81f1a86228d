package no.spor.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import no.spor.benchmark.Pages.By;
import no.spor.benchmark.Scenario.Need;
import no.spor.ledger.LedgerRecord;
import no.spor.tenancy.AccessRole;

/// The large directory: made once a call of the command, looked at on the way, and shared by the
/// scenarios that need it. Events come in the order of their time within each round of people, as
/// they would in life: those of one person lie far apart.
final class Growing {
  static final String GROW = "grow";

  /// Written when the directory is complete; holds an emitter's key.
  static final String KEY = "bench-key";

  private static final int PIECE = 100_000;
  private static final int QUESTIONS = 500;
  private static final int PROOFS = 1_000;

  private Growing() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of(GROW, Groups.GROWTH, "Spor", Growing::grow).runs(1),
        Scenario.of("large-page", Groups.LARGE, "Spor", Growing::page).needing(Need.LARGE).runs(3),
        Scenario.of("large-proof", Groups.LARGE, "Spor", Growing::proof)
            .needing(Need.LARGE)
            .runs(3),
        Scenario.of("large-rebuild", Groups.LARGE, "Spor", Growing::rebuild)
            .needing(Need.LARGE)
            .runs(1));
  }

  /// @return where to look: 10,000, each ten times the one before, and the end
  static List<Integer> points(int events) {
    List<Integer> points = new ArrayList<>();
    for (long at = 10_000; at < events; at *= 10) {
      points.add((int) at);
    }
    if (events > 3_000_000) {
      points.add(3_000_000);
    }
    points.add(events);
    return points;
  }

  private static List<Figure> grow(Run run) throws Exception {
    var checkins = run.checkins().byTime();
    try (var node = new SporNode(run.fresh("warm-up"))) {
      node.record(run.warmUpBatches(), SporScenarios.THREADS);
      node.awaitTimeline();
    }
    List<Figure> figures = new ArrayList<>();
    var data = Files.createDirectories(run.large());
    int recorded = 0;
    long stored = 0;
    for (int point : points(run.largeEvents())) {
      long before = bytes(data);
      recorded = fill(figures, data, checkins, recorded, point);
      stored += bytes(data) - before;
      figures.add(at(Figure.less("bytes/event", (double) stored / recorded), recorded));
      look(figures, data, checkins, recorded);
      System.err.printf("%,d events are recorded%n", recorded);
    }
    complete(data);
    return figures;
  }

  private static int fill(List<Figure> figures, Path data, Checkins checkins, int from, int point)
      throws Exception {
    long acknowledged = 0;
    long shown = 0;
    int recorded = from;
    try (var node = new SporNode(data)) {
      while (recorded < point) {
        int count = Math.min(PIECE, point - recorded);
        var batches = checkins.batches(SporNode.TENANT, recorded, count, Run.BATCH);
        long begun = System.nanoTime();
        node.record(batches, SporScenarios.THREADS);
        acknowledged += System.nanoTime() - begun;
        node.awaitTimeline();
        shown += System.nanoTime() - begun;
        recorded += count;
      }
      figures.add(at(Figure.rate(point - from, acknowledged), point));
      figures.add(at(Figure.more(SporScenarios.SHOWN, (point - from) * 1e9 / shown), point));
      figures.add(at(Figure.less("MiB of heap in use after a collection", heap()), point));
    }
    return recorded;
  }

  /// What is asked is recorded too; that is not counted.
  private static void look(List<Figure> figures, Path data, Checkins checkins, int recorded)
      throws Exception {
    long begun = System.nanoTime();
    try (var node = new SporNode(data)) {
      figures.add(at(Figure.less("ms to open", (System.nanoTime() - begun) / 1e6), recorded));
      for (var by : By.values()) {
        var took = Pages.ask(node, checkins, recorded, by, QUESTIONS);
        took.figures(by).forEach(figure -> figures.add(at(figure, recorded)));
      }
    }
  }

  private static double heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1048576.0;
  }

  private static Figure at(Figure figure, int events) {
    return new Figure(figure.metric() + " at " + events, figure.best(), figure.value());
  }

  private static void complete(Path data) throws IOException {
    try (var node = new SporNode(data)) {
      var key = node.node().tenancy().createKey(AccessRole.EMITTER, SporNode.TENANT, "bench");
      Files.writeString(data.resolve(KEY), key.secret());
    }
  }

  static long bytes(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static List<Figure> page(Run run) throws Exception {
    var checkins = run.checkins().byTime();
    try (var node = new SporNode(run.large())) {
      List<Figure> figures = new ArrayList<>();
      for (var by : By.values()) {
        var took = Pages.ask(node, checkins, run.largeEvents(), by, QUESTIONS);
        figures.addAll(took.figures(by));
        figures.add(Figure.more("events a page, " + by.words, took.events()));
      }
      return figures;
    }
  }

  private static List<Figure> proof(Run run) throws Exception {
    try (var node = new SporNode(run.large())) {
      var random = new Random(11);
      var nanos = new double[PROOFS];
      long size = node.node().publicLedger().size();
      for (int i = -PROOFS; i < PROOFS; i++) {
        long position = random.nextLong(size);
        byte[] header = node.node().ledger().read(position).map(LedgerRecord::header).orElseThrow();
        long begun = System.nanoTime();
        if (node.node().publicLedger().proof(position, header, Duration.ofSeconds(9)).isEmpty()) {
          throw new IllegalStateException("no proof of " + position);
        }
        if (i >= 0) {
          nanos[i] = System.nanoTime() - begun;
        }
      }
      Arrays.sort(nanos);
      return List.of(
          Figure.less("ms p50, a proof", nanos[PROOFS / 2] / 1e6),
          Figure.less("ms p99, a proof", nanos[PROOFS * 99 / 100] / 1e6));
    }
  }

  private static List<Figure> rebuild(Run run) throws Exception {
    try (var node = new SporNode(run.large())) {
      long begun = System.nanoTime();
      SporScenarios.rebuild(node);
      return List.of(
          Figure.more(
              "events/s, rebuilding all views",
              run.largeEvents() * 1e9 / (System.nanoTime() - begun)));
    }
  }
}
