package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.jspecify.annotations.Nullable;

/// Rows of `keys.db`, as they are read by several of its operations.
final class KeyRows {
  private static final String PERSON =
      "select p.id, p.tenant, p.lookup, h.wrapped, a.wrapped, p.closed_at, p.closed_position from person p join slot h on h.n = p.history left join slot a on a.n = p.account ";

  private KeyRows() {}

  static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  static UUID uuid(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new UUID(in.getLong(), in.getLong());
  }

  static Optional<Person> person(SqliteSession session, PersonRef ref) throws SQLException {
    return session.first(
        PERSON + "where p.lookup = ? and p.tenant = ?",
        KeyRows::person,
        ref.lookup().bytes(),
        ref.tenant());
  }

  static Optional<Person> person(SqliteSession session, UUID id) throws SQLException {
    return session.first(PERSON + "where p.id = ?", KeyRows::person, bytes(id));
  }

  static Optional<Person> owner(SqliteSession session, Pseudonym pseudonym) throws SQLException {
    return session.first(
        PERSON + "join pseudonym s on s.person = p.n where s.pseudonym = ?",
        KeyRows::person,
        pseudonym.bytes());
  }

  static List<Person> people(SqliteSession session, byte[] beforeEpoch, int max)
      throws SQLException {
    return session.list(
        PERSON + "where substr(h.wrapped, 2, 4) < ?1 or substr(a.wrapped, 2, 4) < ?1 limit ?2",
        KeyRows::person,
        beforeEpoch,
        max);
  }

  static List<Person> accounts(SqliteSession session, @Nullable PersonRef after, int max)
      throws SQLException {
    return session.list(
        PERSON
            + "where (p.lookup, p.tenant) > (?, ?) and p.account is not null order by p.lookup, p.tenant limit ?",
        KeyRows::person,
        after == null ? new byte[0] : after.lookup().bytes(),
        after == null ? "" : after.tenant(),
        max);
  }

  private static Person person(ResultSet row) throws SQLException {
    byte[] account = row.getBytes(5);
    return new Person(
        uuid(row.getBytes(1)),
        new PersonRef(row.getString(2), Lookup.of(row.getBytes(3))),
        WrappedKey.of(row.getBytes(4)),
        account == null ? null : WrappedKey.of(account),
        row.getLong(6),
        row.getLong(7));
  }

  static @Nullable Fence fence(SqliteSession session, PersonRef ref) throws SQLException {
    return session
        .first(
            "select erased_at, not_before, position from fence where lookup = ? and tenant = ?",
            row -> new Fence(row.getLong(1), row.getLong(2), row.getLong(3)),
            ref.lookup().bytes(),
            ref.tenant())
        .orElse(null);
  }

  static KeyName.OfPerson name(Person person, boolean account) {
    return new KeyName.OfPerson(account, person.ref().tenant(), person.id(), person.ref().lookup());
  }

  static PeriodId period(ResultSet row) throws SQLException {
    return new PeriodId(row.getString(1), row.getString(2), row.getInt(3), row.getInt(4));
  }

  static KeyName.Secret secret(int purpose, String owner) {
    for (KeyName.Purpose known : KeyName.Purpose.values()) {
      if (known.code() == purpose) {
        return new KeyName.Secret(known, owner);
      }
    }
    throw new IllegalStateException("no key has the purpose " + purpose);
  }
}
