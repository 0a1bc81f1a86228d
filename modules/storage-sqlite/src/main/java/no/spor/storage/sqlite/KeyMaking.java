package no.spor.storage.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Made;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.StaleEpochException;
import no.spor.vault.WrappedKey;
import org.jspecify.annotations.Nullable;

/// Makes keys, within a transaction of its caller. Used once.
final class KeyMaking {
  private final SqliteSession session;
  private final NewKeys keys;
  private final int open;
  private final KeySlots slots;
  private final Map<UUID, Long> made = new HashMap<>();
  private final Set<UUID> accounts = new HashSet<>();
  private final Set<PeriodId> periods = new HashSet<>();
  private final Set<Pseudonym> pseudonyms = new HashSet<>();

  private KeyMaking(SqliteSession session, NewKeys keys) throws SQLException {
    this.session = session;
    this.keys = keys;
    this.open = KeyWrites.epoch(session);
    this.slots = new KeySlots(session);
  }

  static Made make(SqliteSession session, NewKeys keys) throws SQLException {
    return new KeyMaking(session, keys).make();
  }

  private Made make() throws SQLException {
    boolean anything = false;
    for (var secret : keys.secrets().entrySet()) {
      anything |= secret(secret.getKey(), wrapped(secret.getValue()));
    }
    people();
    accounts();
    for (var period : keys.periods().entrySet()) {
      period(period.getKey(), wrapped(period.getValue()));
    }
    pseudonyms();
    anything |=
        !made.isEmpty() || !accounts.isEmpty() || !periods.isEmpty() || !pseudonyms.isEmpty();
    return new Made(
        KeyWrites.made(session, anything), made.keySet(), accounts, periods, pseudonyms);
  }

  private boolean secret(KeyName.Secret secret, byte[] wrapped) throws SQLException {
    long slot = slots.put(wrapped);
    return kept(
        slot,
        session.update(
            "insert into secret values (?, ?, ?) on conflict do nothing",
            secret.what(),
            secret.owner(),
            slot));
  }

  private void people() throws SQLException {
    if (keys.people().isEmpty()) {
      return;
    }
    Map<PersonRef, Fence> fences =
        KeyRows.fences(session, keys.people().stream().map(NewPerson::ref).toList());
    // As SQLite would count; said here, it need not be asked for each row.
    long next = session.number("select max(n) from person") + 1;
    PreparedStatement insert =
        session.prepare(
            "insert into person values (?, ?, ?, ?, ?, null, ?, -1) on conflict do nothing");
    for (NewPerson person : keys.people()) {
      byte[] history = wrapped(person.history());
      Fence fence = fences.get(person.ref());
      if (fence != null && fence.refuses(person.eventMillis())) {
        continue;
      }
      long slot = slots.put(history);
      insert.setLong(1, next);
      insert.setBytes(2, KeyRows.bytes(person.id()));
      insert.setString(3, person.ref().tenant());
      insert.setBytes(4, person.ref().lookup().bytes());
      insert.setLong(5, slot);
      insert.setLong(6, Long.MIN_VALUE);
      if (kept(slot, insert.executeUpdate())) {
        made.put(person.id(), next++);
      }
    }
  }

  private void accounts() throws SQLException {
    for (NewAccount account : keys.accounts()) {
      long slot = slots.put(wrapped(account.key()));
      if (kept(
          slot,
          session.update(
              "update person set account = ? where id = ? and account is null",
              slot,
              KeyRows.bytes(account.person())))) {
        accounts.add(account.person());
      }
    }
  }

  private void period(PeriodId period, byte[] wrapped) throws SQLException {
    Optional<Integer> mark = KeyWrites.mark(session, period.series());
    if (mark.isPresent() && period.day() < mark.get()) {
      return;
    }
    long slot = slots.put(wrapped);
    if (kept(
        slot,
        session.update(
            "insert into period values (?, ?, ?, ?, ?) on conflict do nothing",
            period.tenant(),
            period.retention(),
            period.policyVersion(),
            period.day(),
            slot))) {
      periods.add(period);
    }
  }

  private void pseudonyms() throws SQLException {
    Set<UUID> late = new HashSet<>();
    keys.accounts().forEach(account -> late.add(account.person()));
    late.removeAll(accounts);
    for (NewPseudonym pseudonym : keys.pseudonyms()) {
      UUID person = pseudonym.person();
      boolean account = pseudonym.account();
      if (account && late.contains(person)) {
        continue;
      }
      @Nullable Long n = made.get(person);
      int rows;
      if (n != null && (!account || accounts.contains(person))) {
        PreparedStatement insert =
            session.prepare("insert into pseudonym values (?, ?, ?) on conflict do nothing");
        insert.setBytes(1, pseudonym.pseudonym().bytes());
        insert.setLong(2, n);
        insert.setInt(3, account ? 1 : 0);
        rows = insert.executeUpdate();
      } else {
        rows =
            session.update(
                """
                insert into pseudonym
                select ?1, n, ?2 from person where id = ?3 and (?2 = 0 or account is not null)
                on conflict do nothing
                """,
                pseudonym.pseudonym().bytes(),
                account ? 1 : 0,
                KeyRows.bytes(person));
      }
      if (rows > 0) {
        pseudonyms.add(pseudonym.pseudonym());
      }
    }
  }

  /// @return whether a row points to the slot; where none does, it is given back
  private boolean kept(long slot, int rows) throws SQLException {
    if (rows == 0) {
      slots.wipe(slot);
    }
    return rows > 0;
  }

  private byte[] wrapped(WrappedKey key) {
    return wrapped(key, open);
  }

  static byte[] wrapped(WrappedKey key, int open) {
    if (key.epoch() != open) {
      throw new StaleEpochException(open);
    }
    return key.bytes();
  }
}
