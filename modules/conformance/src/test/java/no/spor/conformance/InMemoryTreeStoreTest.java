package no.spor.conformance;

import java.util.UUID;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.tree.TileStore;

class InMemoryTreeStoreTest extends TreeStoreSuite {
  @Override
  protected Fixture open() {
    return fixture(new InMemoryLedgerStore(new UUID(1, 2)), new InMemoryTileStore());
  }

  static Fixture fixture(LedgerStore ledger, TileStore tiles) {
    return new Fixture() {
      @Override
      public LedgerStore ledger() {
        return ledger;
      }

      @Override
      public TileStore tiles() {
        return tiles;
      }

      @Override
      public void reopen() {}

      @Override
      public void close() {}
    };
  }
}
