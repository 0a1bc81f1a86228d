package no.spor.conformance;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.spor.activity.TimelineStore;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;

/// Everything in memory.
final class InMemoryTimelineFixture implements TimelineFixture {
  private final LedgerStore ledger = new InMemoryLedgerStore(new UUID(1, 2));
  private final KeyStore keys = new InMemoryKeyStore(new UUID(3, 4));
  private final EpochStore epochs = new InMemoryEpochStore();
  private final TimelineStore view = new InMemoryTimelineStore();
  private final ProcessorProgress progress = new InMemoryProcessorProgress();

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
    return view;
  }

  @Override
  public ProcessorProgress progress() {
    return progress;
  }

  @Override
  public ViewTransactions transactions() {
    return ViewTransactions.none();
  }

  @Override
  public Set<Integer> lying(List<byte[]> patterns) {
    return null; // declared: no files
  }

  @Override
  public void close() {
    // nothing is held
  }
}
