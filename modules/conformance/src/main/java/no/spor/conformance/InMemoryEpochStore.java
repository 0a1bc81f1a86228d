package no.spor.conformance;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import no.spor.vault.EpochStore;

/// An [EpochStore] in memory. Loses everything with the process.
public final class InMemoryEpochStore implements EpochStore {
  private final Map<UUID, TreeMap<Integer, Epoch>> stores = new ConcurrentHashMap<>();
  private final Map<UUID, Set<Forgotten>> notes = new HashMap<>();

  @Override
  public synchronized List<Epoch> epochs(UUID keyStore) {
    return List.copyOf(of(keyStore).values());
  }

  @Override
  public synchronized Epoch add(UUID keyStore, Epoch epoch) {
    Epoch standing = of(keyStore).putIfAbsent(epoch.number(), epoch);
    return standing == null ? epoch : standing;
  }

  @Override
  public synchronized void destroy(UUID keyStore, int number, long destroyedAtMillis) {
    notes.getOrDefault(keyStore, new LinkedHashSet<>()).removeIf(one -> one.epoch() <= number);
    of(keyStore)
        .computeIfPresent(
            number,
            (n, epoch) ->
                epoch.wrapped() == null
                    ? epoch
                    : new Epoch(number, epoch.createdAtMillis(), null, destroyedAtMillis));
  }

  @Override
  public synchronized void note(UUID keyStore, Forgotten one) {
    notes.computeIfAbsent(keyStore, id -> new LinkedHashSet<>()).add(one);
  }

  @Override
  public synchronized List<Forgotten> forgotten(UUID keyStore) {
    return List.copyOf(notes.getOrDefault(keyStore, Set.of()));
  }

  private TreeMap<Integer, Epoch> of(UUID keyStore) {
    return stores.computeIfAbsent(keyStore, id -> new TreeMap<>());
  }

  @Override
  public void close() {}
}
