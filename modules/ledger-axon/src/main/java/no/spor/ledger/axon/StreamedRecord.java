package no.spor.ledger.axon;

import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.LedgerDamageException;
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

  /// @return the body of a record's header
  /// @throws LedgerDamageException where it is of another tenant than the stream it stands in: the
  ///   wall between tenants is the stream, and keys go by the body
  static HeaderBody headerOf(LedgerRecord record) {
    HeaderBody header = HeaderBodyCodec.decode(record.body());
    if (!header.tenant().equals(record.stream())) {
      throw new LedgerDamageException(
          "the record at " + record.position() + " stands in another tenant's stream");
    }
    return header;
  }
}
