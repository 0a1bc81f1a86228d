package no.spor.ledger;

import java.util.UUID;

/// Which key store, and in which generation, holds every key that sealed a part of a block.
public record KeyStoreMark(UUID keyStore, long generation) {
  /// Where there is no key store.
  public static final KeyStoreMark NONE = new KeyStoreMark(new UUID(0, 0), 0);

  /// A mark never goes back: not to a lower generation of the same key store, and not to none. So
  /// the newest block's mark is enough to tell a key store that was restored from an old copy.
  ///
  /// @param before the previous block's mark
  /// @return what the next block says: this mark, or the one before where this would go back
  KeyStoreMark after(KeyStoreMark before) {
    boolean back = keyStore.equals(before.keyStore) && generation < before.generation;
    return back || keyStore.equals(NONE.keyStore) ? before : this;
  }
}
