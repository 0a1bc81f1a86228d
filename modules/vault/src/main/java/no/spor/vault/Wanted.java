package no.spor.vault;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import no.spor.vault.KeyStore.Made;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;

/// Keys that a call misses: candidates for them, to be made in one step. What the store says it has
/// made of them is taken in at once; the rest is wiped when this is closed, and what stands in its
/// place is read from the store.
final class Wanted implements AutoCloseable {
  private final Keyring keyring;
  private final Workbench bench;
  private final Map<PersonRef, Candidate> people = new LinkedHashMap<>();
  private final Map<PersonRef, SecretBytes> accounts = new LinkedHashMap<>();
  private final Map<PersonRef, NewAccount> newAccounts = new LinkedHashMap<>();
  private final Map<PeriodId, SecretBytes> periodKeys = new LinkedHashMap<>();
  private final Map<PeriodId, WrappedKey> periods = new LinkedHashMap<>();
  private final Map<Pseudonym, NewPseudonym> pseudonyms = new LinkedHashMap<>();
  private final List<Unsure> unsure = new ArrayList<>();
  private final Map<Month, Pseudonym> months = new LinkedHashMap<>();
  private final Set<PersonRef> settled = new HashSet<>();

  private static final class Candidate {
    final Someone someone;
    final UUID id;
    final SecretBytes history;
    long newestMillis;

    Candidate(Someone someone, UUID id, SecretBytes history, long newestMillis) {
      this.someone = someone;
      this.id = id;
      this.history = history;
      this.newestMillis = newestMillis;
    }
  }

  private record Month(Someone someone, KeyKind kind, int month) {}

  /// A pseudonym of someone who stands, of which it is not known here whether it is recorded.
  private record Unsure(PersonEntry person, KeyKind kind, int month, Pseudonym pseudonym) {}

  Wanted(Keyring keyring, Workbench bench) {
    this.keyring = keyring;
    this.bench = bench;
  }

  void period(PeriodId period) {
    if (!periods.containsKey(period)) {
      SecretBytes key = keyring.newKey();
      periodKeys.put(period, key);
      periods.put(period, keyring.wrap(bench, new KeyName.OfPeriod(period), key));
    }
  }

  void person(Someone someone, KeyKind kind, int month, long eventMillis) {
    PersonRef ref = someone.ref;
    PersonEntry entry = someone.entry;
    if (entry != null && entry.recorded(kind, month) != null) {
      return;
    }
    UUID id;
    SecretBytes history = null;
    if (entry == null) {
      Candidate candidate =
          people.computeIfAbsent(
              ref, r -> new Candidate(someone, keyring.newId(), keyring.newKey(), eventMillis));
      candidate.newestMillis = Math.max(candidate.newestMillis, eventMillis);
      id = candidate.id;
      history = candidate.history;
    } else {
      id = entry.id();
    }
    SecretBytes key = entry == null && kind == KeyKind.HISTORY ? history : null;
    if (entry != null) {
      key = entry.key(kind);
    }
    if (key == null) {
      key = account(ref, id);
    }
    Month wanted = new Month(someone, kind, month);
    if (!months.containsKey(wanted)) {
      Pseudonym pseudonym = keyring.derivation().pseudonym(bench, kind, key, month);
      months.put(wanted, pseudonym);
      pseudonyms.put(pseudonym, new NewPseudonym(pseudonym, id, kind == KeyKind.ACCOUNT));
      if (entry != null && entry.key(kind) != null) {
        unsure.add(new Unsure(entry, kind, month, pseudonym));
      }
    }
  }

  private SecretBytes account(PersonRef ref, UUID id) {
    return accounts.computeIfAbsent(
        ref,
        r -> {
          SecretBytes key = keyring.newKey();
          KeyName name = new KeyName.OfPerson(true, ref.tenant(), id, ref.lookup());
          newAccounts.put(ref, new NewAccount(id, keyring.wrap(bench, name, key)));
          return key;
        });
  }

  /// Asks the store which pseudonyms it has, and takes those out.
  ///
  /// @param all also of people of whom all are known here, unless other nodes record some
  void leaveOutRecorded(boolean all) {
    if (!all) {
      unsure.removeIf(one -> one.person().knownWhole());
    }
    if (unsure.isEmpty()) {
      return;
    }
    Set<Pseudonym> recorded = keyring.recorded(unsure.stream().map(Unsure::pseudonym).toList());
    for (Unsure one : unsure) {
      if (recorded.contains(one.pseudonym())) {
        one.person().remember(one.kind(), one.month(), one.pseudonym());
        pseudonyms.remove(one.pseudonym());
      }
    }
  }

  boolean isEmpty() {
    return people.isEmpty() && newAccounts.isEmpty() && periods.isEmpty() && pseudonyms.isEmpty();
  }

  /// @return those of whom an account key was wanted, or with `all` everybody for whom anything
  ///   was, but for those whom this has made
  Set<PersonRef> unsettled(boolean all) {
    Set<PersonRef> refs = new HashSet<>(newAccounts.keySet());
    if (all) {
      months.keySet().forEach(month -> refs.add(month.someone().ref));
    }
    refs.removeAll(settled);
    return refs;
  }

  /// Makes what is wanted, and takes in what was made: people with their pseudonyms.
  ///
  /// @param forgotten [Keyring#forgotten] from before it was read who stands
  /// @return keys of periods that were made, retained
  Map<PeriodId, StoredKey> make(long forgotten) {
    List<NewPerson> newPeople = new ArrayList<>(people.size());
    people.forEach((ref, candidate) -> {
      KeyName name = new KeyName.OfPerson(false, ref.tenant(), candidate.id, ref.lookup());
      WrappedKey wrapped = keyring.wrap(bench, name, candidate.history);
      newPeople.add(new NewPerson(candidate.id, ref, wrapped, candidate.newestMillis));
    });
    Made made =
        keyring.make(
            new NewKeys(
                Map.of(),
                newPeople,
                List.copyOf(newAccounts.values()),
                periods,
                List.copyOf(pseudonyms.values())));
    newPeople.forEach(person -> takeIn(person, made, forgotten));
    months.forEach((month, pseudonym) -> {
      PersonEntry entry = month.someone().entry;
      // Others hold the same entry: where it lacks the key that was made, they must see that too.
      if (entry != null
          && entry.key(month.kind()) != null
          && made.pseudonyms().contains(pseudonym)) {
        entry.remember(month.kind(), month.month(), pseudonym);
      }
    });
    Map<PeriodId, StoredKey> taken = new LinkedHashMap<>();
    for (PeriodId period : made.periods()) {
      taken.put(period, keyring.made(period, Objects.requireNonNull(periodKeys.remove(period))));
    }
    return taken;
  }

  private void takeIn(NewPerson person, Made made, long forgotten) {
    PersonRef ref = person.ref();
    Candidate candidate = Objects.requireNonNull(people.get(ref));
    NewAccount account = newAccounts.get(ref);
    if (candidate.someone.fence != null
        || !made.people().contains(person.id())
        || (account != null && !made.accounts().contains(person.id()))) {
      return;
    }
    people.remove(ref);
    candidate.someone.entry =
        keyring.made(
            new Person(
                person.id(),
                ref,
                person.history(),
                account == null ? null : account.key(),
                Long.MIN_VALUE,
                -1),
            candidate.history,
            accounts.remove(ref),
            forgotten);
    settled.add(ref);
  }

  @Override
  public void close() {
    people.values().forEach(candidate -> candidate.history.close());
    accounts.values().forEach(SecretBytes::close);
    periodKeys.values().forEach(SecretBytes::close);
  }
}
