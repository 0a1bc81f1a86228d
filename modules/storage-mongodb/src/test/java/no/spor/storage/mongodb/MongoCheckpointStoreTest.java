package no.spor.storage.mongodb;

import no.spor.conformance.CheckpointStoreSuite;
import no.spor.ledger.CheckpointStore;

class MongoCheckpointStoreTest extends CheckpointStoreSuite {
  @Override
  protected Fixture open() {
    TestDatabase database = TestDatabase.create();
    return new Fixture() {
      private CheckpointStore store = MongoCheckpointStore.open(database.settings());
      private final CheckpointStore another = MongoCheckpointStore.open(database.settings());

      @Override
      public CheckpointStore store() {
        return store;
      }

      @Override
      public CheckpointStore another() {
        return another;
      }

      @Override
      public CheckpointStore reopened() {
        store.close();
        store = MongoCheckpointStore.open(database.settings());
        return store;
      }

      @Override
      public void close() {
        store.close();
        another.close();
        database.close();
      }
    };
  }
}
