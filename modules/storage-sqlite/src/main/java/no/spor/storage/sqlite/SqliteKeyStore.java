package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import no.spor.storage.sqlite.SqliteSession.Work;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.MovableKeys;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.jspecify.annotations.Nullable;

/// Wrapped keys in `keys.db`. Thread-safe.
///
/// Every write is one transaction with one fsync, which keys that are made at a time share; neither
/// a crash of the process nor of the machine loses it once it has returned. What is destroyed is
/// overwritten with zeros where it lies ([KeySlots]), and the log that holds earlier states is cut
/// to nothing before the call returns, and again when the store is opened. Where that fails the
/// call throws: repeat it. [#finish] writes the file anew, which takes time in proportion to it
/// (0.25 s for 100,000 people) and makes others wait meanwhile.
///
/// Who can write the file can destroy, and deny that someone was ever seen; who can read it sees
/// how many people there are.
public final class SqliteKeyStore implements KeyStore, MovableKeys {
  private final SqliteFile file;
  private final UUID id;
  private final GroupCommit<NewKeys, Made> making;

  private SqliteKeyStore(SqliteFile file, UUID id) {
    this.file = file;
    this.id = id;
    this.making = new GroupCommit<>(file, KeyMaking::make);
  }

  /// Opens the keys of a directory, makes the file where there is none. Close the store before the
  /// directory.
  ///
  /// @param idOfNew random; the id that a new store gets, an existing one keeps its own
  /// @throws KeysUnavailableException if the file cannot be read or written
  public static SqliteKeyStore open(DataDirectory directory, UUID idOfNew) {
    try {
      SqliteFile file =
          SqliteFile.open(
              directory, "keys.db", SqliteSettings.mustBeAbleToForget(), KeyWrites.SCHEMA);
      if (!directory.isWritten()) {
        return new SqliteKeyStore(file, file.read(SqliteKeyStore::idOf));
      }
      file.truncateLog(); // where a crash came between a destruction and this
      UUID id =
          file.write(session -> {
            session.update(
                "insert into store values (1, ?, 0, 0, 0, 0) on conflict do nothing",
                KeyRows.bytes(idOfNew));
            return idOf(session);
          });
      SqliteKeyStore store = new SqliteKeyStore(file, id);
      store.forgetCopies(); // likewise
      return store;
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  private static UUID idOf(SqliteSession session) throws SQLException {
    return session
        .first("select id from store", row -> KeyRows.uuid(row.getBytes(1)))
        .orElseThrow(() -> new KeysUnavailableException("The key store has no id."));
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public long generation() {
    try {
      return file.peek(KeyWrites::generation);
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  @Override
  public int epoch() {
    return read(KeyWrites::epoch);
  }

  @Override
  public boolean openEpoch(int epoch) {
    return write(
        session -> session.update("update store set epoch = ?1 where epoch < ?1", epoch) > 0);
  }

  @Override
  public Map<KeyName.Secret, WrappedKey> secrets(Collection<KeyName.Secret> names) {
    return read(session -> {
      Map<KeyName.Secret, WrappedKey> found = new HashMap<>();
      for (KeyName.Secret name : names) {
        session
            .first(
                "select s.wrapped from secret c join slot s on s.n = c.slot where c.purpose = ? and c.owner = ?",
                row -> WrappedKey.of(row.getBytes(1)),
                name.what(),
                name.owner())
            .ifPresent(key -> found.put(name, key));
      }
      return found;
    });
  }

  @Override
  public Map<PersonRef, Standing> people(Collection<PersonRef> people) {
    return readAsMaker(session -> {
      Map<PersonRef, Person> standing = KeyRows.people(session, people);
      Map<PersonRef, Fence> fences = KeyRows.fences(session, people);
      Map<PersonRef, Standing> standings = HashMap.newHashMap(people.size());
      for (PersonRef ref : people) {
        Person person = standing.get(ref);
        Fence fence = fences.get(ref);
        standings.put(
            ref,
            person == null && fence == null ? Standing.NEVER_SEEN : new Standing(person, fence));
      }
      return standings;
    });
  }

  @Override
  public Optional<Person> owner(Pseudonym pseudonym) {
    return read(session -> KeyRows.owner(session, pseudonym));
  }

  @Override
  public Map<Pseudonym, Person> owners(Collection<Pseudonym> pseudonyms) {
    return read(session -> KeyRows.owners(session, pseudonyms));
  }

  @Override
  public Set<Pseudonym> recorded(Collection<Pseudonym> pseudonyms) {
    return readAsMaker(session -> KeyRows.recorded(session, pseudonyms));
  }

  @Override
  public List<Pseudonym> pseudonyms(UUID person) {
    return read(session ->
        session.list(
            "select s.pseudonym from pseudonym s join person p on p.n = s.person where p.id = ?",
            row -> Pseudonym.of(row.getBytes(1)),
            KeyRows.bytes(person)));
  }

  @Override
  public List<Person> accounts(@Nullable PersonRef after, int max) {
    return read(session -> KeyRows.accounts(session, after, max));
  }

  @Override
  public Map<PeriodId, WrappedKey> periods(Collection<PeriodId> periods) {
    return read(session -> {
      Map<PeriodId, WrappedKey> found = new HashMap<>();
      for (PeriodId period : periods) {
        session
            .first(
                "select s.wrapped from period p join slot s on s.n = p.slot where p.tenant = ? and p.retention = ? and p.version = ? and p.day = ?",
                row -> WrappedKey.of(row.getBytes(1)),
                period.tenant(),
                period.retention(),
                period.policyVersion(),
                period.day())
            .ifPresent(key -> found.put(period, key));
      }
      return found;
    });
  }

  @Override
  public List<PeriodId> periodsBefore(PeriodId.Series series, int day, int max) {
    return read(session ->
        session.list(
            "select tenant, retention, version, day from period where tenant = ? and retention = ? and version = ? and day < ? order by day limit ?",
            KeyRows::period,
            series.tenant(),
            series.retention(),
            series.policyVersion(),
            day,
            max));
  }

  @Override
  public Map<PeriodId.Series, Integer> marks(Collection<PeriodId.Series> series) {
    return read(session -> {
      Map<PeriodId.Series, Integer> marks = new HashMap<>();
      for (PeriodId.Series one : series) {
        KeyWrites.mark(session, one).ifPresent(day -> marks.put(one, day));
      }
      return marks;
    });
  }

  @Override
  public Made make(NewKeys keys) {
    try {
      return making.write(keys);
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  @Override
  public Erased erase(Erasure erasure) {
    return destroy(session -> KeyWrites.erase(session, erasure));
  }

  @Override
  public Erased closeAccount(AccountClosing closing) {
    return destroy(session -> KeyWrites.closeAccount(session, closing));
  }

  @Override
  public void permit(PersonRef person, long notBeforeMillis, long position) {
    write(session ->
        session.update(
            "update fence set not_before = ?1, position = ?2 where lookup = ?3 and tenant = ?4 and position < ?2",
            notBeforeMillis,
            position,
            person.lookup().bytes(),
            person.tenant()));
  }

  @Override
  public int expire(PeriodId.Series series, int firstKept) {
    return destroy(session -> KeyWrites.expire(session, series, firstKept));
  }

  @Override
  public List<Job> jobs() {
    return read(session -> {
      List<Job> jobs = new ArrayList<>();
      for (byte[] job : session.list("select id from job order by n", row -> row.getBytes(1))) {
        jobs.add(KeyWrites.job(session, KeyRows.uuid(job)).orElseThrow());
      }
      return jobs;
    });
  }

  @Override
  public void finish(Collection<UUID> jobs) {
    write(session -> KeyWrites.finish(session, jobs));
    forgetCopies();
  }

  @Override
  public Optional<Followed> followed(UUID ledger) {
    return read(session ->
        session.first(
            "select block, hash from followed where ledger = ?",
            row -> new Followed(row.getLong(1), row.getBytes(2)),
            KeyRows.bytes(ledger)));
  }

  @Override
  public void follow(UUID ledger, Followed followed) {
    write(session ->
        session.update(
            """
            insert into followed values (?, ?, ?) on conflict do update
            set block = excluded.block, hash = excluded.hash where block < excluded.block
            """,
            KeyRows.bytes(ledger),
            followed.block(),
            followed.hash()));
  }

  @Override
  public void followAnew(UUID ledger, Followed at, long position) {
    write(session -> followAnew(session, ledger, at, position));
    forgetCopies();
  }

  private static int followAnew(SqliteSession session, UUID ledger, Followed at, long position)
      throws SQLException {
    session.update("update fence set position = ?1 where position > ?1", position);
    session.update("update person set closed_position = ?1 where closed_position > ?1", position);
    KeyWrites.finish(
        session,
        session.list(
            "select id from job where position >= ?",
            row -> KeyRows.uuid(row.getBytes(1)),
            position));
    return session.update(
        "insert or replace into followed values (?, ?, ?)",
        KeyRows.bytes(ledger),
        at.block(),
        at.hash());
  }

  @Override
  public Map<KeyName, WrappedKey> wrappedBefore(int epoch, int max) {
    byte[] before = ByteBuffer.allocate(4).putInt(epoch).array();
    return read(session -> {
      Map<KeyName, WrappedKey> old = new LinkedHashMap<>();
      KeyWrites.collectBefore(session, before, max, old);
      old.values().removeIf(key -> key.epoch() >= epoch);
      while (old.size() > max) {
        old.remove(((java.util.SequencedMap<KeyName, WrappedKey>) old).lastEntry().getKey());
      }
      return old;
    });
  }

  @Override
  public void rewrap(List<Rewrapped> keys) {
    destroy(session -> KeyWrites.rewrap(session, keys));
  }

  @Override
  public void acceptLoss(UUID store, long generation) {
    write(session -> KeyWrites.acceptLoss(session, store.equals(id), store, generation));
  }

  @Override
  public boolean covers(UUID store, long generation) {
    if (store.equals(id)) {
      return generation() >= generation;
    }
    return read(session ->
        session.number(
                "select count(*) from accepted where store = ? and generation >= ?",
                KeyRows.bytes(store),
                generation)
            > 0);
  }

  @Override
  public boolean lossAccepted() {
    return read(session -> session.number("select loss_accepted from store")) > 0;
  }

  @Override
  public Optional<Census> census() {
    return read(session -> {
      Map<String, Long> periods = new HashMap<>();
      session.list(
          "select retention, count(*) from period group by retention",
          row -> periods.put(row.getString(1), row.getLong(2)));
      return Optional.of(
          new Census(
              session.number("select count(*) from person"),
              session.number("select count(*) from fence"),
              periods));
    });
  }

  @Override
  public Map<UUID, Long> acceptedLosses() {
    return read(session -> {
      Map<UUID, Long> accepted = new HashMap<>();
      session
          .list(
              "select store, generation from accepted",
              row -> Map.entry(KeyRows.uuid(row.getBytes(1)), row.getLong(2)))
          .forEach(one -> accepted.put(one.getKey(), one.getValue()));
      return accepted;
    });
  }

  @Override
  public Self self() {
    return read(session ->
        new Self(
            KeyWrites.generation(session),
            KeyWrites.epoch(session),
            session.number("select loss_accepted from store") > 0));
  }

  @Override
  public void each(Consumer<Held> taker) {
    read(session -> {
      KeyMove.each(session, taker);
      return true;
    });
  }

  @Override
  public void empty() {
    destroy(session -> {
      KeyMove.empty(session);
      return true;
    });
    forgetCopies();
  }

  @Override
  public void put(List<Held> some) {
    write(session -> {
      for (Held held : some) {
        KeyMove.put(session, held);
      }
      return true;
    });
  }

  @Override
  public void become(Self self) {
    write(session ->
        session.update(
            "update store set generation = ?, epoch = ?, loss_accepted = ?",
            self.generation(),
            self.epoch(),
            self.lossAccepted() ? 1 : 0));
  }

  @Override
  public void close() {
    file.close();
  }

  private <T extends @Nullable Object> T read(Work<T> work) {
    try {
      return file.read(work);
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
  }

  /// For what is asked in order to make what is missing.
  private <T extends @Nullable Object> T readAsMaker(Work<T> work) {
    try {
      return file.readAsWriter(work);
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

  /// Writes, and leaves no earlier state in the files.
  private <T extends @Nullable Object> T destroy(Work<T> work) {
    T result = write(work);
    try {
      file.truncateLog();
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
    return result;
  }

  /// Writes the file anew where a job was finished since that was done last: indexes keep copies of
  /// lookups, ids and pseudonyms between their rows.
  private void forgetCopies() {
    if (read(session -> session.number("select copies_left from store")) == 0) {
      return;
    }
    try {
      file.rewrite();
    } catch (SqliteStoreException e) {
      throw unavailable(e);
    }
    write(session -> session.update("update store set copies_left = 0"));
  }

  private static KeysUnavailableException unavailable(SqliteStoreException cause) {
    return new KeysUnavailableException("The keys are out of reach. " + cause.getMessage(), cause);
  }
}
