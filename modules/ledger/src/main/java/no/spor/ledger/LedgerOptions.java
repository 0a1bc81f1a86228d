package no.spor.ledger;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// How a [Ledger] is to run.
///
/// @param clock tells `recordedAt`
/// @param random source of secrets and commit ids
/// @param keyStore asked for each block, after the admissions of its drafts: key store and
///   generation that hold every key that sealed one of the block's parts
/// @param queueDrafts most drafts that are waiting or being written
/// @param queueBytes most bytes that those drafts take
/// @param cacheBytes most bytes of blocks that are kept for reading
/// @param retryAfter what a caller is told who found the queue full
/// @param followEvery how often an idle ledger looks for other nodes' blocks; zero for never, where
///   this is the only node
/// @param freshness is told of each look at the newest block; [Freshness#alone] where this is the
///   only node
/// @param pause waits so many nanoseconds before something is tried again; a simulation waits less
/// @param observer told what the appender does
public record LedgerOptions(
    InstantSource clock,
    SecureRandom random,
    Supplier<KeyStoreMark> keyStore,
    int queueDrafts,
    long queueBytes,
    long cacheBytes,
    Duration retryAfter,
    Duration followEvery,
    Freshness freshness,
    LongConsumer pause,
    AppendObserver observer) {

  private static final long MEBIBYTE = 1024 * 1024;

  /// One node, no key store, 32,768 drafts or 64 MiB in the queue, 8 MiB of blocks kept.
  public static LedgerOptions of(InstantSource clock, SecureRandom random) {
    return new LedgerOptions(
        clock,
        random,
        () -> KeyStoreMark.NONE,
        32_768,
        64 * MEBIBYTE,
        8 * MEBIBYTE,
        Duration.ofSeconds(1),
        Duration.ZERO,
        Freshness.alone(),
        LockSupport::parkNanos,
        AppendObserver.NONE);
  }

  public LedgerOptions withKeyStore(Supplier<KeyStoreMark> mark) {
    return new LedgerOptions(
        clock,
        random,
        mark,
        queueDrafts,
        queueBytes,
        cacheBytes,
        retryAfter,
        followEvery,
        freshness,
        pause,
        observer);
  }

  public LedgerOptions withQueue(int drafts, long bytes) {
    return new LedgerOptions(
        clock,
        random,
        keyStore,
        drafts,
        bytes,
        cacheBytes,
        retryAfter,
        followEvery,
        freshness,
        pause,
        observer);
  }

  public LedgerOptions withCacheBytes(long bytes) {
    return new LedgerOptions(
        clock,
        random,
        keyStore,
        queueDrafts,
        queueBytes,
        bytes,
        retryAfter,
        followEvery,
        freshness,
        pause,
        observer);
  }

  public LedgerOptions withFollowEvery(Duration interval) {
    return new LedgerOptions(
        clock,
        random,
        keyStore,
        queueDrafts,
        queueBytes,
        cacheBytes,
        retryAfter,
        interval,
        freshness,
        pause,
        observer);
  }

  /// For one of several nodes.
  public LedgerOptions withFreshness(Freshness own) {
    return new LedgerOptions(
        clock,
        random,
        keyStore,
        queueDrafts,
        queueBytes,
        cacheBytes,
        retryAfter,
        followEvery,
        own,
        pause,
        observer);
  }

  public LedgerOptions withPause(LongConsumer nanoseconds) {
    return new LedgerOptions(
        clock,
        random,
        keyStore,
        queueDrafts,
        queueBytes,
        cacheBytes,
        retryAfter,
        followEvery,
        freshness,
        nanoseconds,
        observer);
  }

  public LedgerOptions withObserver(AppendObserver told) {
    return new LedgerOptions(
        clock,
        random,
        keyStore,
        queueDrafts,
        queueBytes,
        cacheBytes,
        retryAfter,
        followEvery,
        freshness,
        pause,
        told);
  }
}
