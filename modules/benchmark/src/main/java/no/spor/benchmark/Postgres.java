package no.spor.benchmark;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A PostgreSQL cluster of its own, as it comes from the package, in a temporary directory. It
/// refuses to run as root: then it runs as the package's user.
final class Postgres implements AutoCloseable {
  private static final String PACKAGE_USER = "postgres";

  private final Path programs;
  private final Path folder;
  private final int port;

  /// It is a daemon: it does not end with who started it.
  private final Thread atTheEnd = new Thread(this::stopAtOnce, "stop-postgresql");

  private Postgres(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /// @return where Debian's package has put the newest version's programs; empty without it
  static Optional<Path> programs() {
    var versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (var found = Files.list(versions)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Path::compareTo);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Postgres start(Path parent) throws IOException, InterruptedException {
    var programs =
        programs().orElseThrow(() -> new IllegalStateException("PostgreSQL is not installed"));
    var folder = Files.createDirectories(parent.resolve("postgresql"));
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    var cluster = new Postgres(programs, folder, port);
    if (isRoot()) {
      execute(List.of("chown", "-R", PACKAGE_USER, folder.toString()));
    }
    Runtime.getRuntime().addShutdownHook(cluster.atTheEnd);
    var data = folder.resolve("data").toString();
    cluster.as(
        "initdb", "-D", data, "-A", "trust", "-U", "bench", "--encoding=UTF8", "--no-locale");
    cluster.as(
        "pg_ctl",
        "-D",
        data,
        "-w",
        "-l",
        folder.resolve("log").toString(),
        "-o",
        "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + folder,
        "start");
    return cluster;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/postgres?user=bench&reWriteBatchedInserts=true";
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void as(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", PACKAGE_USER, "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    execute(command);
  }

  private static void execute(List<String> command) throws IOException, InterruptedException {
    var output = Files.createTempFile("spor-bench-", ".log");
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .directory(Path.of("/").toFile())
              .start();
      if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(
            command.getFirst()
                + " failed: "
                + Files.readString(output, StandardCharsets.UTF_8).strip());
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    as("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "fast", "-w", "stop");
    Runtime.getRuntime().removeShutdownHook(atTheEnd);
  }

  private void stopAtOnce() {
    try {
      as("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "immediate", "-w", "stop");
    } catch (IOException e) {
      System.err.println("spor: PostgreSQL was not stopped: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
