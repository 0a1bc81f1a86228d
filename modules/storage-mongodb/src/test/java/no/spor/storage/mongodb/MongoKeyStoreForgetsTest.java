package no.spor.storage.mongodb;

import no.spor.conformance.KeyStoreForgetsSuite;

class MongoKeyStoreForgetsTest extends KeyStoreForgetsSuite {
  @Override
  protected Fixture open() {
    return new MongoKeyFixture(TestDatabase.create());
  }
}
