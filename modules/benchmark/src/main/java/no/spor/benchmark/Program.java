package no.spor.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import no.spor.benchmark.Scenario.Need;

/// The program as it is used, `ops/spor`, on the large directory: a cold process, its own flags.
final class Program {
  private static final String READY = "ready: ";
  private static final int SENT = 500_000;
  private static final Pattern USED =
      Pattern.compile("(?:PSYoungGen|ParOldGen)[^\n]* used (\\d+)K");

  private Program() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of("large-start", Groups.LARGE, "Spor", Program::start)
            .needing(Need.LARGE, Need.PROGRAM),
        Scenario.of("large-verify", Groups.LARGE, "Spor", Program::verify)
            .needing(Need.LARGE, Need.PROGRAM)
            .runs(1),
        Scenario.of("large-serve", Groups.LARGE, "Spor", Program::serve)
            .needing(Need.LARGE, Need.PROGRAM)
            .runs(1));
  }

  private static Path spor(Run run) {
    return run.home().resolve("ops").resolve("spor");
  }

  /// Builds it, where it is not.
  private static void build(Run run) throws IOException, InterruptedException {
    var process =
        Started.start(
            new ProcessBuilder(spor(run).toString(), "help")
                .redirectErrorStream(true)
                .redirectOutput(run.folder().resolve("help.log").toFile()));
    if (process.waitFor() != 0) {
      throw new IOException("ops/spor does not run");
    }
  }

  /// A server that has said it is ready.
  private record Server(Process process, BufferedReader out, String url, double millis)
      implements AutoCloseable {
    @Override
    public void close() throws IOException, InterruptedException {
      process.destroy();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
      out.close();
    }
  }

  private static Server server(Run run) throws IOException, InterruptedException {
    build(run);
    long begun = System.nanoTime();
    var process =
        Started.start(
            new ProcessBuilder(
                    spor(run).toString(), "serve", "--data", run.large().toString(), "--port", "0")
                .redirectError(run.folder().resolve("serve.log").toFile()));
    var out = process.inputReader(StandardCharsets.UTF_8);
    for (var line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(READY)) {
        double millis = (System.nanoTime() - begun) / 1e6;
        return new Server(process, out, line.substring(READY.length()).strip(), millis);
      }
    }
    process.destroy();
    throw new IOException(
        "the server did not start: " + Files.readString(run.folder().resolve("serve.log")));
  }

  private static List<Figure> start(Run run) throws Exception {
    try (var server = server(run)) {
      return List.of(Figure.less("ms until ready", server.millis()));
    }
  }

  /// At the rate it can take, with the launcher's heap of 512 MiB.
  private static List<Figure> serve(Run run) throws Exception {
    var key = Files.readString(run.large().resolve(Growing.KEY));
    try (var server = server(run)) {
      var load = new Load(server.url(), "/v1/events", "application/x-ndjson", "Bearer " + key);
      long nanos = 0;
      for (int at = 0; at < SENT; at += SENT / 10) {
        var bodies =
            run.checkins().batches(SporNode.TENANT, run.largeEvents() + at, SENT / 10, Run.BATCH);
        nanos += load.send(bodies, HttpScenarios.BATCH_CONNECTIONS).nanos();
      }
      List<Figure> figures = new ArrayList<>();
      figures.add(Figure.more("events/s over HTTP, 512 MiB of heap", SENT * 1e9 / nanos));
      long pid = pid(server.process());
      jcmd(run, pid, "GC.run");
      var used = USED.matcher(jcmd(run, pid, "GC.heap_info"));
      long kib = 0;
      while (used.find()) {
        kib += Long.parseLong(used.group(1));
      }
      figures.add(Figure.less("MiB of heap in use afterwards", kib / 1024.0));
      return figures;
    }
  }

  /// The launcher becomes the program it launches.
  private static long pid(Process process) {
    return process.pid();
  }

  private static String jcmd(Run run, long pid, String command)
      throws IOException, InterruptedException {
    var log = run.folder().resolve("jcmd.log");
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(pid),
            command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start()
        .waitFor();
    return Files.readString(log);
  }

  private static List<Figure> verify(Run run) throws Exception {
    build(run);
    long begun = System.nanoTime();
    var log = run.folder().resolve("verify.log");
    var process =
        Started.start(
            new ProcessBuilder(spor(run).toString(), "verify", "--data", run.large().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    if (process.waitFor() != 0) {
      throw new IOException("not sound: " + Files.readString(log));
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return List.of(Figure.more("entries/s, verified", run.largeEvents() / seconds));
  }
}
