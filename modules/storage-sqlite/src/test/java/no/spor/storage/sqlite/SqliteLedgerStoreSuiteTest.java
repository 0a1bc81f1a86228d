package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.LedgerStoreSuite;
import org.junit.jupiter.api.io.TempDir;

class SqliteLedgerStoreSuiteTest extends LedgerStoreSuite {
  @TempDir Path temp;

  @Override
  protected Fixture open() {
    return new SqliteLedgerFixture(temp.resolve("data"));
  }
}
