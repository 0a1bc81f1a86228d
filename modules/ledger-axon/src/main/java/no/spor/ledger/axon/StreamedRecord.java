package no.spor.ledger.axon;

import no.spor.activity.HeaderBody;
import no.spor.ledger.LedgerRecord;

/// A record as a processor meets it: its position, time and parts from the record itself, never
/// from the batch it came in.
public interface StreamedRecord {
  LedgerRecord record();

  /// @return the header's body; decoded once, on demand
  HeaderBody header();

  default long position() {
    return record().position();
  }
}
