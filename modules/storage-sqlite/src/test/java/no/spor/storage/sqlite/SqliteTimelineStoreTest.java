package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.util.UUID;
import no.spor.activity.TimelineStore;
import no.spor.conformance.TimelineStoreSuite;
import no.spor.ledger.axon.ViewTransactions;
import org.junit.jupiter.api.io.TempDir;

class SqliteTimelineStoreTest extends TimelineStoreSuite {
  private static final UUID LEDGER = new UUID(1, 2);

  @TempDir Path temp;

  @Override
  protected Fixture open() {
    var directory = DataDirectory.open(temp.resolve("data"));
    return new Fixture() {
      private SqliteViews views = SqliteViews.open(directory, LEDGER, _ -> true);

      @Override
      public TimelineStore store() {
        return views.timeline();
      }

      @Override
      public ViewTransactions transactions() {
        return () -> views.begin();
      }

      @Override
      public TimelineStore reopened() {
        views.close();
        views = SqliteViews.open(directory, LEDGER, _ -> true);
        return views.timeline();
      }

      @Override
      public void close() {
        views.close();
        directory.close();
      }
    };
  }
}
