package no.spor.conformance;

import java.util.Arrays;
import java.util.UUID;
import java.util.function.UnaryOperator;
import no.spor.vault.KeyStore;

class InMemoryKeyStoreTest extends KeyStoreSuite {
  @Override
  protected Fixture open() {
    return fixture(new InMemoryKeyStore(new UUID(3, 4)), store -> store);
  }

  /// @param reopen what a restart makes of the store
  static KeyStoreCases.Fixture fixture(KeyStore first, UnaryOperator<KeyStore> reopen) {
    return new Fixture() {
      private KeyStore store = first;

      @Override
      public KeyStore store() {
        return store;
      }

      @Override
      public KeyStore reopened() {
        store = reopen.apply(store);
        return store;
      }

      @Override
      public boolean holds(byte[] bytes) {
        return store.wrappedBefore(Integer.MAX_VALUE, Integer.MAX_VALUE).values().stream()
            .anyMatch(key -> contains(key.bytes(), bytes));
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }

  static boolean contains(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }
}
