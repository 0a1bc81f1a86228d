package no.spor.vault;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Knows how new the key store is, and whether it is behind what the ledger says of it, or behind
/// what it was. Thread-safe.
final class Generations {
  private static final UUID NONE = new UUID(0, 0);

  private final KeyStore store;
  private final UUID id;
  private final AtomicLong known;

  /// By key store, the generation that ours is not known to cover.
  private final Map<UUID, Long> missing = new ConcurrentHashMap<>();

  Generations(KeyStore store) {
    this.store = store;
    this.id = store.id();
    this.known = new AtomicLong(store.generation());
  }

  long known() {
    return known.get();
  }

  /// Takes in the generation that a call of the store gives.
  ///
  /// @throws KeysUnavailableException where the store has been there already: somebody has put back
  ///   an older one
  void observe(LongSupplier call) {
    long before = known.get();
    long now = call.getAsLong();
    if (now < before) {
      missing.merge(id, before, Math::max);
      check();
    }
    known.accumulateAndGet(now, Math::max);
  }

  /// What the ledger's newest block says: the store must have been there. Asks nobody, so it
  /// neither blocks nor throws: [#check] does.
  void expect(UUID expectedStore, long generation) {
    if (!expectedStore.equals(NONE) && !(expectedStore.equals(id) && generation <= known.get())) {
      missing.merge(expectedStore, generation, Math::max);
    }
  }

  /// What was known beyond the store as it is now is lost.
  void lossAccepted() {
    known.set(store.generation());
  }

  /// @throws KeysUnavailableException while the store is behind, or cannot say
  void check() {
    if (missing.isEmpty()) {
      return;
    }
    missing.forEach((expected, generation) -> {
      if (!store.covers(expected, generation)) {
        throw new KeysUnavailableException(
            expected.equals(id)
                ? "the key store is behind: generation %d, expected %d; put back a newer one, or accept the loss"
                    .formatted(store.generation(), generation)
                : "the key store is not the one that the ledger was sealed with: put that one back, or accept the loss");
      }
      missing.remove(expected, generation);
    });
    long now = store.generation();
    known.accumulateAndGet(now, Math::max);
  }
}
