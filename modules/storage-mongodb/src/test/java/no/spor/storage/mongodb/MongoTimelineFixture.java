package no.spor.storage.mongodb;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import no.spor.activity.TimelineStore;
import no.spor.conformance.TimelineFixture;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;

/// Everything in databases, one a duty.
final class MongoTimelineFixture implements TimelineFixture {
  private final TestDatabase ledgerDatabase = TestDatabase.create();
  private final TestDatabase keysDatabase = TestDatabase.create();
  private final TestDatabase epochsDatabase = TestDatabase.create();
  private final TestDatabase viewsDatabase = TestDatabase.create();
  private final LedgerStore ledger =
      MongoLedgerStore.open(ledgerDatabase.settings(), "main", UUID.randomUUID());
  private final KeyStore keys = MongoKeyStore.open(keysDatabase.settings(), UUID.randomUUID());
  private final EpochStore epochs = MongoEpochStore.open(epochsDatabase.settings());
  private final MongoViews views =
      MongoViews.open(viewsDatabase.settings(), ledger.ledger(), _ -> true);

  @Override
  public LedgerStore ledger() {
    return ledger;
  }

  @Override
  public KeyStore keys() {
    return keys;
  }

  @Override
  public EpochStore epochs() {
    return epochs;
  }

  @Override
  public TimelineStore view() {
    return views.timeline();
  }

  @Override
  public ProcessorProgress progress() {
    return views.progress();
  }

  @Override
  public ViewTransactions transactions() {
    return views.transactions();
  }

  @Override
  public Set<Integer> lying(List<byte[]> patterns) {
    Set<Integer> found = new TreeSet<>();
    for (int i = 0; i < patterns.size(); i++) {
      for (TestDatabase database :
          List.of(ledgerDatabase, keysDatabase, epochsDatabase, viewsDatabase)) {
        if (database.holds(patterns.get(i))) {
          found.add(i);
        }
      }
    }
    return found;
  }

  @Override
  public void close() {
    views.close();
    epochs.close();
    keys.close();
    ledger.close();
    List.of(ledgerDatabase, keysDatabase, epochsDatabase, viewsDatabase)
        .forEach(TestDatabase::close);
  }
}
