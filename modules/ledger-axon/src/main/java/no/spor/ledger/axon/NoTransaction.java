package no.spor.ledger.axon;

/// Where each write stands for itself.
enum NoTransaction implements ViewTransactions.Transaction {
  INSTANCE;

  static final ViewTransactions BEGIN = () -> INSTANCE;

  @Override
  public void commit() {
    // each write was durable already
  }

  @Override
  public void rollback() {
    // nothing can be undone: the views pass over what is repeated
  }
}
