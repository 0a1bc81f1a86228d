package no.spor.conformance;

import no.spor.tenancy.InMemoryRegistryStore;
import no.spor.tenancy.RegistryStore;

class InMemoryRegistryStoreTest extends RegistryStoreSuite {
  @Override
  protected RegistryStore open() {
    return new InMemoryRegistryStore();
  }

  @Override
  protected RegistryStore reopen(RegistryStore store) {
    store.close();
    return store;
  }
}
