package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.KeyStoreForgetsSuite;
import org.junit.jupiter.api.io.TempDir;

class SqliteKeyStoreForgetsTest extends KeyStoreForgetsSuite {
  @TempDir Path folder;

  @Override
  protected Fixture open() {
    return KeyStoreFixture.in(folder);
  }
}
