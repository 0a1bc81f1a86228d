package no.spor.conformance;

import no.spor.ledger.CheckpointStore;

class InMemoryCheckpointStoreTest extends CheckpointStoreSuite {
  @Override
  protected Fixture open() {
    return fixture(new InMemoryCheckpointStore());
  }

  static Fixture fixture(CheckpointStore store) {
    return new Fixture() {
      @Override
      public CheckpointStore store() {
        return store;
      }

      @Override
      public CheckpointStore reopened() {
        return store;
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }
}
