package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.util.UUID;
import no.spor.conformance.LedgerStoreSuite;
import no.spor.ledger.LedgerStore;
import org.junit.jupiter.api.io.TempDir;

class SqliteLedgerStoreSuiteTest extends LedgerStoreSuite {
  @TempDir Path temp;

  @Override
  protected Fixture open() {
    var directory = DataDirectory.open(temp.resolve("data"));
    return new Fixture() {
      private LedgerStore store = SqliteLedgerStore.open(directory, UUID.randomUUID());

      @Override
      public LedgerStore store() {
        return store;
      }

      @Override
      public LedgerStore reopened() {
        store.close();
        store = SqliteLedgerStore.open(directory, UUID.randomUUID());
        return store;
      }

      @Override
      public void close() {
        store.close();
        directory.close();
      }
    };
  }
}
