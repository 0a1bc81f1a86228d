package no.spor.ledger;

/// The ledger does not continue what was published of it: it is an old copy, another ledger, or was
/// changed. Nothing more may be appended or signed. The message is for the operator.
public final class InconsistentLedgerException extends LedgerDamageException {
  private static final long serialVersionUID = 1L;

  public InconsistentLedgerException(String message) {
    super(message);
  }
}
