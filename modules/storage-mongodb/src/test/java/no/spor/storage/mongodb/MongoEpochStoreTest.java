package no.spor.storage.mongodb;

import no.spor.conformance.EpochStoreSuite;
import no.spor.vault.EpochStore;

class MongoEpochStoreTest extends EpochStoreSuite {
  @Override
  protected Fixture open() {
    return fixture(TestDatabase.create());
  }

  static Fixture fixture(TestDatabase database) {
    return new Fixture() {
      private EpochStore store = MongoEpochStore.open(database.settings());

      @Override
      public EpochStore store() {
        return store;
      }

      @Override
      public EpochStore reopened() {
        store.close();
        store = MongoEpochStore.open(database.settings());
        return store;
      }

      @Override
      public boolean holds(byte[] bytes) {
        return database.holds(bytes);
      }

      @Override
      public void close() {
        store.close();
        database.close();
      }
    };
  }
}
