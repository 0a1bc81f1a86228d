package no.spor.cli;

/// Ends a command with a sentence for the person who typed it, and exit code 1.
class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailedException(String message) {
    super(message);
  }
}
