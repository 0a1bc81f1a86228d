package no.spor.ledger.axon;

/// Port: the transaction of a view store. Whatever the thread writes into the store's views and
/// into its [ProcessorProgress] between [#begin] and the end of the transaction becomes durable
/// together.
///
/// A transaction belongs to the thread that began it and ends on it. A store with a single writer
/// lets [#begin] wait for the transaction of another thread. Transactions of one thread do not
/// nest.
public interface ViewTransactions {

  Transaction begin();

  /// A transaction that was begun.
  interface Transaction {
    /// Durable when it returns; on an exception nothing of it is.
    void commit();

    /// Undoes everything; does nothing once the transaction has ended.
    void rollback();
  }

  /// For stores without transactions: rows and position are written one after the other, so every
  /// view must pass over what it has applied already (by position).
  static ViewTransactions none() {
    return NoTransaction.BEGIN;
  }
}
