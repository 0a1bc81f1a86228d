package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.RegistryStoreSuite;
import no.spor.tenancy.RegistryStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteRegistryStoreTest extends RegistryStoreSuite {
  @TempDir Path temp;
  private DataDirectory directory;

  @Override
  protected RegistryStore open() {
    directory = DataDirectory.open(temp.resolve("data"));
    return SqliteRegistryStore.open(directory);
  }

  @Override
  protected RegistryStore reopen(RegistryStore store) {
    store.close();
    return SqliteRegistryStore.open(directory);
  }

  @AfterEach
  void closeDirectory() {
    directory.close();
  }
}
