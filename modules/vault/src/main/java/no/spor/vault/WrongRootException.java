package no.spor.vault;

/// The root does not open the epoch keys, or is not a root at all. Nothing was changed.
public class WrongRootException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WrongRootException(String message) {
    super(message);
  }

  public WrongRootException(String message, Throwable cause) {
    super(message, cause);
  }
}
