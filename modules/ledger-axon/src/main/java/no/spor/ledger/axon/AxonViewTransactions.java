package no.spor.ledger.axon;

import org.axonframework.messaging.core.unitofwork.transaction.Transaction;
import org.axonframework.messaging.core.unitofwork.transaction.TransactionManager;

/// Axon's units of work over [ViewTransactions]: begun before the handlers, committed after the
/// token is stored, all on one thread.
record AxonViewTransactions(ViewTransactions transactions) implements TransactionManager {
  @Override
  public boolean requiresSameThreadInvocations() {
    return true;
  }

  @Override
  public Transaction startTransaction() {
    ViewTransactions.Transaction transaction = transactions.begin();
    return new Transaction() {
      @Override
      public void commit() {
        transaction.commit();
      }

      /// Axon calls it after a successful commit too, when a later hook throws.
      @Override
      public void rollback() {
        transaction.rollback();
      }
    };
  }
}
