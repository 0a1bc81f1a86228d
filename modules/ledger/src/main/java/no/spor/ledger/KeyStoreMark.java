package no.spor.ledger;

import java.util.UUID;

/// Which key store, and in which generation, holds every key that sealed a part of a block.
public record KeyStoreMark(UUID keyStore, long generation) {
  /// Where there is no key store.
  public static final KeyStoreMark NONE = new KeyStoreMark(new UUID(0, 0), 0);
}
