package no.spor.storage.mongodb;

import java.util.UUID;
import no.spor.conformance.LedgerStoreSuite;
import no.spor.ledger.LedgerStore;

/// A ledger in a database of its own, and another node's view of it.
final class MongoLedgerFixture implements LedgerStoreSuite.Fixture {
  private final TestDatabase database;
  private LedgerStore store;
  private final LedgerStore another;

  MongoLedgerFixture(TestDatabase database) {
    this.database = database;
    store = opened();
    another = opened();
  }

  private LedgerStore opened() {
    return MongoLedgerStore.open(database.settings(), "main", UUID.randomUUID());
  }

  @Override
  public LedgerStore store() {
    return store;
  }

  @Override
  public LedgerStore another() {
    return another;
  }

  @Override
  public LedgerStore reopened() {
    store.close();
    store = opened();
    return store;
  }

  @Override
  public void close() {
    store.close();
    another.close();
    database.close();
  }
}
