package no.spor.conformance;

import java.util.UUID;
import no.spor.vault.EpochStore;

class InMemoryEpochStoreTest extends EpochStoreSuite {
  @Override
  protected Fixture open() {
    return fixture(new InMemoryEpochStore());
  }

  static Fixture fixture(EpochStore store) {
    return new Fixture() {
      @Override
      public EpochStore store() {
        return store;
      }

      @Override
      public EpochStore reopened() {
        return store;
      }

      @Override
      public boolean holds(byte[] bytes) {
        return java.util.stream.Stream.of(new UUID(1, 2), new UUID(1, 3))
            .flatMap(keys -> store.epochs(keys).stream())
            .anyMatch(epoch ->
                epoch.wrapped() != null && InMemoryKeyStoreTest.contains(epoch.wrapped(), bytes));
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }
}
