package no.spor.conformance;

import java.util.List;
import java.util.Set;
import no.spor.activity.TimelineStore;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;
import org.jspecify.annotations.Nullable;

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

  /// @return indexes of those patterns (at least 8 bytes each) that lie in the stores' files; null
  ///   where there are no files
  @Nullable Set<Integer> lying(List<byte[]> patterns);

  @Override
  void close();
}
