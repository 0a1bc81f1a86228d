package no.spor.vault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import no.spor.vault.KeyStore.PersonRef;

/// Tells of whom nothing is recorded of some months: by the pseudonyms of these months, which are
/// recorded before anything is sealed under them and stay when the events themselves are over.
/// Nothing more need be kept of anybody.
final class QuietPeople {
  private final Keyring keyring;
  private final Workbench bench;

  QuietPeople(Keyring keyring, Workbench bench) {
    this.keyring = keyring;
    this.bench = bench;
  }

  /// @param since whom, and from which month on
  /// @return those who stand with an account and of whom nothing is recorded of these months up to
  ///   that of `until`
  Set<PersonRef> find(Map<PersonRef, Instant> since, Instant until) {
    List<Someone> people = since.keySet().stream().map(Someone::new).toList();
    try {
      keyring.people(bench, people);
      List<Someone> left = new ArrayList<>(people);
      left.removeIf(someone -> !hasAccount(someone));
      Map<PersonRef, Integer> months = new HashMap<>();
      since.forEach((ref, time) -> months.put(ref, Derivation.month(time)));
      int first = months.values().stream().mapToInt(Integer::intValue).min().orElse(0);
      for (int month = Derivation.month(until); month >= first && !left.isEmpty(); month--) {
        int of = month;
        Set<PersonRef> seen =
            seen(left.stream().filter(one -> months.getOrDefault(one.ref, of) <= of).toList(), of);
        left.removeIf(one -> seen.contains(one.ref));
      }
      Set<PersonRef> quiet = new HashSet<>();
      left.forEach(one -> quiet.add(one.ref));
      return quiet;
    } finally {
      people.forEach(Someone::release);
    }
  }

  private static boolean hasAccount(Someone someone) {
    PersonEntry entry = someone.entry;
    return entry != null && entry.settled() && entry.key(KeyKind.ACCOUNT) != null;
  }

  private Set<PersonRef> seen(List<Someone> people, int month) {
    Map<Pseudonym, PersonRef> asked = new HashMap<>();
    for (Someone one : people) {
      PersonEntry entry = one.entry;
      for (KeyKind kind : List.of(KeyKind.HISTORY, KeyKind.ACCOUNT)) {
        SecretBytes key = entry == null ? null : entry.key(kind);
        if (key != null) {
          asked.put(keyring.derivation().pseudonym(bench, kind, key, month), one.ref);
        }
      }
    }
    Set<PersonRef> seen = new HashSet<>();
    if (!asked.isEmpty()) {
      for (Pseudonym pseudonym : keyring.recorded(asked.keySet())) {
        PersonRef ref = asked.get(pseudonym);
        if (ref != null) {
          seen.add(ref);
        }
      }
    }
    return seen;
  }
}
