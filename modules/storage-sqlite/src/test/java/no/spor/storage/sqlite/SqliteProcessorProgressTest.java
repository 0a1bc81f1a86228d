package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.util.UUID;
import no.spor.conformance.ProcessorProgressSuite;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import org.junit.jupiter.api.io.TempDir;

class SqliteProcessorProgressTest extends ProcessorProgressSuite {
  private static final UUID LEDGER = new UUID(1, 2);

  @TempDir Path temp;

  @Override
  protected Fixture open() {
    var directory = DataDirectory.open(temp.resolve("data"));
    return new Fixture() {
      private SqliteViews views = SqliteViews.open(directory, LEDGER, _ -> true);

      @Override
      public ProcessorProgress progress() {
        return views.progress();
      }

      @Override
      public ViewTransactions transactions() {
        return views;
      }

      @Override
      public ProcessorProgress reopened() {
        views.close();
        views = SqliteViews.open(directory, LEDGER, _ -> true);
        return views.progress();
      }

      @Override
      public void close() {
        views.close();
        directory.close();
      }
    };
  }
}
