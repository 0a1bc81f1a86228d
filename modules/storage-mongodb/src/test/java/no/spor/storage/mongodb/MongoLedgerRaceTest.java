package no.spor.storage.mongodb;

import java.util.UUID;
import no.spor.conformance.LedgerRaceSuite;
import no.spor.ledger.LedgerStore;
import org.junit.jupiter.api.AutoClose;

class MongoLedgerRaceTest extends LedgerRaceSuite {
  @AutoClose private final TestDatabase database = TestDatabase.create();

  @Override
  protected LedgerStore createStore(UUID ledger) {
    return MongoLedgerStore.open(database.settings(), "main", ledger);
  }
}
