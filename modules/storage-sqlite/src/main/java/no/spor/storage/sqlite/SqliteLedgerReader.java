package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.Tag;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.StoredTiles;
import no.spor.storage.sqlite.SqliteSession.Work;

/// `ledger.db` as a verifier reads it: everything that is stored, and nothing of it believed. In a
/// directory opened to read it changes nothing. Thread-safe.
public final class SqliteLedgerReader implements BlockSource, AutoCloseable {
  private static final int FULL_TILE = 256;

  /// A tile that is missing is made anew; one that covers what is not there was moved.
  private static final String STRAY_TILES =
      """
      select 1 from tile
      where level < 1 or level > 6 or n < 0
      or (n + 1) << (8 * (level + 1)) > (select max(first + count) from block)
      limit 1
      """;

  private final SqliteFile file;
  private final UUID ledger;
  private final String select;

  private SqliteLedgerReader(SqliteFile file, UUID ledger) {
    this.file = file;
    this.ledger = ledger;
    boolean frames =
        file.read(session -> session.number("pragma user_version"))
            >= SqliteLedgerStore.FRAMES_SINCE;
    this.select =
        "select %s from block where n >= ? order by n limit ?"
            .formatted(frames ? BlockRow.COLUMNS : BlockRow.COLUMNS_IN_ONE_PIECE);
  }

  /// Close it before the directory.
  ///
  /// @throws LedgerDamageException if the file is no ledger
  /// @throws no.spor.ledger.LedgerStoreException if it cannot be read
  public static SqliteLedgerReader open(DataDirectory directory) {
    try {
      var file =
          SqliteFile.open(
              directory,
              SqliteLedgerStore.FILE,
              SqliteSettings.mustNeverLose(),
              SqliteLedgerStore.SCHEMA);
      try {
        return new SqliteLedgerReader(
            file,
            file.read(session -> session.first("select id from ledger", row -> id(row)))
                .orElseThrow(() -> new LedgerDamageException("the ledger has no id")));
      } catch (RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (SqliteStoreException e) {
      throw SqliteLedgerStore.translated(e);
    }
  }

  private static UUID id(ResultSet row) throws SQLException {
    var bytes = row.getBytes(1);
    if (bytes == null || bytes.length != 16) {
      throw new LedgerDamageException("the ledger's id is none");
    }
    var id = ByteBuffer.wrap(bytes);
    return new UUID(id.getLong(), id.getLong());
  }

  @Override
  public UUID ledger() {
    return ledger;
  }

  @Override
  public OptionalLong newest() {
    return read(session -> session.first("select max(n) from block", SqliteLedgerReader::newest))
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong newest(ResultSet row) throws SQLException {
    long number = row.getLong(1);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
  }

  @Override
  public List<Block> blocks(long from, int max) {
    return read(session -> session.list(select, row -> BlockRow.read(ledger, row), from, max));
  }

  @Override
  public boolean index(IndexRows rows) {
    return read(session -> {
      each(
          session,
          "pragma integrity_check(20)",
          row -> {
            var says = row.getString(1);
            if (!"ok".equals(says)) {
              rows.broken("SQLite finds its file damaged: " + says);
            }
          });
      each(session, STRAY_TILES, row -> rows.broken("a tile stands where the tree has none"));
      each(session, "select n from control_block", row -> rows.control(row.getLong(1)));
      each(session, "select tag, n from tag", row -> tag(row, rows));
      each(
          session,
          "select b.span, b.n, l.name from block_label b left join label l on l.id = b.label",
          row -> label(row, rows));
      return true;
    });
  }

  /// @return the full tiles that are kept, of level 1 and above
  public StoredTiles tiles() {
    return (level, index, width) ->
        width < FULL_TILE
            ? new byte[0]
            : read(session ->
                session
                    .first(
                        "select hashes from tile where level = ? and n = ?",
                        row -> row.getBytes(1),
                        level,
                        index)
                    .orElse(new byte[0]));
  }

  private static void tag(ResultSet row, IndexRows rows) throws SQLException {
    var tag = row.getBytes(1);
    if (tag == null || tag.length != 16) {
      rows.broken("a tag that is none");
    } else {
      var bytes = ByteBuffer.wrap(tag);
      rows.tag(new Tag(bytes.getLong(), bytes.getLong()), row.getLong(2));
    }
  }

  private static void label(ResultSet row, IndexRows rows) throws SQLException {
    long block = row.getLong(2);
    var name = row.getString(3);
    if (name == null) {
      rows.broken("block " + block + " stands under a label that has no name");
    } else if (row.getLong(1) != block / SqliteLedgerStore.SPAN_BLOCKS) {
      rows.broken("block " + block + " stands under its labels where nobody looks for it");
    } else {
      rows.label(name, block);
    }
  }

  @FunctionalInterface
  private interface EachRow {
    void row(ResultSet row) throws SQLException;
  }

  private static void each(SqliteSession session, String sql, EachRow each) throws SQLException {
    try (var rows = session.prepare(sql).executeQuery()) {
      while (rows.next()) {
        each.row(rows);
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }

  private <T> T read(Work<T> work) {
    try {
      return file.read(work);
    } catch (SqliteStoreException e) {
      throw SqliteLedgerStore.translated(e);
    }
  }
}
