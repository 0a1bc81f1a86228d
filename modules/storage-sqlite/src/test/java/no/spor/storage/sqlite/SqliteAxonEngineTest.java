package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.AxonEngineSuite;
import no.spor.conformance.LedgerStoreSuite;
import org.junit.jupiter.api.io.TempDir;

class SqliteAxonEngineTest extends AxonEngineSuite {
  @TempDir static Path temp;

  @Override
  protected LedgerStoreSuite.Fixture open() {
    return new SqliteLedgerFixture(temp.resolve("data"));
  }
}
