package no.spor.storage.mongodb;

import java.util.UUID;
import no.spor.activity.TimelineStore;
import no.spor.conformance.TimelineStoreSuite;
import no.spor.ledger.axon.ViewTransactions;

class MongoTimelineStoreTest extends TimelineStoreSuite {
  private static final UUID LEDGER = new UUID(1, 2);

  @Override
  protected Fixture open() {
    var database = TestDatabase.create();
    return new Fixture() {
      private MongoViews views = MongoViews.open(database.settings(), LEDGER, _ -> true);

      @Override
      public TimelineStore store() {
        return views.timeline();
      }

      @Override
      public ViewTransactions transactions() {
        return views.transactions();
      }

      @Override
      public TimelineStore reopened() {
        views.close();
        views = MongoViews.open(database.settings(), LEDGER, _ -> true);
        return views.timeline();
      }

      @Override
      public void close() {
        views.close();
        database.close();
      }
    };
  }
}
