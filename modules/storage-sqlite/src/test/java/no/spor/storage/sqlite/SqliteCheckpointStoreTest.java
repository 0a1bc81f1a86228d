package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.CheckpointStoreSuite;
import no.spor.ledger.CheckpointStore;
import org.junit.jupiter.api.io.TempDir;

class SqliteCheckpointStoreTest extends CheckpointStoreSuite {
  @TempDir Path folder;

  @Override
  protected Fixture open() {
    DataDirectory directory = DataDirectory.open(folder);
    return new Fixture() {
      private CheckpointStore store = SqliteCheckpointStore.open(directory);

      @Override
      public CheckpointStore store() {
        return store;
      }

      @Override
      public CheckpointStore reopened() {
        store.close();
        store = SqliteCheckpointStore.open(directory);
        return store;
      }

      @Override
      public void close() {
        store.close();
        directory.close();
      }
    };
  }
}
