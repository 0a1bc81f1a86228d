package no.spor.ledger.note;

/// A note or a key that must not be believed. Its message quotes nothing of the note.
public final class NoteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Why.
  public enum Kind {
    /// Not a signed note at all.
    MALFORMED,
    /// A known key's name and id, and a signature that is not that key's.
    BAD_SIGNATURE,
    /// No known key has signed it.
    UNSIGNED,
    /// Not a key that this module can use.
    BAD_KEY
  }

  private final Kind kind;

  NoteException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
