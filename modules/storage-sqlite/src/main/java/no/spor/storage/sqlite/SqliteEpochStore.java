package no.spor.storage.sqlite;

import java.util.List;
import java.util.UUID;
import no.spor.storage.sqlite.SqliteSession.Work;
import no.spor.vault.EpochStore;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Lookup;
import org.jspecify.annotations.Nullable;

/// Epoch keys in `epochs.db`. Thread-safe. In no backup but its one escrow copy.
public final class SqliteEpochStore implements EpochStore {
  static final SqliteSchema SCHEMA =
      SqliteSchema.of(
          "SpEp",
          """
          create table epoch(
            store blob not null,
            number integer not null,
            created_at integer not null,
            wrapped blob,
            destroyed_at integer not null,
            primary key (store, number));
          """,
          """
          create table forgotten(
            store blob not null,
            job blob not null,
            person blob not null,
            fence blob not null,
            ledger blob not null,
            tenant text not null,
            account integer not null,
            epoch integer not null,
            primary key (store, job, person, fence)) without rowid;
          """);

  private static final byte[] NONE = {};

  private static final String SELECT =
      "select number, created_at, wrapped, destroyed_at from epoch where store = ? ";

  private final SqliteFile file;

  private SqliteEpochStore(SqliteFile file) {
    this.file = file;
  }

  /// Opens the epochs of a directory, makes the file where there is none. Close the store before
  /// the directory.
  ///
  /// @throws KeysUnavailableException if the file cannot be read or written
  public static SqliteEpochStore open(DataDirectory directory) {
    try {
      SqliteFile file =
          SqliteFile.open(directory, "epochs.db", SqliteSettings.mustBeAbleToForget(), SCHEMA);
      if (directory.isWritten()) {
        file.truncateLog(); // where a crash came between a destruction and this
      }
      return new SqliteEpochStore(file);
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  @Override
  public List<Epoch> epochs(UUID keyStore) {
    return read(session ->
        session.list(SELECT + "order by number", SqliteEpochStore::epoch, KeyRows.bytes(keyStore)));
  }

  @Override
  public Epoch add(UUID keyStore, Epoch epoch) {
    return write(session -> {
      session.update(
          "insert into epoch values (?, ?, ?, ?, ?) on conflict do nothing",
          KeyRows.bytes(keyStore),
          epoch.number(),
          epoch.createdAtMillis(),
          epoch.wrapped(),
          epoch.destroyedAtMillis());
      return session
          .first(
              SELECT + "and number = ?",
              SqliteEpochStore::epoch,
              KeyRows.bytes(keyStore),
              epoch.number())
          .orElseThrow();
    });
  }

  @Override
  public void destroy(UUID keyStore, int number, long destroyedAtMillis) {
    write(session -> {
      session.update(
          "delete from forgotten where store = ? and epoch <= ?", KeyRows.bytes(keyStore), number);
      return session.update(
          "update epoch set wrapped = null, destroyed_at = ? where store = ? and number = ? and"
              + " wrapped is not null",
          destroyedAtMillis,
          KeyRows.bytes(keyStore),
          number);
    });
    try {
      file.truncateLog();
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  @Override
  public void note(UUID keyStore, Forgotten one) {
    UUID person = one.person();
    Lookup fence = one.fence();
    write(session ->
        session.update(
            "insert into forgotten values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
            KeyRows.bytes(keyStore),
            KeyRows.bytes(one.job()),
            person == null ? NONE : KeyRows.bytes(person),
            fence == null ? NONE : fence.bytes(),
            KeyRows.bytes(one.ledger()),
            one.tenant(),
            one.account() ? 1 : 0,
            one.epoch()));
  }

  @Override
  public List<Forgotten> forgotten(UUID keyStore) {
    return read(session ->
        session.list(
            "select ledger, job, tenant, person, fence, account, epoch from forgotten where store = ?",
            SqliteEpochStore::forgotten,
            KeyRows.bytes(keyStore)));
  }

  private static Forgotten forgotten(java.sql.ResultSet row) throws java.sql.SQLException {
    byte[] person = row.getBytes(4);
    byte[] fence = row.getBytes(5);
    return new Forgotten(
        KeyRows.uuid(row.getBytes(1)),
        KeyRows.uuid(row.getBytes(2)),
        row.getString(3),
        person.length == 0 ? null : KeyRows.uuid(person),
        fence.length == 0 ? null : Lookup.of(fence),
        row.getInt(6) != 0,
        row.getInt(7));
  }

  private static Epoch epoch(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Epoch(row.getInt(1), row.getLong(2), row.getBytes(3), row.getLong(4));
  }

  private <T extends @Nullable Object> T read(Work<T> work) {
    try {
      return file.read(work);
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  private <T extends @Nullable Object> T write(Work<T> work) {
    try {
      return file.write(work);
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  private static KeysUnavailableException unavailable(SqliteStoreException cause) {
    return new KeysUnavailableException(
        "The epochs are out of reach. " + cause.getMessage(), cause);
  }

  @Override
  public void close() {
    file.close();
  }
}
