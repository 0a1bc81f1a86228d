package no.spor.vault;

/// The key store cannot say: unreachable, inconsistent, or behind the ledger. Never to be taken for
/// *never seen*.
public class KeysUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KeysUnavailableException(String message) {
    super(message);
  }

  public KeysUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
