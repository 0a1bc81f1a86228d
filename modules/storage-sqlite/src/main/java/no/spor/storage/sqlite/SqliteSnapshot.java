package no.spor.storage.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import no.spor.ledger.BlockHead;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/// Copies stores as they were at one moment, while a server (this process or another) writes them:
/// a read transaction holds that moment, and SQLite copies its pages.
///
/// Ledger and keys are copied as of one moment that fits: the keys know every key that the ledger's
/// newest block was sealed with (else they would be *behind*), and have followed no block that the
/// ledger does not have (else they would be of another history). Both hold when the keys are looked
/// at first, the ledger right after, and no block with newer keys came between; else again.
public final class SqliteSnapshot {
  private static final int MOST_TRIES = 1_000;
  private static final int PAGES_AT_ONCE = 2_000;
  private static final int BUSY_MILLIS = 10_000;
  private static final String HEAD = "select %s from block order by n desc limit 1";

  private SqliteSnapshot() {}

  /// What a pair of copies holds.
  ///
  /// @param blocks how many
  /// @param events the ledger's size
  /// @param newestHash the newest block's; empty for an empty ledger
  /// @param followed number of the last block whose control records the keys have applied; -1 for
  ///   none
  public record Contents(
      UUID ledger,
      long blocks,
      long events,
      byte[] newestHash,
      UUID keyStore,
      long generation,
      long followed) {}

  /// Copies `ledger.db` and `keys.db` of a data directory. The copies are durable when this
  /// returns.
  ///
  /// @throws SqliteStoreException where one cannot be read or written
  public static Contents copy(Path data, Path ledgerTarget, Path keysTarget) {
    try (Source keys = new Source(data.resolve("keys.db"));
        Source ledger = new Source(data.resolve("ledger.db"))) {
      Contents contents = pinned(keys, ledger);
      ledger.copyTo(ledgerTarget);
      keys.copyTo(keysTarget);
      return contents;
    }
  }

  /// Copies one store, for instance `epochs.db`.
  public static void copy(Path store, Path target) {
    try (Source source = new Source(store)) {
      source.begin();
      source.copyTo(target);
    }
  }

  private static Contents pinned(Source keys, Source ledger) {
    for (int i = 0; i < MOST_TRIES; i++) {
      keys.begin();
      UUID store = keys.uuid("select id from store");
      long generation = keys.number("select generation from store");
      ledger.begin();
      UUID id = ledger.uuid("select id from ledger");
      Optional<BlockHead> newest = ledger.newest(id);
      long followed = keys.followed(id);
      long blocks = newest.map(head -> head.number() + 1).orElse(0L);
      boolean known =
          newest
              .map(BlockHead::keys)
              .map(mark -> !mark.keyStore().equals(store) || mark.generation() <= generation)
              .orElse(true);
      if (known && followed < blocks) {
        return new Contents(
            id,
            blocks,
            newest.map(BlockHead::endPosition).orElse(0L),
            newest.map(BlockHead::hash).orElse(new byte[0]),
            store,
            generation,
            followed);
      }
      keys.end();
      ledger.end();
    }
    throw new SqliteStoreException(
        SqliteStoreException.Kind.BUSY,
        "Ledger and keys were not found at one moment in "
            + MOST_TRIES
            + " tries: the key store belongs to another ledger, or try when less is recorded.");
  }

  private static final class Source implements AutoCloseable {
    private final Path file;
    private final Connection connection;

    Source(Path file) {
      this.file = file;
      if (!Files.isRegularFile(file)) {
        throw new SqliteStoreException(
            SqliteStoreException.Kind.IO, "There is no " + file + " to copy.");
      }
      try {
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        execute("pragma busy_timeout=" + BUSY_MILLIS);
        execute("pragma query_only=on");
      } catch (SQLException e) {
        throw SqliteStoreException.of(file, false, e);
      }
    }

    void begin() {
      query("begin");
      // The first read is what the transaction shows from then on.
      number("select count(*) from sqlite_schema");
    }

    void end() {
      query("rollback");
    }

    private void query(String script) {
      try {
        execute(script);
      } catch (SQLException e) {
        throw SqliteStoreException.of(file, false, e);
      }
    }

    private void execute(String script) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(script);
      }
    }

    @FunctionalInterface
    private interface Row<T extends @Nullable Object> {
      T read(ResultSet row) throws SQLException;
    }

    private <T extends @Nullable Object> T first(String sql, Row<T> reader, T otherwise) {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        return rows.next() ? reader.read(rows) : otherwise;
      } catch (SQLException e) {
        throw SqliteStoreException.of(file, false, e);
      }
    }

    long number(String sql) {
      return first(sql, row -> row.getLong(1), 0L);
    }

    UUID uuid(String sql) {
      return KeyRows.uuid(first(sql, row -> row.getBytes(1), new byte[16]));
    }

    long followed(UUID ledger) {
      byte[] id = KeyRows.bytes(ledger);
      return first(
          "select ledger, block from followed",
          row -> Arrays.equals(row.getBytes(1), id) ? row.getLong(2) : -1L,
          -1L);
    }

    Optional<BlockHead> newest(UUID ledger) {
      return first(
          HEAD.formatted(BlockRow.HEAD_COLUMNS),
          row -> Optional.of(BlockRow.readHead(ledger, row)),
          Optional.empty());
    }

    /// @param target made with mode 0600; what stands there is replaced
    void copyTo(Path target) {
      try {
        Files.deleteIfExists(target);
        if (target.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          Files.createFile(
              target,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        int code =
            connection
                .unwrap(SQLiteConnection.class)
                .getDatabase()
                .backup("main", target.toString(), null, 10, 100, PAGES_AT_ONCE);
        if (code != 0) {
          throw new SqliteStoreException(
              SqliteStoreException.Kind.IO,
              "SQLite could not copy " + file + " (" + code + "): is there room for it?");
        }
        try (FileChannel written = FileChannel.open(target, StandardOpenOption.WRITE)) {
          written.force(true);
        }
      } catch (SQLException e) {
        throw SqliteStoreException.of(target, true, e);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot write " + target + ".", e);
      }
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (SQLException e) {
        throw SqliteStoreException.of(file, false, e);
      }
    }
  }
}
