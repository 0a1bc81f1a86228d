package no.spor.storage.sqlite;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A transaction that is written by whoever holds it, from any one thread at a time. Holds the
/// file's only writer: end it soon. Ended without [#commit], nothing of it is saved.
///
/// Made by [SqliteFile#begin]; prefer [SqliteFile#write].
public final class SqliteTransaction implements AutoCloseable {
  private final SqliteFile file;
  private @Nullable SqliteSession session;

  SqliteTransaction(SqliteFile file, SqliteSession session) {
    this.file = file;
    this.session = session;
  }

  /// Works inside the transaction. After an exception only [#close] may follow.
  public <T extends @Nullable Object> T write(SqliteSession.Work<T> work) {
    try {
      return work.in(open());
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /// Saves; durable when this returns, where the file syncs fully.
  ///
  /// @throws SqliteStoreException if nothing was saved
  public void commit() {
    try {
      open().prepare("commit").execute();
    } catch (SQLException e) {
      throw failed(e);
    }
    session = null;
    file.release(true);
  }

  /// Rolls back what was not committed.
  @Override
  public void close() {
    var ending = session;
    if (ending != null) {
      session = null;
      file.release(rolledBack(ending));
    }
  }

  /// @return whether the connection is good for another transaction
  private static boolean rolledBack(SqliteSession ending) {
    try {
      // SQLite rolls back by itself after some errors; then there is nothing left to roll back.
      ending.prepare("rollback").execute();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private SqliteStoreException failed(SQLException e) {
    open().forgetStatements();
    return SqliteStoreException.of(file.path(), true, e);
  }

  private SqliteSession open() {
    if (session == null) {
      throw new IllegalStateException("the transaction has ended");
    }
    return session;
  }
}
