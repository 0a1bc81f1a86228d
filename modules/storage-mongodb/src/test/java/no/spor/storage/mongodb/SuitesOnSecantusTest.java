package no.spor.storage.mongodb;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Every suite against a persistent server in a process of its own: where `SPOR_TEST_SECANTUS` is
/// `all`.
class SuitesOnSecantusTest extends AllSuites {
  @TempDir static Path temp;
  private static SecantusServer server;

  @BeforeAll
  static void start() throws Exception {
    var obstacle = SecantusServer.obstacleToAll();
    obstacle.ifPresent(reason -> System.out.println("SuitesOnSecantusTest is skipped: " + reason));
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    server = SecantusServer.start(temp.resolve("data"));
    TestDatabase.makeAt(server.uri());
  }

  @AfterAll
  static void stop() {
    TestDatabase.makeAt(null);
    if (server != null) {
      server.close();
    }
  }
}
