package no.spor.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import no.spor.benchmark.Pages.By;
import no.spor.ledger.verify.Verifier;
import no.spor.rights.verify.RecordedHistory;
import no.spor.server.StoredLedger;

/// Spor in the same process as what drives it.
final class SporScenarios {
  static final int THREADS = Run.CALLERS;
  static final String SHOWN = "events/s until the timeline shows them";
  private static final int QUESTIONS = 400;

  private SporScenarios() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of("ingest", Groups.INGEST, "Spor", SporScenarios::ingest),
        Scenario.of("rebuild", Groups.REBUILD, "Spor, all views", SporScenarios::rebuild),
        Scenario.of("verify", Groups.VERIFY, "Spor, entries verified", SporScenarios::verify)
            .runs(3),
        Scenario.of("page", Groups.PAGE, "Spor", SporScenarios::page).runs(3),
        Scenario.of("disk", Groups.DISK, "Spor, sealed and provable", SporScenarios::disk).runs(1));
  }

  private static void warmUp(Run run) throws Exception {
    try (var node = new SporNode(run.fresh("warm-up"))) {
      WarmUp.untilQuiet(
          0,
          run.warmUp(),
          (from, count) -> {
            node.record(run.checkins().batches(SporNode.TENANT, from, count, Run.BATCH), THREADS);
            node.awaitTimeline();
          });
    }
  }

  private static List<Figure> ingest(Run run) throws Exception {
    warmUp(run);
    var batches = run.batches();
    try (var node = new SporNode(run.fresh("data"))) {
      long cpu = cpuNanos();
      long begun = System.nanoTime();
      node.record(batches, THREADS);
      long acknowledged = System.nanoTime() - begun;
      node.awaitTimeline();
      long shown = System.nanoTime() - begun;
      cpu = cpuNanos() - cpu;
      return List.of(
          Figure.rate(run.events(), acknowledged),
          Figure.more(SHOWN, run.events() * 1e9 / shown),
          Figure.less("µs CPU/event, timeline and all", cpu / 1e3 / run.events()));
    }
  }

  private static List<Figure> rebuild(Run run) throws Exception {
    try (var node = new SporNode(run.fresh("data"))) {
      node.record(run.batches(), THREADS);
      node.awaitTimeline();
      rebuild(node); // warm-up
      long cpu = cpuNanos();
      long begun = System.nanoTime();
      rebuild(node);
      long took = System.nanoTime() - begun;
      cpu = cpuNanos() - cpu;
      return List.of(
          Figure.rate(run.events(), took), Figure.less("µs CPU/event", cpu / 1e3 / run.events()));
    }
  }

  static void rebuild(SporNode node) throws InterruptedException {
    var timeline = node.node().timeline();
    timeline.rebuild();
    while (timeline.behind() == 0) {
      Thread.sleep(1);
    }
    node.awaitTimeline();
  }

  private static List<Figure> page(Run run) throws Exception {
    try (var node = new SporNode(run.fresh("data"))) {
      fill(node, run);
      List<Figure> figures = new ArrayList<>();
      for (var by : By.values()) {
        figures.addAll(Pages.ask(node, run.checkins(), run.events(), by, QUESTIONS).figures(by));
      }
      return figures;
    }
  }

  /// In pieces, so that any number of events fits the memory.
  private static void fill(SporNode node, Run run) throws Exception {
    int piece = 100_000;
    for (int from = 0; from < run.events(); from += piece) {
      node.record(
          run.checkins()
              .batches(SporNode.TENANT, from, Math.min(piece, run.events() - from), Run.BATCH),
          THREADS);
    }
    node.awaitTimeline();
  }

  private static List<Figure> disk(Run run) throws Exception {
    var data = run.fresh("data");
    try (var node = new SporNode(data)) {
      fill(node, run);
    }
    List<Figure> figures = new ArrayList<>();
    double all = 0;
    for (var file : files(data)) {
      double bytes = (double) Files.size(file) / run.events();
      all += bytes;
      if (bytes >= 0.5) {
        figures.add(Figure.less("bytes/event, " + data.relativize(file), bytes));
      }
    }
    figures.addFirst(Figure.less("bytes/event", all));
    return figures;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /// As `ops/spor verify --data` does it.
  private static List<Figure> verify(Run run) throws Exception {
    var data = run.fresh("data");
    try (var node = new SporNode(data)) {
      fill(node, run);
    }
    check(run, data); // warm-up
    return List.of(Figure.rate(run.events(), check(run, data)));
  }

  private static long check(Run run, Path data) {
    long begun = System.nanoTime();
    try (var stored = StoredLedger.open(data, null)) {
      var report =
          Verifier.of(stored.blocks())
              .rules(new RecordedHistory(stored.payloads()))
              .tiles(stored.tiles())
              .run();
      if (!report.sound() || report.records() < run.events()) {
        throw new IllegalStateException("not sound: " + report);
      }
    }
    return System.nanoTime() - begun;
  }

  static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
