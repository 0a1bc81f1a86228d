package no.spor.server.backup;

/// A backup cannot be made, is not sound, or cannot be put back. The message is for the operator.
public final class BackupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BackupException(String message) {
    super(message);
  }

  public BackupException(String message, Throwable cause) {
    super(message, cause);
  }
}
