package no.spor.benchmark;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import no.spor.benchmark.Scenario.Need;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/// `ops/spor bench`.
public final class Bench {
  private static final String KEPT = "modules/benchmark/RESULTS.json";
  private static final String KEPT_TEXT = "modules/benchmark/RESULTS.md";
  private static final int MINUTES_A_RUN = 60;
  private static final Path LARGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

  private static final long BEGUN = System.nanoTime();

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(Options.USAGE);
      scenarios().forEach(one -> System.err.println("  " + one.name() + ": " + one.label()));
      System.exit(List.of(arguments).contains("--help") ? 0 : 2);
      return;
    }
    if (options.parts()) {
      new Runner(new OptionsBuilder().include(Parts.class.getName()).build()).run();
      return;
    }
    System.exit(options.child() != null ? child(options) : parent(options));
  }

  static List<Scenario> scenarios() {
    List<Scenario> all = new ArrayList<>();
    all.addAll(SporScenarios.all());
    all.addAll(Peers.all());
    all.addAll(AxonPeer.all());
    all.addAll(Limits.all());
    all.addAll(HttpScenarios.all());
    all.addAll(Erasing.all());
    all.addAll(Growing.all());
    all.addAll(Program.all());
    return all;
  }

  private static int child(Options options) throws Exception {
    Started.endWithParent();
    var scenario =
        scenarios().stream()
            .filter(one -> one.name().equals(options.child()))
            .findFirst()
            .orElseThrow();
    var run =
        new Run(
            options.temp(),
            Checkins.in(options.data(), Instant.now()),
            options.events(),
            options.warmUp(),
            options.large(options.temp()),
            options.large(),
            options.home());
    for (var figure : scenario.work().run(run)) {
      System.out.println(figure.line());
    }
    System.out.flush();
    return 0;
  }

  /// What still runs first: it would write on.
  private static void cleanUp(Path temp) {
    Started.endAll();
    delete(temp);
  }

  private static int parent(Options options) throws IOException, InterruptedException {
    if (options.check() && !comparable(options)) {
      return 2;
    }
    var temp = Files.createTempDirectory(Files.createDirectories(options.temp()), "spor-bench-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(temp), "cleanup"));
    if (Postgres.isRoot()) {
      // Whom PostgreSQL runs as then must come this far.
      Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    var results = measure(options, temp);
    System.out.print(Report.text(results));
    if (options.json() != null) {
      results.write(options.json());
    }
    if (options.keeps()) {
      results.write(options.home().resolve(KEPT));
      var text = options.home().resolve(KEPT_TEXT);
      Files.writeString(text, Report.markdown(results));
      Growth.write(results, text.resolveSibling("."));
      System.out.println("kept in " + KEPT_TEXT);
    }
    return options.check() ? check(options, results) : 0;
  }

  /// Said before anything is measured.
  private static boolean comparable(Options options) throws IOException {
    var kept = options.home().resolve(KEPT);
    if (!Files.exists(kept)) {
      System.err.println("spor: there are no kept results: run spor bench first");
      return false;
    }
    int events = Results.read(kept).events();
    if (events != options.events()) {
      System.err.printf(
          "spor: the kept results are of %,d events a run: say --events %d%n", events, events);
      return false;
    }
    return true;
  }

  private static int check(Options options, Results results) throws IOException {
    var worse = Regression.worse(Results.read(options.home().resolve(KEPT)), results);
    worse.forEach(System.out::println);
    System.out.println(worse.isEmpty() ? "nothing got worse" : "worse: " + worse.size());
    // What failed has been told above; it cannot pass for as good as before.
    boolean failed = results.left().stream().anyMatch(one -> one.contains(" (Spor"));
    return worse.isEmpty() && !failed ? 0 : 1;
  }

  /// What was asked for, and what must go before.
  private static List<Scenario> wanted(Options options, Path temp) {
    boolean there = Files.exists(options.large(temp).resolve(Growing.KEY));
    boolean needed =
        !there
            && scenarios().stream()
                .anyMatch(one -> options.wants(one) && one.needs().contains(Need.LARGE));
    return scenarios().stream()
        .filter(one ->
            one.name().equals(Growing.GROW)
                ? !there && (needed || options.wants(one))
                : options.wants(one))
        .toList();
  }

  private static Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - BEGUN);
  }

  /// Round by round, so that a machine that grows slower does so for all; each scenario once at
  /// least, and again while there is time.
  private static Results measure(Options options, Path temp)
      throws IOException, InterruptedException {
    Map<Scenario, List<List<Figure>>> runs = new LinkedHashMap<>();
    List<String> left = new ArrayList<>();
    for (var scenario : wanted(options, temp)) {
      if (scenario.needs().contains(Need.POSTGRESQL) && Postgres.programs().isEmpty()) {
        left.add(scenario.name() + " (" + scenario.label() + "): PostgreSQL is not installed");
      } else {
        runs.put(scenario, new ArrayList<>());
      }
    }
    Map<Scenario, Duration> took = new HashMap<>();
    for (int round = 1; round <= options.runs(); round++) {
      for (var scenario : List.copyOf(runs.keySet())) {
        var last = took.getOrDefault(scenario, Duration.ZERO);
        boolean inTime = elapsed().plus(last).compareTo(options.within()) <= 0;
        if (round > 1 && (round > scenario.mostRuns() || !inTime)) {
          continue;
        }
        System.err.printf(
            "%d:%02d %s, run %d%n",
            elapsed().toMinutes(), elapsed().toSecondsPart(), scenario.name(), round);
        var begun = elapsed();
        try {
          Objects.requireNonNull(runs.get(scenario)).add(run(options, scenario, temp));
        } catch (IOException e) {
          if (Started.ending()) {
            throw e;
          }
          left.add(scenario.name() + " (" + scenario.label() + "): " + e.getMessage());
        }
        took.put(scenario, elapsed().minus(begun));
      }
    }
    List<Results.Row> rows = new ArrayList<>();
    runs.forEach((scenario, figures) -> rows.addAll(Results.rows(scenario, figures)));
    return new Results(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        Checkins.in(options.data(), Instant.now()).description(),
        options.events(),
        options.runs(),
        options.large(),
        Machine.facts(temp),
        rows,
        left);
  }

  private static List<Figure> run(Options options, Scenario scenario, Path temp)
      throws IOException, InterruptedException {
    var folder = Files.createDirectories(temp.resolve("run"));
    var log = temp.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseParallelGC",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + temp,
                "-cp",
                System.getProperty("java.class.path"),
                "-Dspor.home=" + options.home(),
                Bench.class.getName(),
                "--child",
                scenario.name(),
                "--events",
                Integer.toString(options.events()),
                "--data",
                options.data().toString(),
                "--temp",
                folder.toString(),
                "--large",
                Integer.toString(options.large()),
                "--large-data",
                options.large(temp).toString()));
    if (Files.exists(LARGE_PAGES)) {
      command.add(1, "-XX:+UseTransparentHugePages"); // as the launcher does
    }
    if (options.quick()) {
      command.add("--quick");
    }
    var process =
        Started.start(
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
    try {
      if (!process.waitFor(MINUTES_A_RUN, TimeUnit.MINUTES)) {
        throw new IOException("it did not end in " + MINUTES_A_RUN + " minutes");
      }
    } finally {
      process.destroyForcibly();
    }
    var lines = Files.readAllLines(log);
    if (process.exitValue() != 0) {
      var last = lines.subList(Math.max(0, lines.size() - 30), lines.size());
      System.err.println(String.join("\n", last));
      throw new IOException("it failed: " + (lines.isEmpty() ? "" : lines.getLast()));
    }
    delete(folder);
    return lines.stream().filter(Figure::isLine).map(Figure::parse).toList();
  }

  static void delete(Path folder) {
    try {
      if (Files.exists(folder)) {
        Files.walkFileTree(
            folder,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                  throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                  throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
              }
            });
      }
    } catch (IOException e) {
      System.err.println("spor: could not delete all of " + folder);
    }
  }
}
