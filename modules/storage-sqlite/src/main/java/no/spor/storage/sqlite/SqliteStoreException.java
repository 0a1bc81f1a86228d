package no.spor.storage.sqlite;

import java.nio.file.Path;
import java.sql.SQLException;

/// A database file could not be read or written. Where it is thrown from a write, the transaction
/// was rolled back: nothing of it is saved, and the same call may be tried again.
///
/// The message is a sentence for the operator and names the file, never a row.
public final class SqliteStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What went wrong, as far as a caller can act on it.
  public enum Kind {
    /// The disk or a quota is full.
    FULL,
    /// The file or its file system cannot be written.
    READ_ONLY,
    /// Reading or writing failed.
    IO,
    /// Somebody else holds the file for longer than the busy timeout.
    BUSY,
    /// The file is not what it should be: damaged, of another program, or of a newer version.
    DAMAGED,
    /// A constraint of the schema was violated.
    CONSTRAINT,
    /// Anything else.
    OTHER
  }

  private final Kind kind;

  SqliteStoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  private SqliteStoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// @param saving whether a transaction was being written
  static SqliteStoreException of(Path file, boolean saving, SQLException cause) {
    var kind = kindOf(cause.getErrorCode());
    var what =
        switch (kind) {
          case FULL -> "the disk is full: free some space on the disk of " + file;
          case READ_ONLY -> "it cannot be written: make " + file + " and its disk writable";
          case IO -> "reading or writing failed: look after the disk of " + file;
          case BUSY -> "somebody else holds " + file;
          case DAMAGED -> file + " is damaged or no database: restore it from a backup";
          case CONSTRAINT -> "a constraint of " + file + " was violated";
          case OTHER -> "SQLite refused (" + cause.getErrorCode() + ") on " + file;
        };
    return new SqliteStoreException(
        kind, (saving ? "Nothing was saved, " : "Could not read, ") + what + ".", cause);
  }

  /// The low byte is the primary result code (<https://www.sqlite.org/rescode.html>).
  private static Kind kindOf(int code) {
    return switch (code & 0xff) {
      case 13 -> Kind.FULL;
      case 8, 14 -> Kind.READ_ONLY;
      case 10 -> Kind.IO;
      case 5, 6 -> Kind.BUSY;
      case 11, 26 -> Kind.DAMAGED;
      case 19 -> Kind.CONSTRAINT;
      default -> Kind.OTHER;
    };
  }
}
