package no.spor.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import no.spor.insight.Timeline.Question;
import no.spor.ledger.LedgerRecord;

/// Spor in the same process as what drives it.
final class SporScenarios {
  static final int THREADS = 2;
  private static final long SEED = 7;

  private SporScenarios() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of("ingest", Groups.INGEST, "Spor", SporScenarios::ingest),
        Scenario.of(
            "ingest-timeline",
            Groups.INGEST,
            "Spor, until the timeline shows it",
            SporScenarios::ingestTimeline),
        Scenario.of("rebuild", Groups.REBUILD, "Spor, all views", SporScenarios::rebuild),
        Scenario.of("page", Groups.PAGE, "Spor", SporScenarios::page),
        Scenario.of("disk", Groups.DISK, "Spor, sealed and provable", SporScenarios::disk),
        Scenario.of("start", Groups.START, "Spor", SporScenarios::start));
  }

  private static void warmUp(Run run) throws Exception {
    try (var node = new SporNode(run.fresh("warm-up"))) {
      node.record(run.warmUpBatches(), THREADS);
      node.awaitTimeline();
    }
  }

  private static List<Figure> ingest(Run run) throws Exception {
    warmUp(run);
    var batches = run.batches();
    try (var node = new SporNode(run.fresh("data"))) {
      long cpu = cpuNanos();
      long begun = System.nanoTime();
      node.record(batches, THREADS);
      long took = System.nanoTime() - begun;
      cpu = cpuNanos() - cpu;
      return List.of(
          Figure.rate(run.events(), took), Figure.less("µs CPU/event", cpu / 1e3 / run.events()));
    }
  }

  private static List<Figure> ingestTimeline(Run run) throws Exception {
    warmUp(run);
    var batches = run.batches();
    try (var node = new SporNode(run.fresh("data"))) {
      long cpu = cpuNanos();
      long begun = System.nanoTime();
      node.record(batches, THREADS);
      node.awaitTimeline();
      long took = System.nanoTime() - begun;
      cpu = cpuNanos() - cpu;
      return List.of(
          Figure.rate(run.events(), took), Figure.less("µs CPU/event", cpu / 1e3 / run.events()));
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

  private static void rebuild(SporNode node) throws InterruptedException {
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
      figures.addAll(pages(run, node, "by person", SporScenarios::ofPerson));
      figures.addAll(pages(run, node, "by tenant, type and day", SporScenarios::ofDay));
      return figures;
    }
  }

  @FunctionalInterface
  private interface Asking {
    Question about(Checkin checkin);
  }

  private static Question ofPerson(Checkin checkin) {
    return new Question(
        SporNode.TENANT, checkin.user(), List.of(), null, null, Map.of(), 100, null);
  }

  private static Question ofDay(Checkin checkin) {
    var day = checkin.time().truncatedTo(ChronoUnit.DAYS);
    return new Question(
        SporNode.TENANT,
        null,
        List.of(Checkin.TYPE),
        day,
        day.plus(1, ChronoUnit.DAYS),
        Map.of(),
        100,
        null);
  }

  private static List<Figure> pages(Run run, SporNode node, String what, Asking asking) {
    var random = new Random(SEED);
    int count = 400;
    var nanos = new double[count];
    for (int i = -count; i < count; i++) {
      var question = asking.about(run.checkins().at(random.nextInt(run.events())));
      long begun = System.nanoTime();
      var page = node.node().timeline().query(SporNode.OFFICER, "benchmark", question);
      if (page.events().isEmpty()) {
        throw new IllegalStateException("an empty page");
      }
      if (i >= 0) {
        nanos[i] = System.nanoTime() - begun;
      }
    }
    Arrays.sort(nanos);
    return List.of(
        Figure.less("ms p50, " + what, nanos[count / 2] / 1e6),
        Figure.less("ms p99, " + what, nanos[count * 99 / 100] / 1e6));
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

  private static List<Figure> start(Run run) throws Exception {
    var data = run.fresh("data");
    try (var node = new SporNode(data)) {
      fill(node, run);
    }
    try (var node = new SporNode(run.fresh("warm-up"))) {
      node.record(run.warmUpBatches(), THREADS);
    }
    long begun = System.nanoTime();
    try (var node = new SporNode(data)) {
      double ready = (System.nanoTime() - begun) / 1e6;
      var last = node.node().ledger().read(node.node().ledger().size() - 1);
      if (last.map(LedgerRecord::position).isEmpty()) {
        throw new IllegalStateException("nothing to read");
      }
      System.gc();
      double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1048576.0;
      return List.of(
          Figure.less("ms until ready", ready), Figure.less("MiB of heap in use then", heap));
    }
  }

  static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
