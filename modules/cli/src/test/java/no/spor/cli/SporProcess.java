package no.spor.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import no.spor.server.SporServer;

/// The `spor` command as a process of its own: what only a process shows, and what only one can
// suffer.
final class SporProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 120;
  private final Process process;
  private final Path out;
  private final Path err;

  private SporProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// @param folder where it runs and has its folder for temporary files
  static SporProcess start(Path folder, String... arguments) throws IOException {
    return start(folder, Map.of(), arguments);
  }

  static SporProcess start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    Path out = Files.createTempFile(folder, "spor", ".out");
    Path err = Files.createTempFile(folder, "spor", ".err");
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx300m",
                "-Djava.io.tmpdir=" + temporary,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dspring.aot.enabled=" + beansAreKnown(),
                "-cp",
                System.getProperty("java.class.path"),
                Spor.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SPOR_"));
    builder.environment().putAll(environment);
    return new SporProcess(
        builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
  }

  /// As the launcher starts it, where the server comes as a jar; a folder of classes lacks that.
  private static boolean beansAreKnown() {
    return SporServer.class.getResource("SporServer__ApplicationContextInitializer.class") != null;
  }

  /// @return what follows `prefix` in the line of standard output that begins with it
  String await(String prefix) throws IOException, InterruptedException {
    for (long end = deadline(); System.nanoTime() < end; Thread.sleep(50)) {
      boolean ended = !process.isAlive();
      for (String line : Files.readString(out).split("(?<=\n)")) {
        if (line.startsWith(prefix) && line.endsWith("\n")) {
          return line.substring(prefix.length()).strip();
        }
      }
      if (ended) {
        throw new AssertionError("ended with " + process.exitValue() + ": " + output() + errors());
      }
    }
    throw new AssertionError("never said " + prefix + ": " + output() + errors());
  }

  /// Ends it as `kill` does.
  ///
  /// @return its exit code
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /// Ends it as `kill -9` does: at once, without its knowing.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitEnd();
  }

  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("does not end");
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String output() throws IOException {
    return Files.readString(out);
  }

  String errors() throws IOException {
    return Files.readString(err);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
