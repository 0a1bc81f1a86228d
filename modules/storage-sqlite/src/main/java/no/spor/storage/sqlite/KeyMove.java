package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Followed;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Lookup;
import no.spor.vault.MovableKeys.Held;
import no.spor.vault.MovableKeys.HeldAccepted;
import no.spor.vault.MovableKeys.HeldFollowed;
import no.spor.vault.MovableKeys.HeldJob;
import no.spor.vault.MovableKeys.HeldLookup;
import no.spor.vault.MovableKeys.HeldSecret;
import no.spor.vault.MovableKeys.HeldSeries;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.jspecify.annotations.Nullable;

/// All of `keys.db`, out of it and into it.
final class KeyMove {
  private static final List<String> TABLES =
      List.of(
          "slot",
          "vacant",
          "secret",
          "person",
          "pseudonym",
          "period",
          "mark",
          "fence",
          "job",
          "job_person",
          "job_pseudonym",
          "followed",
          "accepted");

  private KeyMove() {}

  static void empty(SqliteSession session) throws SQLException {
    for (String table : TABLES) {
      session.update("delete from " + table);
    }
    session.update(
        "update store set generation = 0, epoch = 0, loss_accepted = 0, copies_left = 1");
  }

  static void each(SqliteSession session, Consumer<Held> taker) throws SQLException {
    session
        .list(
            "select c.purpose, c.owner, s.wrapped from secret c join slot s on s.n = c.slot",
            row ->
                new HeldSecret(
                    KeyRows.secret(row.getInt(1), row.getString(2)),
                    WrappedKey.of(row.getBytes(3))))
        .forEach(taker);
    Set<PersonRef> lookups = new LinkedHashSet<>();
    for (String table : List.of("person", "fence")) {
      lookups.addAll(
          session.list(
              "select tenant, lookup from " + table,
              row -> new PersonRef(row.getString(1), Lookup.of(row.getBytes(2)))));
    }
    for (PersonRef ref : lookups) {
      taker.accept(lookup(session, ref));
    }
    series(session).forEach(taker);
    for (Job job : jobs(session)) {
      taker.accept(new HeldJob(job, people(session, job.id())));
    }
    session
        .list(
            "select ledger, block, hash from followed",
            row ->
                new HeldFollowed(
                    KeyRows.uuid(row.getBytes(1)), new Followed(row.getLong(2), row.getBytes(3))))
        .forEach(taker);
    session
        .list(
            "select store, generation from accepted",
            row -> new HeldAccepted(KeyRows.uuid(row.getBytes(1)), row.getLong(2)))
        .forEach(taker);
  }

  private static HeldLookup lookup(SqliteSession session, PersonRef ref) throws SQLException {
    Person person = KeyRows.person(session, ref).orElse(null);
    List<NewPseudonym> pseudonyms =
        person == null
            ? List.of()
            : session.list(
                "select s.pseudonym, s.account from pseudonym s join person p on p.n = s.person"
                    + " where p.id = ?",
                row ->
                    new NewPseudonym(
                        Pseudonym.of(row.getBytes(1)), person.id(), row.getInt(2) != 0),
                KeyRows.bytes(person.id()));
    return new HeldLookup(ref, person, pseudonyms, KeyRows.fence(session, ref));
  }

  private static List<HeldSeries> series(SqliteSession session) throws SQLException {
    Map<PeriodId.Series, Map<PeriodId, WrappedKey>> keys = new LinkedHashMap<>();
    record Day(PeriodId period, WrappedKey key) {}
    for (Day day :
        session.list(
            "select p.tenant, p.retention, p.version, p.day, s.wrapped from period p"
                + " join slot s on s.n = p.slot",
            row -> new Day(KeyRows.period(row), WrappedKey.of(row.getBytes(5))))) {
      keys.computeIfAbsent(day.period().series(), none -> new LinkedHashMap<>())
          .put(day.period(), day.key());
    }
    Map<PeriodId.Series, Integer> marks = new HashMap<>();
    record Mark(PeriodId.Series series, int firstKept) {}
    for (Mark mark :
        session.list(
            "select tenant, retention, version, first_kept from mark",
            row ->
                new Mark(
                    new PeriodId.Series(row.getString(1), row.getString(2), row.getInt(3)),
                    row.getInt(4)))) {
      marks.put(mark.series(), mark.firstKept());
      keys.computeIfAbsent(mark.series(), none -> new LinkedHashMap<>());
    }
    List<HeldSeries> all = new ArrayList<>();
    keys.forEach((series, days) -> all.add(new HeldSeries(series, marks.get(series), days)));
    return all;
  }

  private static List<Job> jobs(SqliteSession session) throws SQLException {
    List<Job> jobs = new ArrayList<>();
    for (byte[] job : session.list("select id from job order by n", row -> row.getBytes(1))) {
      jobs.add(KeyWrites.job(session, KeyRows.uuid(job)).orElseThrow());
    }
    return jobs;
  }

  private static Set<UUID> people(SqliteSession session, UUID job) throws SQLException {
    return new LinkedHashSet<>(
        session.list(
            "select person from job_person p join job j on j.n = p.job where j.id = ?",
            row -> KeyRows.uuid(row.getBytes(1)),
            KeyRows.bytes(job)));
  }

  static void put(SqliteSession session, Held held) throws SQLException {
    switch (held) {
      case HeldSecret secret ->
          session.update(
              "insert into secret values (?, ?, ?)",
              secret.name().what(),
              secret.name().owner(),
              new KeySlots(session).put(secret.key().bytes()));
      case HeldLookup lookup -> put(session, lookup);
      case HeldSeries series -> put(session, series);
      case HeldJob job -> put(session, job);
      case HeldFollowed followed ->
          session.update(
              "insert into followed values (?, ?, ?)",
              KeyRows.bytes(followed.ledger()),
              followed.followed().block(),
              followed.followed().hash());
      case HeldAccepted accepted ->
          session.update(
              "insert into accepted values (?, ?)",
              KeyRows.bytes(accepted.store()),
              accepted.generation());
    }
  }

  private static void put(SqliteSession session, HeldLookup lookup) throws SQLException {
    PersonRef ref = lookup.ref();
    Fence fence = lookup.fence();
    if (fence != null) {
      session.update(
          "insert into fence values (?, ?, ?, ?, ?)",
          ref.lookup().bytes(),
          ref.tenant(),
          fence.erasedAtMillis(),
          fence.notBeforeMillis(),
          fence.position());
    }
    Person person = lookup.person();
    if (person == null) {
      return;
    }
    WrappedKey account = person.account();
    @Nullable Long slot = account == null ? null : new KeySlots(session).put(account.bytes());
    session.update(
        "insert into person(id, tenant, lookup, history, account, closed_at, closed_position)"
            + " values (?, ?, ?, ?, ?, ?, ?)",
        KeyRows.bytes(person.id()),
        ref.tenant(),
        ref.lookup().bytes(),
        new KeySlots(session).put(person.history().bytes()),
        slot,
        person.accountClosedAtMillis(),
        person.accountClosedPosition());
    for (NewPseudonym pseudonym : lookup.pseudonyms()) {
      session.update(
          "insert into pseudonym select ?, n, ? from person where id = ?",
          pseudonym.pseudonym().bytes(),
          pseudonym.account() ? 1 : 0,
          KeyRows.bytes(person.id()));
    }
  }

  private static void put(SqliteSession session, HeldSeries series) throws SQLException {
    PeriodId.Series of = series.series();
    Integer mark = series.mark();
    if (mark != null) {
      session.update(
          "insert into mark values (?, ?, ?, ?)",
          of.tenant(),
          of.retention(),
          of.policyVersion(),
          mark);
    }
    for (var day : series.keys().entrySet()) {
      session.update(
          "insert into period values (?, ?, ?, ?, ?)",
          of.tenant(),
          of.retention(),
          of.policyVersion(),
          day.getKey().day(),
          new KeySlots(session).put(day.getValue().bytes()));
    }
  }

  private static void put(SqliteSession session, HeldJob held) throws SQLException {
    Job job = held.job();
    session.update(
        "insert into job(id, tenant, position) values (?, ?, ?)",
        KeyRows.bytes(job.id()),
        job.tenant(),
        job.position());
    long n = session.number("select n from job where id = ?", KeyRows.bytes(job.id()));
    for (UUID person : held.people()) {
      session.update("insert into job_person values (?, ?)", n, KeyRows.bytes(person));
    }
    for (Pseudonym pseudonym : job.pseudonyms()) {
      session.update("insert into job_pseudonym values (?, ?)", n, pseudonym.bytes());
    }
  }
}
