package no.spor.conformance;

import java.util.UUID;

class InMemoryKeyStoreForgetsTest extends KeyStoreForgetsSuite {
  @Override
  protected Fixture open() {
    return InMemoryKeyStoreTest.fixture(new InMemoryKeyStore(new UUID(3, 4)), store -> store);
  }
}
