package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.util.UUID;
import no.spor.conformance.LedgerStoreSuite;
import no.spor.ledger.LedgerStore;

/// A ledger in a directory of its own.
final class SqliteLedgerFixture implements LedgerStoreSuite.Fixture {
  private final DataDirectory directory;
  private LedgerStore store;

  SqliteLedgerFixture(Path data) {
    directory = DataDirectory.open(data);
    store = SqliteLedgerStore.open(directory, UUID.randomUUID());
  }

  @Override
  public LedgerStore store() {
    return store;
  }

  @Override
  public LedgerStore reopened() {
    store.close();
    store = SqliteLedgerStore.open(directory, UUID.randomUUID());
    return store;
  }

  @Override
  public void close() {
    store.close();
    directory.close();
  }
}
