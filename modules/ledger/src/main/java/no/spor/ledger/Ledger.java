package no.spor.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Puts opaque records in order. One group-committing appender drains a bounded queue; readers see
/// committed records only.
///
/// Thread-safe. Moments: *appended* when the future completes: durable in the store, a crash loses
/// nothing of it.
public interface Ledger extends AutoCloseable {

  /// Opens a ledger: brings the keys and the followers up to the newest block, then takes appends.
  ///
  /// @param identity gives the keys of records that stand
  /// @param keys closed with the ledger
  /// @param followers told of every block; see [BlockFollower]
  /// @throws LedgerStoreException where the store cannot be read
  /// @throws LedgerDamageException where its blocks do not continue one another
  static Ledger open(
      LedgerStore store,
      RecordIdentity identity,
      RecordedKeys keys,
      LedgerOptions options,
      BlockFollower... followers) {
    return new GroupCommitLedger(store, identity, keys, options, List.of(followers)).start();
  }

  /// Records drafts, each for itself, in the order given, none skipped by reordering. The future
  /// completes when the last of them is durable.
  ///
  /// What depends on the future runs on the appender's thread unless it is asynchronous: it must be
  /// short and must not wait for the ledger.
  ///
  /// @return one outcome per draft, in order; completes exceptionally with [LedgerStoreException]
  ///   (nothing of the drafts that have no outcome was recorded) or [LedgerOutcomeUnknownException]
  ///   (say it again: keys make it safe)
  /// @throws LedgerBusyException at once where the queue has no room for all of them
  /// @throws IllegalArgumentException at once where the format has no room for one of them (header
  ///   over 32 KiB, more than 255 parts, a part over 512 KiB, a record over 2 MiB, labels), or the
  ///   queue could never hold them all
  CompletableFuture<List<Outcome>> append(List<Draft> drafts);

  /// Records all drafts in one block, or nothing. A duplicate or refused draft among them makes it
  /// nothing: the others then come back as [Outcome.NotAppended].
  ///
  /// @param precondition evaluated right before the block is written; null for none; where it does
  ///   not hold, nothing is written and the future completes with [PreconditionFailedException]
  CompletableFuture<List<Outcome>> appendAtomically(
      List<Draft> drafts, @Nullable Precondition precondition);

  /// Tells a duplicate without an append. What is in flight is not found: the exact answer is the
  /// append's.
  ///
  /// @return the position of the committed record with this key, or −1
  /// @throws LedgerStoreException where that cannot be told now
  long find(RecordKey key);

  /// @return number of committed records: the position the next one gets
  long size();

  /// @return the record there; empty where there is none, or its header was dropped
  Optional<LedgerRecord> read(long position);

  /// @return the records at these positions (unknown positions are absent); reads each block once
  Map<Long, LedgerRecord> read(Collection<Long> positions);

  /// @return committed records from position `from` on, ascending; none is left out but those whose
  ///   headers were dropped. Fewer than `max` only where it has come to the end that [#size] told
  ///   before
  List<LedgerRecord> readFrom(long from, int max);

  /// @return numbers of a `max` of blocks with one of the tags, from the block on that holds
  ///   position `fromPosition`; then read them with [#recordsOf]
  List<Long> taggedBlocks(Collection<Tag> anyOf, long fromPosition, int max);

  /// @return all records of a block, ascending
  List<LedgerRecord> recordsOf(long block);

  /// Drops parts of a block in the store ([LedgerStore#drop]) and here. Other nodes may keep them
  /// for reading until their memory is needed.
  ///
  /// @return how many parts were dropped now
  int drop(long block, Collection<PartAddress> parts);

  /// To be asked after the last look at what is in memory and before anything of it is handed out.
  ///
  /// @throws LedgerStaleException where this node does not know what has been forgotten lately; see
  ///   [Freshness]
  void requireFresh();

  /// @return see [LedgerStore#writersEpoch]
  default long writersEpoch() {
    return 0;
  }

  /// @return what waits for the appender or is being written by it now
  Waiting waiting();

  /// What an appender's queue holds and how much it can.
  record Waiting(int drafts, int mostDrafts, long bytes, long mostBytes) {}

  /// Calls `wake` after each commit (own or other nodes'), on the appender's thread. The callee
  /// must return at once.
  AutoCloseable onCommitted(Runnable wake);

  /// Stops taking drafts, writes what was taken, closes. Does not close the store.
  @Override
  void close();
}
