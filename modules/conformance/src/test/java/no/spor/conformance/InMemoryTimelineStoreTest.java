package no.spor.conformance;

import no.spor.activity.TimelineStore;
import no.spor.ledger.axon.ViewTransactions;

class InMemoryTimelineStoreTest extends TimelineStoreSuite {
  @Override
  protected Fixture open() {
    return inMemory(new InMemoryTimelineStore());
  }

  static Fixture inMemory(TimelineStore store) {
    return new Fixture() {
      @Override
      public TimelineStore store() {
        return store;
      }

      @Override
      public ViewTransactions transactions() {
        return ViewTransactions.none();
      }

      @Override
      public TimelineStore reopened() {
        return store;
      }

      @Override
      public void close() {
        // nothing is held
      }
    };
  }
}
