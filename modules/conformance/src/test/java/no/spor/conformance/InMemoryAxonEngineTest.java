package no.spor.conformance;

import java.util.UUID;

class InMemoryAxonEngineTest extends AxonEngineSuite {
  @Override
  protected LedgerStoreSuite.Fixture open() {
    return InMemoryLedgerStoreTest.inMemory(new InMemoryLedgerStore(new UUID(5, 6)));
  }
}
