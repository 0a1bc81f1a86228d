package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import no.spor.conformance.LedgerRaceSuite;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.RecordedKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteLedgerRaceTest extends LedgerRaceSuite {
  @TempDir Path temp;
  private DataDirectory directory;

  @Override
  protected LedgerStore createStore(UUID ledger) {
    directory = DataDirectory.open(temp.resolve("data"));
    return SqliteLedgerStore.open(directory, ledger);
  }

  @Override
  protected RecordedKeys createKeys(String run) {
    return RecordedKeys.open(temp.resolve(run), new SecureRandom(), 100);
  }

  @AfterEach
  void closeDirectory() {
    directory.close();
  }
}
