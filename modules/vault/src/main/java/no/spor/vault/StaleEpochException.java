package no.spor.vault;

/// A key was wrapped under an epoch that is closed: wrap it again under the open one.
public class StaleEpochException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StaleEpochException(int open) {
    super("epoch " + open + " is open for writing, the key was wrapped under another");
  }
}
