package no.spor.vault;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import no.spor.vault.KeyName.Purpose;
import no.spor.vault.KeyName.Secret;
import no.spor.vault.KeyStore.NewKeys;

/// Tenants' keys that are in memory, and the way to those that are not. Thread-safe. What it hands
/// out is retained for the caller, who must release it.
final class TenantKeys {
  private static final int MOST_ROUNDS = 32;

  private final Keyring keyring;
  private final KeyStore store;
  private final EpochKeys epochs;
  private final BoundedCache<String, TenantEntry> cache;

  TenantKeys(Keyring keyring, KeyStore store, EpochKeys epochs, int capacity) {
    this.keyring = keyring;
    this.store = store;
    this.epochs = epochs;
    this.cache = new BoundedCache<>(capacity);
  }

  VaultCondition.CacheFill fill() {
    return cache.fill();
  }

  void clear() {
    cache.clear();
  }

  /// Finds tenants' keys, and makes them where `create` says so.
  ///
  /// @param into gets those that stand
  void find(Workbench bench, Set<String> names, Map<String, TenantEntry> into, boolean create) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Set<String> missing = new LinkedHashSet<>();
      for (String name : names) {
        TenantEntry entry = into.containsKey(name) ? null : cache.get(name);
        if (entry != null) {
          into.put(name, entry);
        } else if (!into.containsKey(name)) {
          missing.add(name);
        }
      }
      if (missing.isEmpty()) {
        return;
      }
      List<Secret> absent = read(bench, missing, into);
      if (absent.isEmpty() || !create) {
        return;
      }
      Map<Secret, WrappedKey> made = new HashMap<>();
      for (Secret secret : absent) {
        try (SecretBytes key = keyring.newKey()) {
          made.put(secret, keyring.wrap(bench, secret, key));
        }
      }
      keyring.make(new NewKeys(made, List.of(), List.of(), Map.of(), List.of()));
    }
    throw new KeysUnavailableException("the key store did not settle: no tenant's keys");
  }

  private List<Secret> read(Workbench bench, Set<String> names, Map<String, TenantEntry> into) {
    List<Secret> asked = new ArrayList<>();
    for (String name : names) {
      asked.add(new Secret(Purpose.TENANT, name));
      asked.add(new Secret(Purpose.LOOKUP, name));
      asked.add(new Secret(Purpose.FENCE, name));
    }
    Map<Secret, WrappedKey> found = store.secrets(asked);
    keyring.observeStore();
    for (int i = 0; i < asked.size(); i += 3) {
      List<Secret> three = asked.subList(i, i + 3);
      if (found.keySet().containsAll(three)) {
        List<SecretBytes> keys =
            three.stream()
                .map(secret ->
                    epochs.unwrap(bench, secret, Objects.requireNonNull(found.get(secret))))
                .toList();
        TenantEntry entry = new TenantEntry(keys.get(0), keys.get(1), keys.get(2));
        String name = asked.get(i).owner();
        cache.put(name, entry);
        into.put(name, entry);
      }
    }
    return asked.stream().filter(secret -> !found.containsKey(secret)).toList();
  }
}
