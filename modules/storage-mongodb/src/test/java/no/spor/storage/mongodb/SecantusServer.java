package no.spor.storage.mongodb;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// SecantusDB, a persistent server that speaks MongoDB's protocol, as a process of its own: it can
/// be killed. Installed with pip into a virtual environment under the repository's `target`, for
/// tests alone, once for all modules and processes.
final class SecantusServer implements AutoCloseable {
  private static final String PACKAGE = "secantusdb==0.7.0b3";
  private static final Path HOME =
      Path.of("..", "..", "target", "secantus").toAbsolutePath().normalize();
  private static final String SWITCH =
      Optional.ofNullable(System.getenv("SPOR_TEST_SECANTUS")).orElse("some");
  private static Optional<String> obstacle;

  private final Path data;
  private final int port;
  private Process process;

  private SecantusServer(Path data, int port) {
    this.data = data;
    this.port = port;
  }

  /// @return why there can be no server here; empty where there can
  static synchronized Optional<String> obstacle() {
    if (obstacle == null) {
      obstacle = install();
    }
    return obstacle;
  }

  /// @return why not all suites run there; empty where they do
  static Optional<String> obstacleToAll() {
    return SWITCH.equals("all")
        ? obstacle()
        : Optional.of(
            "it takes minutes to run all suites on SecantusDB: SPOR_TEST_SECANTUS=all does");
  }

  private static Optional<String> install() {
    if (SWITCH.equals("off")) {
      return Optional.of("SPOR_TEST_SECANTUS=off");
    }
    try {
      Files.createDirectories(HOME.getParent());
    } catch (IOException e) {
      return Optional.of("SecantusDB cannot be installed here: " + e.getMessage());
    }
    // Other processes of the same build install it too, and pip is not done when its first file is.
    try (FileChannel lock =
            FileChannel.open(
                HOME.resolveSibling("secantus.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      if (!Files.exists(installed())) {
        run(60, "python3", "-m", "venv", HOME.toString());
        run(120, HOME.resolve("bin/pip").toString(), "install", "-q", PACKAGE);
        Files.createFile(installed());
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("SecantusDB cannot be installed here: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private static Path installed() {
    return HOME.resolve("installed");
  }

  private static Path executable() {
    return HOME.resolve("bin/secantusd-py");
  }

  private static void run(int seconds, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(HOME.resolveSibling("secantus.log").toFile())
            .start();
    if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command[0] + " failed: see target/secantus.log");
    }
  }

  static SecantusServer start(Path data) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.createDirectories(data);
    SecantusServer server = new SecantusServer(data, port);
    server.restart();
    return server;
  }

  String uri() {
    return "mongodb://127.0.0.1:" + port + "/?directConnection=true";
  }

  /// As with `kill -9`.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void restart() throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                executable().toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--storage-path",
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(data.resolveSibling("server.log").toFile())
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < end) {
      try (Socket up = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException e) {
        Thread.sleep(50);
      }
    }
    throw new IOException("SecantusDB does not answer");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
