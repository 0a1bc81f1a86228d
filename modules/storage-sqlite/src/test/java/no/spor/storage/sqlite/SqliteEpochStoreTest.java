package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.EpochStoreSuite;
import no.spor.vault.EpochStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

class SqliteEpochStoreTest extends EpochStoreSuite {
  @TempDir Path folder;

  @Override
  protected Fixture open() {
    DataDirectory directory = DataDirectory.open(folder);
    return new Fixture() {
      private @Nullable FileSearch search;
      private EpochStore store = SqliteEpochStore.open(directory);

      @Override
      public EpochStore store() {
        return store;
      }

      @Override
      public EpochStore reopened() {
        store.close();
        store = SqliteEpochStore.open(directory);
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
