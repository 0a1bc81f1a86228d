package no.spor.storage.mongodb;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// Every suite against a persistent server in a process of its own: where `SPOR_TEST_SECANTUS` is
/// `all`.
class SuitesOnSecantusTest {
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

  @Nested
  class Blocks extends MongoLedgerStoreTest {}

  @Nested
  class Ledgers extends MongoLedgerTest {}

  @Nested
  class Races extends MongoLedgerRaceTest {}

  @Nested
  class Trees extends MongoTreeStoreTest {}

  @Nested
  class Checkpoints extends MongoCheckpointStoreTest {}

  @Nested
  class AxonEngines extends MongoAxonEngineTest {}

  @Nested
  class AxonLedgers extends MongoAxonLedgerTest {}

  @Nested
  class Keys extends MongoKeyStoreTest {}

  @Nested
  class KeysForget extends MongoKeyStoreForgetsTest {}

  @Nested
  class Epochs extends MongoEpochStoreTest {}

  @Nested
  class Vaults extends MongoVaultTest {}

  @Nested
  class VaultsForget extends MongoVaultForgetsTest {}

  @Nested
  class VaultsRace extends MongoVaultRacesTest {}

  @Nested
  class VaultsUnderAttack extends MongoVaultUnderAttackTest {}

  @Nested
  class TimelineStores extends MongoTimelineStoreTest {}

  @Nested
  class Timelines extends MongoTimelineTest {}

  @Nested
  class TimelineViews extends MongoTimelineViewTest {}

  @Nested
  class Progress extends MongoProcessorProgressTest {}
}
