package no.spor.server;

/// A setting that makes no sense; the message says which, and what would, and shows no secret.
public final class IllegalSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IllegalSettingException(String message) {
    super(message);
  }
}
