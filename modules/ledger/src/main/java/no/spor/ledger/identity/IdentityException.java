package no.spor.ledger.identity;

/// The ledger's origin or key is not what it should be. The message says what to do.
public final class IdentityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IdentityException(String message) {
    super(message);
  }
}
