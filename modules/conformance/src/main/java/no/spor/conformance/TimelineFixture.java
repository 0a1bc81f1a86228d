package no.spor.conformance;

import no.spor.activity.TimelineStore;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;

/// Stores for a timeline from end to end, empty.
public interface TimelineFixture extends AutoCloseable {
  LedgerStore ledger();

  KeyStore keys();

  EpochStore epochs();

  TimelineStore view();

  ProcessorProgress progress();

  /// @return the transactions that the view and the progress take part in; none where they have
  ///   none
  ViewTransactions transactions();

  @Override
  void close();
}
