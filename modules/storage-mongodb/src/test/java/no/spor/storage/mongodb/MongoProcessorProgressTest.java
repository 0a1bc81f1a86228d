package no.spor.storage.mongodb;

import java.util.UUID;
import no.spor.conformance.ProcessorProgressSuite;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;

class MongoProcessorProgressTest extends ProcessorProgressSuite {
  private static final UUID LEDGER = new UUID(1, 2);

  @Override
  protected Fixture open() {
    return fixture(TestDatabase.create());
  }

  static Fixture fixture(TestDatabase database) {
    return new Fixture() {
      private MongoViews views = MongoViews.open(database.settings(), LEDGER, _ -> true);

      @Override
      public ProcessorProgress progress() {
        return views.progress();
      }

      @Override
      public ViewTransactions transactions() {
        return views.transactions();
      }

      @Override
      public ProcessorProgress reopened() {
        views.close();
        views = MongoViews.open(database.settings(), LEDGER, _ -> true);
        return views.progress();
      }

      @Override
      public void close() {
        views.close();
        database.close();
      }
    };
  }
}
