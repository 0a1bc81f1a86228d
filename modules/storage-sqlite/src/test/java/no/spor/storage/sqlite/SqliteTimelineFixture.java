package no.spor.storage.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.spor.activity.TimelineStore;
import no.spor.conformance.TimelineFixture;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;

/// Everything in files of one directory.
final class SqliteTimelineFixture implements TimelineFixture {
  private final DataDirectory directory;
  private final SqliteLedgerStore ledger;
  private final SqliteKeyStore keys;
  private final SqliteEpochStore epochs;
  private final SqliteViews views;

  SqliteTimelineFixture(Path folder) {
    directory = DataDirectory.open(folder);
    ledger = SqliteLedgerStore.open(directory, UUID.randomUUID());
    keys = SqliteKeyStore.open(directory, UUID.randomUUID());
    epochs = SqliteEpochStore.open(directory);
    views = SqliteViews.open(directory, ledger.ledger(), _ -> true);
  }

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
    return views;
  }

  @Override
  public Set<Integer> lying(List<byte[]> patterns) {
    try {
      return RawFiles.find(directory.path(), patterns);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    views.close();
    epochs.close();
    keys.close();
    ledger.close();
    directory.close();
  }
}
