package no.spor.conformance;

import java.util.UUID;
import no.spor.ledger.LedgerStore;

class InMemoryLedgerRaceTest extends LedgerRaceSuite {
  @Override
  protected LedgerStore createStore(UUID ledger) {
    return new InMemoryLedgerStore(ledger);
  }
}
