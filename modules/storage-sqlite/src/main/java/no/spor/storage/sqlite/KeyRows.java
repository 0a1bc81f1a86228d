package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /// Counts the pieces of a blob: as many rows as `?1` says, at least one.
  private static final String PIECES =
      "with recursive piece(i) as (select 0 union all select i + 1 from piece where i + 1 < ?1) ";

  private static final String PEOPLE =
      PIECES
          + "select i, p.id, h.wrapped, a.wrapped, p.closed_at, p.closed_position from piece cross join person p on p.lookup = substr(?2, 1 + 32 * i, 32) and p.tenant = ?3 join slot h on h.n = p.history left join slot a on a.n = p.account";

  private static final String FENCES =
      PIECES
          + "select i, f.erased_at, f.not_before, f.position from piece cross join fence f on f.lookup = substr(?2, 1 + 32 * i, 32) and f.tenant = ?3";

  private static final String PSEUDONYMS =
      PIECES
          + "select s.pseudonym from piece cross join pseudonym s on s.pseudonym = substr(?2, 1 + 16 * i, 16)";

  private static final String OWNERS =
      PIECES
          + "select p.id, p.tenant, p.lookup, h.wrapped, a.wrapped, p.closed_at, p.closed_position, s.pseudonym from piece cross join pseudonym s on s.pseudonym = substr(?2, 1 + 16 * i, 16) join person p on p.n = s.person join slot h on h.n = p.history left join slot a on a.n = p.account";

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

  /// Asked in one statement a tenant: a statement each would cost more than what it finds.
  static Map<PersonRef, Person> people(SqliteSession session, Collection<PersonRef> wanted)
      throws SQLException {
    Map<PersonRef, Person> found = new HashMap<>();
    for (List<PersonRef> refs : byTenant(wanted)) {
      each(
          session,
          PEOPLE,
          refs,
          (ref, row) -> {
            byte[] account = row.getBytes(4);
            found.put(
                ref,
                new Person(
                    uuid(row.getBytes(2)),
                    ref,
                    WrappedKey.of(row.getBytes(3)),
                    account == null ? null : WrappedKey.of(account),
                    row.getLong(5),
                    row.getLong(6)));
          });
    }
    return found;
  }

  static Map<PersonRef, Fence> fences(SqliteSession session, Collection<PersonRef> wanted)
      throws SQLException {
    Map<PersonRef, Fence> found = new HashMap<>();
    if (session.number("select exists (select 1 from fence)") == 0) {
      return found;
    }
    for (List<PersonRef> refs : byTenant(wanted)) {
      each(
          session,
          FENCES,
          refs,
          (ref, row) -> found.put(ref, new Fence(row.getLong(2), row.getLong(3), row.getLong(4))));
    }
    return found;
  }

  static Map<Pseudonym, Person> owners(SqliteSession session, Collection<Pseudonym> wanted)
      throws SQLException {
    Map<Pseudonym, Person> found = HashMap.newHashMap(wanted.size());
    if (!wanted.isEmpty()) {
      session.list(
          OWNERS,
          row -> found.put(Pseudonym.of(row.getBytes(8)), person(row)),
          wanted.size(),
          joined(wanted));
    }
    return found;
  }

  private static byte[] joined(Collection<Pseudonym> pseudonyms) {
    ByteBuffer all = ByteBuffer.allocate(pseudonyms.size() * Pseudonym.BYTES);
    pseudonyms.forEach(pseudonym -> all.put(pseudonym.bytes()));
    return all.array();
  }

  static Set<Pseudonym> recorded(SqliteSession session, Collection<Pseudonym> wanted)
      throws SQLException {
    Set<Pseudonym> found = new HashSet<>();
    if (!wanted.isEmpty()) {
      found.addAll(
          session.list(
              PSEUDONYMS, row -> Pseudonym.of(row.getBytes(1)), wanted.size(), joined(wanted)));
    }
    return found;
  }

  private interface OfPerson {
    void take(PersonRef ref, ResultSet row) throws SQLException;
  }

  private static void each(SqliteSession session, String sql, List<PersonRef> refs, OfPerson taker)
      throws SQLException {
    ByteBuffer lookups = ByteBuffer.allocate(refs.size() * Lookup.BYTES);
    refs.forEach(ref -> lookups.put(ref.lookup().bytes()));
    PreparedStatement statement = session.prepare(sql);
    statement.setInt(1, refs.size());
    statement.setBytes(2, lookups.array());
    statement.setString(3, refs.getFirst().tenant());
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        taker.take(refs.get(rows.getInt(1)), rows);
      }
    }
  }

  private static Collection<List<PersonRef>> byTenant(Collection<PersonRef> refs) {
    Map<String, List<PersonRef>> byTenant = new LinkedHashMap<>();
    for (PersonRef ref : refs) {
      byTenant.computeIfAbsent(ref.tenant(), tenant -> new ArrayList<>()).add(ref);
    }
    return byTenant.values();
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
