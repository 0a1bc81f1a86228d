package no.spor.insight;

/// A query that cannot be answered as it is.
public class InvalidQueryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param detail a sentence a person can act on; nothing personal
  public InvalidQueryException(String detail) {
    super(detail);
  }
}
