package no.spor.conformance;

import java.util.UUID;

class InMemoryAxonLedgerTest extends AxonLedgerSuite {
  @Override
  protected LedgerStoreSuite.Fixture open() {
    return InMemoryLedgerStoreTest.inMemory(new InMemoryLedgerStore(new UUID(5, 6)));
  }
}
