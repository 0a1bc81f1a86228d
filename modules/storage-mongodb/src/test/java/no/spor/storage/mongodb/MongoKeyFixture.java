package no.spor.storage.mongodb;

import java.util.UUID;
import no.spor.conformance.KeyStoreCases;
import no.spor.vault.KeyStore;

/// Keys in a database of their own. Declared: nothing is looked for in the server's files, its log
/// and its journal, only in what it answers.
final class MongoKeyFixture implements KeyStoreCases.Fixture {
  private final TestDatabase database;
  private KeyStore store;

  MongoKeyFixture(TestDatabase database) {
    this.database = database;
    store = MongoKeyStore.open(database.settings(), new UUID(3, 4));
  }

  @Override
  public KeyStore store() {
    return store;
  }

  @Override
  public KeyStore reopened() {
    store.close();
    store = MongoKeyStore.open(database.settings(), new UUID(5, 6));
    return store;
  }

  @Override
  public boolean holds(byte[] bytes) {
    return database.holds(bytes);
  }

  @Override
  public void close() {
    store.close();
    database.close();
  }
}
