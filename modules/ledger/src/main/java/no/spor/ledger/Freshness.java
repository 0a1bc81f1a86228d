package no.spor.ledger;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How lately this node has seen the ledger's newest block and done what all blocks say: told its
/// followers, so that the vault has let go of whoever is erased and the registry of every key that
/// is revoked. Whoever uses what is in memory asks [#require] before it hands anything out.
///
/// By the monotonic clock of this machine alone, counted from before the read of the head was
/// begun, so that neither a slow store nor a clock that is set makes anything look fresher. An
/// erasure is dead on every node at most this limit after its record is in the ledger, also on one
/// that is cut off. Thread-safe.
public final class Freshness {
  private final long limitNanos;
  private final LongSupplier nanoClock;
  private volatile long confirmedAt;
  private volatile @Nullable RuntimeException obstacle;

  private Freshness(long limitNanos, LongSupplier nanoClock) {
    this.limitNanos = limitNanos;
    this.nanoClock = nanoClock;
    this.confirmedAt = limitNanos == Long.MAX_VALUE ? 0 : nanoClock.getAsLong();
  }

  /// For the only node of a ledger: nothing happens that it has not done itself.
  public static Freshness alone() {
    return new Freshness(Long.MAX_VALUE, () -> 0);
  }

  /// For one of several nodes.
  ///
  /// @param limit some times longer than [LedgerOptions#followEvery]
  /// @param nanoClock monotonic: `System::nanoTime`
  public static Freshness within(Duration limit, LongSupplier nanoClock) {
    return new Freshness(limit.toNanos(), nanoClock);
  }

  /// @return after how long without a look at the head nothing is handed out; empty of meaning
  ///   ([Duration#ZERO]) for the only node
  public Duration limit() {
    return limitNanos == Long.MAX_VALUE ? Duration.ZERO : Duration.ofNanos(limitNanos);
  }

  /// @throws LedgerStaleException where this node cannot know what has been forgotten since
  public void require() {
    RuntimeException reason = obstacle;
    if (reason != null) {
      throw new LedgerStaleException("the ledger cannot be followed", reason);
    }
    if (limitNanos != Long.MAX_VALUE && nanoClock.getAsLong() - confirmedAt > limitNanos) {
      throw new LedgerStaleException(
          "the ledger's newest block has not been seen for too long", null);
    }
  }

  long now() {
    return nanoClock.getAsLong();
  }

  /// @param askedAt [#now] before the read, or the write that could only follow the newest block,
  ///   was begun
  void confirmed(long askedAt) {
    if (askedAt - confirmedAt > 0) {
      confirmedAt = askedAt;
    }
  }

  /// Blocks stand that cannot be followed any more.
  void lost(RuntimeException reason) {
    obstacle = reason;
  }
}
