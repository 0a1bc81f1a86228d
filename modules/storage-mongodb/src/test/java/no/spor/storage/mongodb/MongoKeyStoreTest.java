package no.spor.storage.mongodb;

import no.spor.conformance.KeyStoreSuite;

class MongoKeyStoreTest extends KeyStoreSuite {
  @Override
  protected Fixture open() {
    return new MongoKeyFixture(TestDatabase.create());
  }
}
