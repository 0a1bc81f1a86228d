package no.spor.rights;

/// The key store has followed another history than this ledger's: one of the two was put back from
/// a copy, or belongs elsewhere. Nothing is served, since what the other history made and forgot is
/// not known here.
public final class ForeignHistoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ForeignHistoryException(String message) {
    super(message);
  }
}
