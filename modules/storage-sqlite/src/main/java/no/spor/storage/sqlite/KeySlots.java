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

  private final SqliteSession session;
  private boolean vacant;
  private long next;

  /// For one transaction.
  KeySlots(SqliteSession session) throws SQLException {
    this.session = session;
    vacant = session.number("select exists (select 1 from vacant)") > 0;
    next = session.number("select max(n) from slot") + 1;
  }

  /// @return the number of the slot that holds it now
  long put(byte[] wrapped) throws SQLException {
    Optional<Long> free =
        vacant
            ? session.first("select n from vacant limit 1", row -> row.getLong(1))
            : Optional.empty();
    if (free.isEmpty()) {
      vacant = false;
      var insert = session.prepare("insert into slot values (?, ?)");
      insert.setLong(1, next);
      insert.setBytes(2, wrapped);
      insert.executeUpdate();
      return next++;
    }
    session.update("delete from vacant where n = ?", free.get());
    session.update("update slot set wrapped = ? where n = ?", wrapped, free.get());
    return free.get();
  }

  /// Gives back a slot that was put into.
  void wipe(long slot) throws SQLException {
    wipe(session, slot);
    vacant = true;
  }

  /// Overwrites a key with zeros. It is in no byte of the files once the log is cut.
  static void wipe(SqliteSession session, long slot) throws SQLException {
    session.update("update slot set wrapped = ? where n = ?", EMPTY, slot);
    session.update("insert into vacant values (?)", slot);
  }
}
