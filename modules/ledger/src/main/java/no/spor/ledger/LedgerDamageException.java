package no.spor.ledger;

/// Bytes that the format does not allow, or that do not match what commits to them: the store was
/// changed by somebody else, or is broken. Says where, never what.
public class LedgerDamageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LedgerDamageException(String message) {
    super(message);
  }
}
