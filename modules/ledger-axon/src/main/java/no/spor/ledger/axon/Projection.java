package no.spor.ledger.axon;

import java.util.List;
import java.util.OptionalLong;

/// A view that is filled from the ledger. It is called by one thread at a time, in the transaction
/// of its view store ([ViewTransactions]); what it writes there and its position become durable
/// together. Where the store has no transactions it passes over records that it has applied
/// already.
public interface Projection {
  /// @return its name: the identity of its progress, for good
  String name();

  /// Applies records, in order; all streams, none skipped. An exception stops the view before these
  /// records: nothing of the batch is kept, and it is tried again after a while. What shall not
  /// stop it must be caught inside.
  ///
  /// @param from where the batch begins: no record from this position on was in an earlier one
  /// @param applied every record below this position is in this or an earlier batch
  void apply(List<StreamedRecord> records, long from, long applied);

  /// How far the view itself says it has come, where it keeps that: whoever begins to fill it
  /// begins there, even where its progress says more. So a view that lost what it had, or never got
  /// it, is filled again from there.
  default OptionalLong stands() {
    return OptionalLong.empty();
  }

  /// Throws everything away, in the transaction that also sets the position to 0.
  void clear();

  /// Is told after the transaction of a batch is durable.
  default void committed(long applied) {}
}
