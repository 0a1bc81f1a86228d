package no.spor.storage.mongodb;

import no.spor.conformance.AxonEngineSuite;
import no.spor.conformance.LedgerStoreSuite;

class MongoAxonEngineTest extends AxonEngineSuite {
  @Override
  protected LedgerStoreSuite.Fixture open() {
    return new MongoLedgerFixture(TestDatabase.create());
  }
}
