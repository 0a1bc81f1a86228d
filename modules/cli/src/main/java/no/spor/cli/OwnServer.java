package no.spor.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A server in a process of its own, of the same program and with the same JVM flags as this one:
/// what it uses, nobody else uses.
final class OwnServer implements AutoCloseable {
  private static final String KEY = "administrator key: ";
  private static final String READY = "ready: ";
  private static final int PATIENCE_SECONDS = 60;
  private final Process process;
  private final String url;
  private final String key;

  private OwnServer(Process process, String url, String key) {
    this.process = process;
    this.url = url;
    this.key = key;
  }

  /// @param data an empty directory
  static OwnServer start(Path data) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-agentlib") && !flag.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Spor.class.getName(),
            "serve",
            "--data",
            data.toString(),
            "--port",
            "0"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("SPOR_"));
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "own-server"));
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    String key = "";
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(KEY)) {
        key = line.substring(KEY.length()).strip();
      } else if (line.startsWith(READY)) {
        return new OwnServer(process, line.substring(READY.length()).strip(), key);
      }
    }
    throw CommandFailedException.said("failed.own-server");
  }

  ServerAccess access() {
    return ServerAccess.to(url, key);
  }

  /// Has its JVM collect all garbage, so that what is in use then is needed.
  void collect() {
    try {
      new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
              Long.toString(process.pid()),
              "GC.run")
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException missing) {
      throw CommandFailedException.said("failed.jcmd");
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException ending) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
