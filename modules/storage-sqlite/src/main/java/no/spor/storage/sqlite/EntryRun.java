package no.spor.storage.sqlite;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import no.spor.ledger.LedgerDamageException;

/// Puts the entries of consecutive records together from the rows of their blocks, ascending.
final class EntryRun {
  private final long position;
  private final byte[] found;
  private int length;
  private long next = -1;

  /// @param position of the first record
  /// @param max how many records
  EntryRun(long position, int max) {
    this.position = position;
    this.found = new byte[max * HASH_BYTES];
  }

  /// @param row first position, count, entries
  /// @return how many bytes are found so far
  int add(ResultSet row) throws SQLException {
    long first = row.getLong(1);
    int count = row.getInt(2);
    var entries = row.getBytes(3);
    if (entries == null || entries.length != count * HASH_BYTES || next >= 0 && first != next) {
      throw new LedgerDamageException(
          "the block with position " + first + " does not continue the one before it");
    }
    next = first + count;
    int skipped = Math.clamp(position - first, 0, count) * HASH_BYTES;
    int some = Math.min(entries.length - skipped, found.length - length);
    System.arraycopy(entries, skipped, found, length, some);
    length += some;
    return length;
  }

  byte[] bytes() {
    return Arrays.copyOf(found, length);
  }
}
