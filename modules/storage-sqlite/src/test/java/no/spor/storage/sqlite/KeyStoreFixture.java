package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.util.UUID;
import no.spor.conformance.KeyStoreCases;
import no.spor.vault.KeyStore;
import org.jspecify.annotations.Nullable;

/// `keys.db` under the suites.
final class KeyStoreFixture {
  private KeyStoreFixture() {}

  static KeyStoreCases.Fixture in(Path folder) {
    DataDirectory directory = DataDirectory.open(folder);
    return new KeyStoreCases.Fixture() {
      private @Nullable FileSearch search;
      private KeyStore store = SqliteKeyStore.open(directory, new UUID(3, 4));

      @Override
      public KeyStore store() {
        return store;
      }

      @Override
      public KeyStore reopened() {
        store.close();
        store = SqliteKeyStore.open(directory, new UUID(5, 6));
        return store;
      }

      @Override
      public boolean holds(byte[] bytes) {
        if (search == null) {
          search = new FileSearch(folder);
        }
        return search.hold(bytes);
      }

      @Override
      public void close() {
        store.close();
        directory.close();
        if (search != null) {
          search.close();
        }
      }
    };
  }
}
