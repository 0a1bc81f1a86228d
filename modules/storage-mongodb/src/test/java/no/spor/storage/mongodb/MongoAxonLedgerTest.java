package no.spor.storage.mongodb;

import no.spor.conformance.AxonLedgerSuite;
import no.spor.conformance.LedgerStoreSuite;

class MongoAxonLedgerTest extends AxonLedgerSuite {
  @Override
  protected LedgerStoreSuite.Fixture open() {
    return new MongoLedgerFixture(TestDatabase.create());
  }
}
