package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.Optional;
import no.spor.vault.WrappedKey;

/// Where the wrapped keys of `keys.db` lie: rows of one length, added at the end only, overwritten
/// where they are, never deleted.
///
/// When SQLite divides or joins pages, it leaves copies of rows between the rows, which
/// `secure_delete` does not reach. Here it has no reason to do either: a page that is full is left
/// as it is and the next row begins a new one (`balance_quick` in SQLite's `btree.c`), and a row of
/// the same length is written over the old one. So each wrapped key is in exactly one place of the
/// file, and wiping it takes one page, however large the store. Writing the file anew
/// ([SqliteFile#rewrite]) keeps this.
final class KeySlots {
  private static final byte[] EMPTY = new byte[WrappedKey.BYTES];

  private KeySlots() {}

  /// @return the number of the slot that holds it now
  static long put(SqliteSession session, byte[] wrapped) throws SQLException {
    Optional<Long> vacant = session.first("select n from vacant limit 1", row -> row.getLong(1));
    if (vacant.isEmpty()) {
      session.update("insert into slot(wrapped) values (?)", wrapped);
      return session.number("select last_insert_rowid()");
    }
    session.update("delete from vacant where n = ?", vacant.get());
    session.update("update slot set wrapped = ? where n = ?", wrapped, vacant.get());
    return vacant.get();
  }

  /// Overwrites a key with zeros. It is in no byte of the files once the log is cut.
  static void wipe(SqliteSession session, long slot) throws SQLException {
    session.update("update slot set wrapped = ? where n = ?", EMPTY, slot);
    session.update("insert into vacant values (?)", slot);
  }
}
