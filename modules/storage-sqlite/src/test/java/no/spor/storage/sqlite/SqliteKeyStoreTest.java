package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.KeyStoreSuite;
import org.junit.jupiter.api.io.TempDir;

class SqliteKeyStoreTest extends KeyStoreSuite {
  @TempDir Path folder;

  @Override
  protected Fixture open() {
    return KeyStoreFixture.in(folder);
  }
}
