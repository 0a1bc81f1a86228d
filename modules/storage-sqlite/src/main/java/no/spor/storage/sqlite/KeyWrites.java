package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore.AccountClosing;
import no.spor.vault.KeyStore.Erased;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Rewrapped;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.jspecify.annotations.Nullable;

/// Changes of `keys.db`, each within a transaction of its caller. The schema is documented in the
/// vault's `FORMAT.md`; wrapped keys lie in [KeySlots], the other tables say whose they are.
final class KeyWrites {
  static final SqliteSchema SCHEMA =
      SqliteSchema.of(
          "SpKe",
          """
          create table store(
            only integer primary key check (only = 1),
            id blob not null,
            generation integer not null,
            epoch integer not null,
            loss_accepted integer not null,
            copies_left integer not null);
          create table slot(n integer primary key, wrapped blob not null);
          create table vacant(n integer primary key);
          create table secret(
            purpose integer not null,
            owner text not null,
            slot integer not null,
            primary key (purpose, owner)) without rowid;
          create table person(
            n integer primary key,
            id blob not null unique,
            tenant text not null,
            lookup blob not null,
            history integer not null,
            account integer,
            closed_at integer not null,
            closed_position integer not null,
            unique (lookup, tenant));
          create table pseudonym(
            pseudonym blob primary key,
            person integer not null,
            account integer not null) without rowid;
          create index pseudonym_person on pseudonym(person);
          create table period(
            tenant text not null,
            retention text not null,
            version integer not null,
            day integer not null,
            slot integer not null,
            primary key (tenant, retention, version, day)) without rowid;
          create table mark(
            tenant text not null,
            retention text not null,
            version integer not null,
            first_kept integer not null,
            primary key (tenant, retention, version)) without rowid;
          create table fence(
            lookup blob not null,
            tenant text not null,
            erased_at integer not null,
            not_before integer not null,
            position integer not null,
            primary key (lookup, tenant)) without rowid;
          create table job(
            n integer primary key,
            id blob not null unique,
            tenant text not null,
            position integer not null);
          create table job_person(
            job integer not null, person blob not null, primary key (job, person)) without rowid;
          create table job_pseudonym(
            job integer not null, pseudonym blob not null, primary key (job, pseudonym))
            without rowid;
          create table followed(
            ledger blob primary key, block integer not null, hash blob not null) without rowid;
          create table accepted(store blob primary key, generation integer not null) without rowid;
          """);

  private KeyWrites() {}

  static long generation(SqliteSession session) throws SQLException {
    return session.number("select generation from store");
  }

  static int epoch(SqliteSession session) throws SQLException {
    return Math.toIntExact(session.number("select epoch from store"));
  }

  /// @return the generation, raised where anything was made
  static long made(SqliteSession session, boolean anything) throws SQLException {
    if (anything) {
      session.update("update store set generation = generation + 1");
    }
    return generation(session);
  }

  static Optional<Integer> mark(SqliteSession session, PeriodId.Series series) throws SQLException {
    return session.first(
        "select first_kept from mark where tenant = ? and retention = ? and version = ?",
        row -> row.getInt(1),
        series.tenant(),
        series.retention(),
        series.policyVersion());
  }

  static Erased erase(SqliteSession session, Erasure erasure) throws SQLException {
    Set<UUID> gone = new HashSet<>();
    UUID byId = erasure.person();
    if (byId != null
        && KeyRows.person(session, byId)
            .filter(person -> person.ref().tenant().equals(erasure.tenant()))
            .isPresent()) {
      gone.add(byId);
    }
    Lookup lookup = erasure.lookup();
    boolean fenced = false;
    if (lookup != null) {
      PersonRef ref = new PersonRef(erasure.tenant(), lookup);
      Fence before = KeyRows.fence(session, ref);
      fenced = before == null || before.position() < erasure.position();
      if (fenced) {
        KeyRows.person(session, ref).map(Person::id).ifPresent(gone::add);
        session.update(
            "insert or replace into fence values (?, ?, ?, ?, ?)",
            lookup.bytes(),
            erasure.tenant(),
            erasure.erasedAtMillis(),
            Long.MAX_VALUE,
            erasure.position());
      }
    }
    if (fenced || !gone.isEmpty()) {
      long job = job(session, erasure.job(), erasure.tenant(), erasure.position());
      for (UUID person : gone) {
        leaveToJob(session, job, person, false);
        wipe(session, person, true);
        session.update("delete from person where id = ?", KeyRows.bytes(person));
      }
    }
    return erased(session, erasure.job());
  }

  static Erased closeAccount(SqliteSession session, AccountClosing closing) throws SQLException {
    boolean closes =
        session.update(
                "update person set closed_at = ?1, closed_position = ?2 where id = ?3 and tenant = ?4 and closed_position < ?2",
                closing.closedAtMillis(),
                closing.position(),
                KeyRows.bytes(closing.person()),
                closing.tenant())
            > 0;
    if (closes) {
      wipe(session, closing.person(), false);
      session.update(
          "update person set account = null where id = ?", KeyRows.bytes(closing.person()));
      long job = job(session, closing.job(), closing.tenant(), closing.position());
      leaveToJob(session, job, closing.person(), true);
    }
    return erased(session, closing.job());
  }

  /// Wipes a person's account key, and the history key with `all`.
  private static void wipe(SqliteSession session, UUID person, boolean all) throws SQLException {
    for (String which : all ? List.of("history", "account") : List.of("account")) {
      List<Long> slots =
          session.list(
              "select " + which + " from person where id = ? and " + which + " is not null",
              row -> row.getLong(1),
              KeyRows.bytes(person));
      for (long slot : slots) {
        KeySlots.wipe(session, slot);
      }
    }
  }

  private static long job(SqliteSession session, UUID id, String tenant, long position)
      throws SQLException {
    session.update(
        "insert into job(id, tenant, position) values (?, ?, ?) on conflict do nothing",
        KeyRows.bytes(id),
        tenant,
        position);
    return session.number("select n from job where id = ?", KeyRows.bytes(id));
  }

  /// Hands a person's pseudonyms over to a job.
  private static void leaveToJob(SqliteSession session, long job, UUID person, boolean accountOnly)
      throws SQLException {
    long n = session.number("select n from person where id = ?", KeyRows.bytes(person));
    session.update(
        "insert into job_person values (?, ?) on conflict do nothing", job, KeyRows.bytes(person));
    session.update(
        "insert into job_pseudonym select ?, pseudonym from pseudonym where person = ? and account >= ? on conflict do nothing",
        job,
        n,
        accountOnly ? 1 : 0);
    session.update(
        "delete from pseudonym where person = ? and account >= ?", n, accountOnly ? 1 : 0);
  }

  private static Erased erased(SqliteSession session, UUID job) throws SQLException {
    List<UUID> people =
        session.list(
            "select person from job_person p join job j on j.n = p.job where j.id = ?",
            row -> KeyRows.uuid(row.getBytes(1)),
            KeyRows.bytes(job));
    return new Erased(Set.copyOf(people), generation(session));
  }

  static int expire(SqliteSession session, PeriodId.Series series, int firstKept)
      throws SQLException {
    int moved =
        session.update(
            """
            insert into mark values (?, ?, ?, ?) on conflict do update
            set first_kept = excluded.first_kept where first_kept < excluded.first_kept
            """,
            series.tenant(),
            series.retention(),
            series.policyVersion(),
            firstKept);
    if (moved == 0) {
      return 0;
    }
    List<Long> slots =
        session.list(
            "select slot from period where tenant = ? and retention = ? and version = ? and day < ?",
            row -> row.getLong(1),
            series.tenant(),
            series.retention(),
            series.policyVersion(),
            firstKept);
    for (long slot : slots) {
      KeySlots.wipe(session, slot);
    }
    return session.update(
        "delete from period where tenant = ? and retention = ? and version = ? and day < ?",
        series.tenant(),
        series.retention(),
        series.policyVersion(),
        firstKept);
  }

  static Optional<Job> job(SqliteSession session, UUID id) throws SQLException {
    List<Pseudonym> pseudonyms =
        session.list(
            "select p.pseudonym from job_pseudonym p join job j on j.n = p.job where j.id = ?",
            row -> Pseudonym.of(row.getBytes(1)),
            KeyRows.bytes(id));
    return session.first(
        "select tenant, position from job where id = ?",
        row -> new Job(id, row.getString(1), row.getLong(2), pseudonyms),
        KeyRows.bytes(id));
  }

  static int finish(SqliteSession session, Collection<UUID> jobs) throws SQLException {
    int finished = 0;
    for (UUID id : jobs) {
      long job = session.number("select n from job where id = ?", KeyRows.bytes(id));
      session.update("delete from job_person where job = ?", job);
      session.update("delete from job_pseudonym where job = ?", job);
      finished += session.update("delete from job where n = ?", job);
    }
    if (finished > 0) {
      session.update("update store set copies_left = 1");
    }
    return finished;
  }

  static void collectBefore(
      SqliteSession session, byte[] epoch, int max, Map<KeyName, WrappedKey> into)
      throws SQLException {
    try (var rows =
        query(
            session,
            "select c.purpose, c.owner, s.wrapped from secret c join slot s on s.n = c.slot where substr(s.wrapped, 2, 4) < ? limit ?",
            epoch,
            max)) {
      while (rows.next()) {
        into.put(
            KeyRows.secret(rows.getInt(1), rows.getString(2)), WrappedKey.of(rows.getBytes(3)));
      }
    }
    try (var rows =
        query(
            session,
            "select p.tenant, p.retention, p.version, p.day, s.wrapped from period p join slot s on s.n = p.slot where substr(s.wrapped, 2, 4) < ? limit ?",
            epoch,
            max)) {
      while (rows.next()) {
        into.put(new KeyName.OfPeriod(KeyRows.period(rows)), WrappedKey.of(rows.getBytes(5)));
      }
    }
    for (Person person : KeyRows.people(session, epoch, max)) {
      into.put(KeyRows.name(person, false), person.history());
      WrappedKey account = person.account();
      if (account != null) {
        into.put(KeyRows.name(person, true), account);
      }
    }
  }

  private static java.sql.ResultSet query(SqliteSession session, String sql, byte[] epoch, int max)
      throws SQLException {
    var statement = session.prepare(sql);
    statement.setBytes(1, epoch);
    statement.setInt(2, max);
    return statement.executeQuery();
  }

  static int rewrap(SqliteSession session, List<Rewrapped> keys) throws SQLException {
    int open = epoch(session);
    int rewrapped = 0;
    for (Rewrapped key : keys) {
      rewrapped +=
          session.update(
              "update slot set wrapped = ?1 where wrapped = ?2 and n = ("
                  + slotOf(key.name())
                  + ")",
              places(KeyMaking.wrapped(key.after(), open), key.before().bytes(), key.name()));
    }
    return rewrapped;
  }

  private static String slotOf(KeyName name) {
    return switch (name) {
      case KeyName.Secret secret -> "select slot from secret where purpose = ?3 and owner = ?4";
      case KeyName.OfPeriod period ->
          "select slot from period where tenant = ?3 and retention = ?4 and version = ?5 and day = ?6";
      case KeyName.OfPerson person ->
          person.account()
              ? "select account from person where id = ?3"
              : "select history from person where id = ?3";
    };
  }

  private static @Nullable Object[] places(byte[] after, byte[] before, KeyName name) {
    return switch (name) {
      case KeyName.Secret secret -> new Object[] {after, before, secret.what(), secret.owner()};
      case KeyName.OfPeriod(PeriodId period) ->
          new Object[] {
            after, before, period.tenant(), period.retention(), period.policyVersion(), period.day()
          };
      case KeyName.OfPerson person -> new Object[] {after, before, KeyRows.bytes(person.person())};
    };
  }

  static long acceptLoss(SqliteSession session, boolean own, UUID store, long generation)
      throws SQLException {
    if (own) {
      session.update("update store set generation = max(generation, ?)", generation);
    }
    session.update(
        "insert into accepted values (?, ?) on conflict do update set generation = max(generation, excluded.generation)",
        KeyRows.bytes(store),
        generation);
    session.update("update store set loss_accepted = 1");
    return made(session, true);
  }
}
