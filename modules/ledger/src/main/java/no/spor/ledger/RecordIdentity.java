package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// Tells a record's key from what stands in the ledger. Must give the [Draft#key] that the record
/// was written with, in this run and every later one.
@FunctionalInterface
public interface RecordIdentity {
  /// No record has a key.
  RecordIdentity NONE = (stream, body) -> null;

  /// @param body the header's body
  /// @return the record's key, or null where it may stand several times
  @Nullable RecordKey keyOf(String stream, byte[] body);
}
