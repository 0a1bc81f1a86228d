package no.spor.vault;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a vault is doing.
///
/// @param ready whether keys can be used: false where the key store is behind the ledger, another
///   one, or cannot be asked
/// @param epochBegan when the epoch was opened under which keys are wrapped now: copies of the key
///   store made since still open with the epochs as they are; null where that cannot be told now
/// @param caches by what they hold: `tenants`, `people`, `owners` (of pseudonyms), `periods`,
///   `content-keys`
/// @param sealedParts since the start
/// @param openedParts tries to open one, since the start
public record VaultCondition(
    boolean ready,
    @Nullable Instant epochBegan,
    Map<String, CacheFill> caches,
    long sealedParts,
    long openedParts) {

  /// @param misses how often something asked for was not there, since the start
  public record CacheFill(int entries, int capacity, long misses) {}
}
