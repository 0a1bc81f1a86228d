package no.spor.storage.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.storage.sqlite.SqliteSession.Work;
import org.jspecify.annotations.Nullable;

/// Checkpoints in `checkpoints.db`: in no backup, never put back with the ledger. Thread-safe. Each
/// write is one transaction, on the disk when it returns.
public final class SqliteCheckpointStore implements CheckpointStore {
  static final SqliteSchema SCHEMA =
      SqliteSchema.of(
          "SpCh",
          """
          create table published(
            n integer primary key,
            origin text not null,
            size integer not null,
            root blob not null,
            note text not null,
            at integer not null);
          create index published_size on published(origin, size);
          create table cosigned(
            origin text primary key,
            size integer not null,
            root blob not null,
            note text not null,
            at integer not null);
          create table key_statement(n integer primary key, note text not null);
          """);

  private static final String COLUMNS = "origin, size, root, note, at";
  private static final String SELECT = "select " + COLUMNS + " from published ";
  private static final String SELECT_NEWEST = SELECT + "order by n desc limit 1";

  private final SqliteFile file;

  private SqliteCheckpointStore(SqliteFile file) {
    this.file = file;
  }

  /// Opens the checkpoints of a directory, makes the file where there is none. Close the store
  /// before the directory.
  ///
  /// @throws LedgerStoreException if the file cannot be read or written
  public static SqliteCheckpointStore open(DataDirectory directory) {
    try {
      return new SqliteCheckpointStore(
          SqliteFile.open(directory, "checkpoints.db", SqliteSettings.mustNeverGoBack(), SCHEMA));
    } catch (SqliteStoreException e) {
      throw SqliteLedgerStore.translated(e);
    }
  }

  @Override
  public Optional<Published> newest() {
    return read(SqliteCheckpointStore::newest);
  }

  @Override
  public boolean publish(@Nullable Checkpoint previous, Published next) {
    var checkpoint = next.checkpoint();
    checkpoint.requireContinues(previous);
    return write(session -> {
      var newest = newest(session).orElse(null);
      if (newest == null ? previous != null : !newest.checkpoint().equals(previous)) {
        return false;
      }
      long n = session.number("select max(n) from published");
      boolean gives =
          newest != null
              && newest.checkpoint().origin().equals(checkpoint.origin())
              && hour(newest) == hour(next);
      session.update(
          "insert or replace into published(n, " + COLUMNS + ") values (?, ?, ?, ?, ?, ?)",
          gives ? n : n + 1,
          checkpoint.origin(),
          checkpoint.size(),
          checkpoint.root(),
          next.note(),
          next.atMillis());
      return true;
    });
  }

  @Override
  public List<Published> history(String origin, long fromSize, int max) {
    return read(session ->
        session.list(
            SELECT + "where origin = ? and size >= ? order by n limit ?",
            SqliteCheckpointStore::published,
            origin,
            fromSize,
            max));
  }

  @Override
  public Optional<Published> atMost(String origin, long size) {
    return read(session ->
        session.first(
            SELECT + "where origin = ? and size <= ? order by size desc, n desc limit 1",
            SqliteCheckpointStore::published,
            origin,
            size));
  }

  @Override
  public Optional<Published> cosigned(String origin) {
    return read(session ->
        session.first(
            "select " + COLUMNS + " from cosigned where origin = ?",
            SqliteCheckpointStore::published,
            origin));
  }

  @Override
  public void keepCosigned(Published cosigned) {
    var checkpoint = cosigned.checkpoint();
    write(session ->
        session.update(
            """
            insert into cosigned(origin, size, root, note, at) values (?, ?, ?, ?, ?)
            on conflict(origin) do update
            set size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at
            where excluded.size >= size
            """,
            checkpoint.origin(),
            checkpoint.size(),
            checkpoint.root(),
            cosigned.note(),
            cosigned.atMillis()));
  }

  @Override
  public List<String> keyStatements() {
    return read(session ->
        session.list("select note from key_statement order by n", row -> row.getString(1)));
  }

  @Override
  public boolean addKeyStatement(int index, String note) {
    return write(session -> {
      boolean next = session.number("select count(*) from key_statement") == index;
      if (next) {
        session.update("insert into key_statement(n, note) values (?, ?)", index, note);
      }
      return next;
    });
  }

  @Override
  public void close() {
    file.close();
  }

  private static Optional<Published> newest(SqliteSession session) throws SQLException {
    return session.first(SELECT_NEWEST, SqliteCheckpointStore::published);
  }

  private static Published published(ResultSet row) throws SQLException {
    return new Published(
        new Checkpoint(row.getString(1), row.getLong(2), row.getBytes(3)),
        row.getString(4),
        row.getLong(5));
  }

  private static long hour(Published one) {
    return Math.floorDiv(one.atMillis(), TimeUnit.HOURS.toMillis(1));
  }

  private <T> T read(Work<T> work) {
    try {
      return file.read(work);
    } catch (SqliteStoreException e) {
      throw SqliteLedgerStore.translated(e);
    }
  }

  private <T> T write(Work<T> work) {
    try {
      return file.write(work);
    } catch (SqliteStoreException e) {
      throw SqliteLedgerStore.translated(e);
    }
  }
}
