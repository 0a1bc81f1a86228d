package no.spor.server;

/// The data directory is not what a node can be opened on; nothing was changed in it.
public class IllegalDataDirectoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IllegalDataDirectoryException(String message) {
    super(message);
  }
}
