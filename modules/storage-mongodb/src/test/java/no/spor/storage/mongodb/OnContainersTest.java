package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.client.MongoClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.mongodb.MongoDBContainer;

/// MongoDB itself, where there is Docker: as a replica set, and sharded with two ledgers.
class OnContainersTest {
  private static final String IMAGE = "mongo:8.0.15";

  private static boolean thereIsDocker() {
    boolean maybe =
        System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
    return maybe && DockerClientFactory.instance().isDockerAvailable();
  }

  private static MongoDBContainer started(MongoDBContainer container) {
    container.start();
    TestDatabase.makeAt(container.getConnectionString());
    return container;
  }

  @BeforeAll
  static void look() {
    boolean there = thereIsDocker();
    if (!there) {
      System.out.println("OnContainersTest is skipped: there is no Docker");
    }
    assumeTrue(there, "there is no Docker");
  }

  @AfterAll
  static void others() {
    TestDatabase.makeAt(null);
  }

  @Nested
  class ReplicaSet extends AllSuites {
    private static MongoDBContainer container;

    @BeforeAll
    static void start() {
      container = started(new MongoDBContainer(IMAGE).withReplicaSet());
    }

    @AfterAll
    static void stop() {
      container.stop();
    }
  }

  @Nested
  class Sharded {
    private static MongoDBContainer container;

    @BeforeAll
    static void start() {
      container = started(new MongoDBContainer(IMAGE).withSharding());
    }

    @AfterAll
    static void stop() {
      container.stop();
    }

    @Test
    void twoLedgersShareACollectionThatIsShardedByThem() {
      try (var database = TestDatabase.create();
          var client = MongoClients.create(container.getConnectionString())) {
        var one = new UUID(1, 1);
        var other = new UUID(2, 2);
        var name = database.settings().database();
        var admin = client.getDatabase("admin");
        admin.runCommand(new Document("enableSharding", name));
        admin.runCommand(
            new Document("shardCollection", name + ".blocks")
                .append("key", new Document("_id", 1)));
        admin.runCommand(
            new Document("split", name + ".blocks")
                .append("middle", new Document("_id", other + "/")));
        try (var first = MongoLedgerStore.open(database.settings(), "one", one);
            var second = MongoLedgerStore.open(database.settings(), "other", other)) {
          var ones = new SampleBlocks(one, 1, null).any(9);
          var others = new SampleBlocks(other, 2, null).any(9);
          for (int i = 0; i < 9; i += 3) {
            assertThat(first.append(ones.subList(i, i + 3))).isEqualTo(3);
            assertThat(second.append(others.subList(i, i + 3))).isEqualTo(3);
          }
          assertThat(first.heads(0, 99)).extracting(BlockHead::commit).isEqualTo(commits(ones));
          assertThat(second.heads(0, 99)).extracting(BlockHead::commit).isEqualTo(commits(others));
          assertThat(first.blockAt(ones.getLast().head().endPosition())).isEmpty();
        }
      }
    }

    private static List<UUID> commits(List<Block> blocks) {
      return blocks.stream().map(block -> block.head().commit()).toList();
    }

    @Nested
    class Blocks extends MongoLedgerStoreTest {}

    @Nested
    class Keys extends MongoKeyStoreTest {}

    @Nested
    class Progress extends MongoProcessorProgressTest {}
  }
}
