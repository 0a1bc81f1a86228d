package no.spor.storage.mongodb;

import no.spor.conformance.LedgerStoreSuite;

class MongoLedgerStoreTest extends LedgerStoreSuite {
  @Override
  protected Fixture open() {
    return new MongoLedgerFixture(TestDatabase.create());
  }
}
