package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import no.spor.rights.verify.KeptKeys;
import org.jspecify.annotations.Nullable;

/// `keys.db`, `epochs.db` and the clock of `ledger.db` as a verifier looks at them: by statements
/// of its own, and without the root key. In a directory opened to read it changes nothing.
/// Thread-safe.
public final class SqliteKeptKeys implements KeptKeys, AutoCloseable {
  /// A wrapped key: a byte for its version, then its epoch, 4 bytes.
  private static final String EPOCH = "substr(wrapped, 2, 4)";

  private static final String USED =
      """
      select history from person
      union select account from person where account is not null
      union select slot from period union select slot from secret
      """;

  private final SqliteFile keys;
  private final SqliteFile epochs;
  private final SqliteFile ledger;

  private SqliteKeptKeys(SqliteFile keys, SqliteFile epochs, SqliteFile ledger) {
    this.keys = keys;
    this.epochs = epochs;
    this.ledger = ledger;
  }

  /// Close it before the directory.
  ///
  /// @throws RuntimeException where one of the files cannot be read
  public static SqliteKeptKeys open(DataDirectory directory) {
    SqliteSettings forgets = SqliteSettings.mustBeAbleToForget();
    SqliteFile keys = SqliteFile.open(directory, "keys.db", forgets, KeyWrites.SCHEMA);
    try {
      SqliteFile epochs = SqliteFile.open(directory, "epochs.db", forgets, SqliteEpochStore.SCHEMA);
      try {
        return new SqliteKeptKeys(
            keys,
            epochs,
            SqliteFile.open(
                directory,
                SqliteLedgerStore.FILE,
                SqliteSettings.mustNeverLose(),
                SqliteLedgerStore.SCHEMA));
      } catch (RuntimeException e) {
        epochs.close();
        throw e;
      }
    } catch (RuntimeException e) {
      keys.close();
      throw e;
    }
  }

  @Override
  public Optional<Followed> followed(UUID of) {
    return keys.read(session ->
        session.first(
            "select block, hash from followed where ledger = ?",
            row -> new Followed(row.getLong(1), row.getBytes(2)),
            bytes(of)));
  }

  @Override
  public @Nullable Person person(UUID id) {
    return keys.<Optional<Person>>read(session ->
            session.first(
                "select tenant, account is not null, closed_position from person where id = ?",
                row -> new Person(row.getString(1), row.getBoolean(2), row.getLong(3)),
                bytes(id)))
        .orElse(null);
  }

  @Override
  public List<Fence> fences() {
    return keys.read(session ->
        session.list(
            "select tenant, position from fence",
            row -> new Fence(row.getString(1), row.getLong(2))));
  }

  @Override
  public long periodsBefore(String tenant, String retention, int policyVersion, long day) {
    return keys.read(session ->
        session.number(
            "select count(*) from period where tenant = ? and retention = ? and version = ? and day < ?",
            tenant,
            retention,
            policyVersion,
            day));
  }

  @Override
  public OptionalInt mark(String tenant, String retention, int policyVersion) {
    return keys.read(session ->
        session
            .first(
                "select first_kept from mark where tenant = ? and retention = ? and version = ?",
                row -> OptionalInt.of(row.getInt(1)),
                tenant,
                retention,
                policyVersion)
            .orElse(OptionalInt.empty()));
  }

  @Override
  public long strayKeys() {
    return keys.read(session ->
        session.number(
            "select count(*) from slot where wrapped <> zeroblob(length(wrapped)) and n not in ("
                + USED
                + ")"));
  }

  @Override
  public Set<Integer> epochsInUse() {
    return keys.read(session ->
        Set.copyOf(
            session.list(
                "select distinct " + EPOCH + " from slot where n in (" + USED + ")",
                row -> ByteBuffer.wrap(row.getBytes(1)).getInt())));
  }

  @Override
  public Set<Integer> epochs() {
    byte[] store =
        keys.read(session -> session.first("select id from store", row -> row.getBytes(1)))
            .orElse(new byte[0]);
    return epochs.read(session ->
        session
            .list(
                "select number from epoch where store = ? and wrapped is not null",
                SqliteKeptKeys::number,
                store)
            .stream()
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static int number(ResultSet row) throws SQLException {
    return row.getInt(1);
  }

  @Override
  public OptionalLong provenMillis() {
    return ledger.read(session ->
        session
            .first("select number from retention where name = 'clock'", row -> row.getLong(1))
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty()));
  }

  private static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  @Override
  public void close() {
    ledger.close();
    epochs.close();
    keys.close();
  }
}
