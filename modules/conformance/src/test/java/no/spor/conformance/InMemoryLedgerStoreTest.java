package no.spor.conformance;

import java.util.UUID;
import no.spor.ledger.LedgerStore;

class InMemoryLedgerStoreTest extends LedgerStoreSuite {
  @Override
  protected Fixture open() {
    return inMemory(new InMemoryLedgerStore(new UUID(3, 4)));
  }

  static Fixture inMemory(LedgerStore store) {
    return new Fixture() {
      @Override
      public LedgerStore store() {
        return store;
      }

      @Override
      public LedgerStore reopened() {
        return store;
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }
}
