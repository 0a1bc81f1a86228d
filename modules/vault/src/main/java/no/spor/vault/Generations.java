package no.spor.vault;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Knows how new the key store is, and whether it is behind what the ledger says of it.
/// Thread-safe.
final class Generations {
  private static final UUID NONE = new UUID(0, 0);

  private final KeyStore store;
  private final UUID id;
  private final AtomicLong known;
  private volatile @Nullable Expected missing;

  private record Expected(UUID store, long generation) {}

  Generations(KeyStore store) {
    this.store = store;
    this.id = store.id();
    this.known = new AtomicLong(store.generation());
  }

  long known() {
    return known.get();
  }

  void observe(long generation) {
    known.accumulateAndGet(generation, Math::max);
  }

  /// What the ledger's newest block says: the store must have been there.
  void expect(UUID expectedStore, long generation) {
    if (expectedStore.equals(NONE) || (expectedStore.equals(id) && generation <= known.get())) {
      return;
    }
    observe(store.generation());
    if (!store.covers(expectedStore, generation)) {
      missing = new Expected(expectedStore, generation);
    }
  }

  void acceptLoss() {
    missing = null;
    observe(store.generation());
  }

  /// @throws KeysUnavailableException while the store is behind
  void check() {
    Expected expected = missing;
    if (expected == null) {
      return;
    }
    if (store.covers(expected.store(), expected.generation())) {
      missing = null;
      observe(store.generation());
      return;
    }
    throw new KeysUnavailableException(
        expected.store().equals(id)
            ? "the key store is behind the ledger: generation %d, expected %d; put back a newer one, or accept the loss"
                .formatted(store.generation(), expected.generation())
            : "the key store is not the one that the ledger was sealed with: put that one back, or accept the loss");
  }
}
