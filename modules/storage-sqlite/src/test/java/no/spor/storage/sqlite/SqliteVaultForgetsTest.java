package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.util.UUID;
import no.spor.conformance.VaultForgetsSuite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteVaultForgetsTest extends VaultForgetsSuite {
  @TempDir Path data;
  private DataDirectory directory;

  @Override
  protected Stores open() {
    directory = DataDirectory.open(data.resolve("data"));
    return new Stores(
        SqliteKeyStore.open(directory, new UUID(3, 4)), SqliteEpochStore.open(directory));
  }

  @AfterEach
  void releaseDirectory() {
    directory.close();
  }
}
