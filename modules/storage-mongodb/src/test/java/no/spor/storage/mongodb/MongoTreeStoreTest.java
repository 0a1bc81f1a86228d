package no.spor.storage.mongodb;

import java.util.UUID;
import no.spor.conformance.TreeStoreSuite;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.tree.TileStore;

class MongoTreeStoreTest extends TreeStoreSuite {
  @Override
  protected Fixture open() {
    TestDatabase database = TestDatabase.create();
    return new Fixture() {
      private MongoLedgerStore store = opened();

      private MongoLedgerStore opened() {
        return MongoLedgerStore.open(database.settings(), "main", UUID.randomUUID());
      }

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
        store = opened();
      }

      @Override
      public void close() {
        store.close();
        database.close();
      }
    };
  }
}
