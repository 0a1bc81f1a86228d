package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.util.UUID;
import no.spor.conformance.TreeStoreSuite;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.tree.TileStore;
import org.junit.jupiter.api.io.TempDir;

class SqliteTreeStoreTest extends TreeStoreSuite {
  @TempDir Path folder;

  @Override
  protected Fixture open() {
    DataDirectory directory = DataDirectory.open(folder);
    return new Fixture() {
      private SqliteLedgerStore store = SqliteLedgerStore.open(directory, UUID.randomUUID());

      @Override
      public LedgerStore ledger() {
        return store;
      }

      @Override
      public TileStore tiles() {
        return store.tiles();
      }

      @Override
      public void reopen() {
        store.close();
        store = SqliteLedgerStore.open(directory, UUID.randomUUID());
      }

      @Override
      public void close() {
        store.close();
        directory.close();
      }
    };
  }
}
