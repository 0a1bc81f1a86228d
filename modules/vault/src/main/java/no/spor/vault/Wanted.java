package no.spor.vault;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.PersonRef;
import org.jspecify.annotations.Nullable;

/// Keys that a call misses: candidates for them, to be made in one step. Its keys are wiped when it
/// is closed; what stands afterwards is read from the store.
final class Wanted implements AutoCloseable {
  private final Keyring keyring;
  private final Workbench bench;
  private final Map<PersonRef, Candidate> people = new LinkedHashMap<>();
  private final Map<PersonRef, SecretBytes> accounts = new LinkedHashMap<>();
  private final Map<PersonRef, NewAccount> newAccounts = new LinkedHashMap<>();
  private final Map<PeriodId, WrappedKey> periods = new LinkedHashMap<>();
  private final Map<Pseudonym, NewPseudonym> pseudonyms = new LinkedHashMap<>();
  private final List<Unsure> unsure = new ArrayList<>();
  private final Set<Month> months = new HashSet<>();

  private static final class Candidate {
    final UUID id;
    final SecretBytes history;
    long newestMillis;

    Candidate(UUID id, SecretBytes history, long newestMillis) {
      this.id = id;
      this.history = history;
      this.newestMillis = newestMillis;
    }
  }

  private record Month(PersonRef ref, KeyKind kind, int month) {}

  /// A pseudonym of someone who stands, of which it is not known here whether it is recorded.
  private record Unsure(PersonEntry person, KeyKind kind, int month, Pseudonym pseudonym) {}

  Wanted(Keyring keyring, Workbench bench) {
    this.keyring = keyring;
    this.bench = bench;
  }

  void period(PeriodId period) {
    periods.computeIfAbsent(
        period,
        id -> {
          try (SecretBytes key = keyring.newKey()) {
            return keyring.wrap(bench, new KeyName.OfPeriod(id), key);
          }
        });
  }

  /// @param entry null for someone who does not stand yet
  void person(
      PersonRef ref, @Nullable PersonEntry entry, KeyKind kind, int month, long eventMillis) {
    if (entry != null && entry.recorded(kind, month) != null) {
      return;
    }
    UUID id;
    SecretBytes history = null;
    if (entry == null) {
      Candidate candidate =
          people.computeIfAbsent(
              ref, r -> new Candidate(keyring.newId(), keyring.newKey(), eventMillis));
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
    if (months.add(new Month(ref, kind, month))) {
      Pseudonym pseudonym = keyring.derivation().pseudonym(bench, kind, key, month);
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
  void leaveOutRecorded() {
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

  Set<PersonRef> accounts() {
    return newAccounts.keySet();
  }

  /// @return everybody for whom anything is wanted
  Set<PersonRef> refs() {
    return months.stream().map(Month::ref).collect(Collectors.toSet());
  }

  void make() {
    List<NewPerson> newPeople = new ArrayList<>(people.size());
    people.forEach((ref, candidate) -> {
      KeyName name = new KeyName.OfPerson(false, ref.tenant(), candidate.id, ref.lookup());
      WrappedKey wrapped = keyring.wrap(bench, name, candidate.history);
      newPeople.add(new NewPerson(candidate.id, ref, wrapped, candidate.newestMillis));
    });
    keyring.make(
        new NewKeys(
            Map.of(),
            newPeople,
            List.copyOf(newAccounts.values()),
            periods,
            List.copyOf(pseudonyms.values())));
  }

  @Override
  public void close() {
    people.values().forEach(candidate -> candidate.history.close());
    accounts.values().forEach(SecretBytes::close);
  }
}
