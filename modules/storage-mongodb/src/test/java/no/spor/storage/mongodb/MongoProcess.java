package no.spor.storage.mongodb;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A MongoDB that is in no process of a test, for servers that are killed: the one that
/// `SPOR_TEST_MONGODB_URI` names, or SecantusDB where that can be had, else one in memory behind
/// the proxy that notes what the stores are not to rest on.
public final class MongoProcess implements AutoCloseable {
  private static final String GIVEN =
      System.getProperty("spor.test.mongodb.uri", System.getenv("SPOR_TEST_MONGODB_URI"));

  private final String uri;
  private final String name;
  private final @Nullable Process process;
  private final @Nullable SecantusServer secantus;

  private MongoProcess(
      String uri, String name, @Nullable Process process, @Nullable SecantusServer secantus) {
    this.uri = uri;
    this.name = name;
    this.process = process;
    this.secantus = secantus;
  }

  /// @return why there is no server here that keeps what it acknowledged; empty where there is one
  public static Optional<String> noPersistent() {
    return GIVEN != null ? Optional.empty() : SecantusServer.obstacle();
  }

  public static MongoProcess start(Path folder) throws IOException, InterruptedException {
    if (GIVEN != null) {
      return new MongoProcess(GIVEN, "the given server", null, null);
    }
    if (SecantusServer.obstacle().isEmpty()) {
      SecantusServer server = SecantusServer.start(folder.resolve("secantus"));
      return new MongoProcess(server.uri(), "SecantusDB", null, server);
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx300m",
                "-cp",
                System.getProperty("java.class.path"),
                MongoProcess.class.getName())
            .redirectError(folder.resolve("mongo-java-server.log").toFile())
            .start();
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("uri: ")) {
        return new MongoProcess(line.substring(5), "mongo-java-server", process, null);
      }
    }
    throw new IOException("mongo-java-server did not start");
  }

  public static void main(String[] arguments) throws Exception {
    MongoServer server = new MongoServer(new MemoryBackend());
    server.bind("127.0.0.1", 0);
    try (FaultProxy proxy = new FaultProxy("127.0.0.1", server.getLocalAddress().getPort())) {
      System.out.println("uri: " + proxy.uri());
      // Told to say what it has noted; ends with whoever started it.
      while (System.in.read() >= 0) {
        System.out.println("violations: " + proxy.violations());
      }
    }
    server.shutdownNow();
  }

  public String uri() {
    return uri;
  }

  /// @return what of server this is
  public String name() {
    return name;
  }

  /// @return what was asked of it that the stores are not to rest on, as a list in brackets
  public String violations() throws IOException {
    if (process == null) {
      return List.of().toString();
    }
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("violations: ")) {
        return line.substring("violations: ".length());
      }
    }
    throw new IOException("mongo-java-server ended");
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
    if (secantus != null) {
      secantus.close();
    }
  }
}
