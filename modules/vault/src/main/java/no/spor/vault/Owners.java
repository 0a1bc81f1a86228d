package no.spor.vault;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import org.jspecify.annotations.Nullable;

/// Whose pseudonyms are, as far as that is in memory, and the way to those that are not.
/// Thread-safe. What is kept holds no key: each person found is held to who stands now.
final class Owners {
  private static final int MOST_ROUNDS = 32;

  private final Keyring keyring;
  private final KeyStore store;
  private final BoundedCache<Pseudonym, Owner> cache;

  Owners(Keyring keyring, KeyStore store, int most) {
    this.keyring = keyring;
    this.store = store;
    this.cache = new BoundedCache<>(most);
  }

  /// @return the person a pseudonym belongs to, with a key of this kind; null where nobody does
  @Nullable PersonEntry find(Workbench bench, Pseudonym pseudonym, KeyKind kind) {
    Owner known = cache.get(pseudonym);
    if (known != null) {
      known.release();
      PersonEntry entry = keyring.knownPerson(known.ref());
      if (entry != null
          && entry.alive()
          && entry.id().equals(known.person())
          && entry.key(kind) != null) {
        return entry;
      }
      if (entry != null) {
        entry.release();
      }
    }
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Optional<Person> person = store.owner(pseudonym);
      if (person.isEmpty()) {
        return null;
      }
      if (keyring.gone(person.get())) {
        return null;
      }
      PersonRef ref = person.get().ref();
      Someone someone = new Someone(ref);
      keyring.people(bench, Set.of(someone));
      PersonEntry entry = someone.entry;
      if (entry != null && entry.id().equals(person.get().id()) && entry.key(kind) != null) {
        if (kind == KeyKind.ACCOUNT && !entry.settled()) {
          entry.release();
          return null;
        }
        remember(pseudonym, entry);
        return entry;
      }
      if (entry != null) {
        keyring.drop(entry);
        entry.release();
      }
    }
    throw new KeysUnavailableException(
        "the key store is inconsistent: a pseudonym whose person has no key for it");
  }

  /// Takes in whose these pseudonyms are, in few questions; what is then unknown [#find] asks for.
  void expect(Workbench bench, Collection<Pseudonym> pseudonyms) {
    List<Pseudonym> missing = new ArrayList<>();
    for (Pseudonym pseudonym : pseudonyms) {
      Owner known = cache.get(pseudonym);
      if (known == null) {
        missing.add(pseudonym);
      } else {
        known.release();
      }
    }
    Map<PersonRef, Someone> found = new HashMap<>();
    Map<Pseudonym, Person> persons = missing.isEmpty() ? Map.of() : store.owners(missing);
    persons.forEach((pseudonym, person) -> {
      if (!keyring.gone(person)) {
        found.computeIfAbsent(person.ref(), Someone::new);
      }
    });
    keyring.people(bench, found.values());
    persons.forEach((pseudonym, person) -> {
      Someone someone = found.get(person.ref());
      PersonEntry entry = someone == null ? null : someone.entry;
      if (entry != null && entry.id().equals(person.id())) {
        remember(pseudonym, entry);
      }
    });
    found.values().forEach(Someone::release);
  }

  private void remember(Pseudonym pseudonym, PersonEntry entry) {
    Owner owner = new Owner(entry.id(), entry.ref());
    cache.put(pseudonym, owner);
    owner.release();
  }

  /// Lets go of what belongs to these people.
  void forget(Set<UUID> people) {
    cache.removeIf((pseudonym, owner) -> people.contains(owner.person()));
  }

  VaultCondition.CacheFill fill() {
    return cache.fill();
  }

  void clear() {
    cache.clear();
  }
}
