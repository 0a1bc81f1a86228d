package no.spor.ledger;

/// A condition on the whole ledger that a batch rests on (a DCB append condition, for instance).
@FunctionalInterface
public interface Precondition {
  /// Called on the appender's thread when every committed block has been given to all followers and
  /// nothing else is in flight.
  ///
  /// @param size number of records in the ledger
  /// @return whether the batch may be written now
  boolean holds(long size);
}
