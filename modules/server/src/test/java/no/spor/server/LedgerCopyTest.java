package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ledger that moves from files to MongoDB and back is the same ledger.
@Tag("once")
class LedgerCopyTest {
  @TempDir Path temp;

  @Test
  void aLedgerComesBackFromMongoDbWithTheSameRoot() {
    Path here = temp.resolve("here");
    try (Node node = Node.open(NodeOptions.importing(here, null), InstantSource.system())) {
      for (int i = 0; i < 20; i++) {
        node.tenancy().createTenant("tenant-" + i, "Tenant " + i);
      }
    }
    MongoServer server = new MongoServer(new MemoryBackend());
    server.bind("127.0.0.1", 0);
    try {
      var files = new LedgerCopy.Place(here, null);
      var mongo =
          new LedgerCopy.Place(null, MongoOptions.on(server.getConnectionString(), "spor", true));
      var back = new LedgerCopy.Place(temp.resolve("back"), null);
      LedgerCopy.Copied there = LedgerCopy.copy(files, mongo, blocks -> {});
      assertThat(there.size()).isGreaterThan(20);
      assertThat(LedgerCopy.copy(files, mongo, blocks -> {}).root())
          .as("again")
          .isEqualTo(there.root());
      assertThat(LedgerCopy.copy(mongo, back, blocks -> {}).root()).isEqualTo(there.root());
      assertThatThrownBy(() -> LedgerCopy.copy(mongo, other(), blocks -> {}))
          .isInstanceOf(IllegalDataDirectoryException.class)
          .hasMessageContaining("another ledger");
    } finally {
      server.shutdownNow();
    }
  }

  private LedgerCopy.Place other() {
    Path other = temp.resolve("other");
    Node.open(NodeOptions.importing(other, null), InstantSource.system()).close();
    return new LedgerCopy.Place(other, null);
  }
}
