package no.spor.conformance;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.ledger.Tag;

/// Puts faults in front of single calls of another store. Closing it leaves that store open.
/// Thread-safe.
public final class FaultyLedgerStore implements LedgerStore {
  private final LedgerStore store;
  private final Deque<Fault> faults = new ArrayDeque<>();
  private int failingReads;
  private int failedReads;
  private int hidden;

  public FaultyLedgerStore(LedgerStore store) {
    this.store = store;
  }

  /// Stands in for one call of [LedgerStore#append].
  @FunctionalInterface
  public interface Fault {
    /// @param store the store behind, without faults
    /// @return what `append` is to return
    int append(LedgerStore store, List<Block> blocks);

    /// No fault: for a fault that is to come later.
    static Fault none() {
      return LedgerStore::append;
    }

    /// Fails, nothing is saved.
    static Fault notSaved() {
      return (store, blocks) -> {
        throw new LedgerStoreException("injected: not saved", null);
      };
    }

    /// The first `saved` blocks are saved, but no verdict comes back.
    static Fault unknownAfter(int saved) {
      return (store, blocks) -> {
        savePrefix(store, blocks, saved);
        throw new LedgerOutcomeUnknownException("injected: unknown", null);
      };
    }

    /// Only the first `saved` blocks are saved, and it says so.
    static Fault prefix(int saved) {
      return (store, blocks) -> savePrefix(store, blocks, saved);
    }

    /// Something else happens right before the write: another node's block, for instance.
    static Fault after(Runnable before) {
      return (store, blocks) -> {
        before.run();
        return store.append(blocks);
      };
    }

    private static int savePrefix(LedgerStore store, List<Block> blocks, int saved) {
      int count = Math.min(saved, blocks.size());
      return count == 0 ? 0 : store.append(blocks.subList(0, count));
    }
  }

  /// Puts faults in front of the next calls of [#append], one each.
  public synchronized void next(Fault... next) {
    Collections.addAll(faults, next);
  }

  /// Lets the next `count` reads fail.
  public synchronized void failReads(int count) {
    failingReads = count;
    failedReads = 0;
  }

  /// @return how many have failed since [#failReads]
  public synchronized int failedReads() {
    return failedReads;
  }

  /// Lets [#blockAt] and [#controlBlocks] miss the newest `count` blocks, as where they are read
  /// from a copy that is behind.
  public synchronized void hideNewest(int count) {
    hidden = count;
  }

  private synchronized long shown() {
    return store.newest().map(newest -> newest.number() + 1).orElse(0L) - hidden;
  }

  /// Takes planned faults away.
  public synchronized void mend() {
    hidden = 0;
    faults.clear();
    failingReads = 0;
  }

  @Override
  public int append(List<Block> blocks) {
    Fault fault;
    synchronized (this) {
      fault = faults.poll();
    }
    return fault == null ? store.append(blocks) : fault.append(store, blocks);
  }

  private synchronized LedgerStore readable() {
    if (failingReads > 0) {
      failingReads--;
      failedReads++;
      throw new LedgerStoreException("injected: read failed", null);
    }
    return store;
  }

  @Override
  public UUID ledger() {
    return store.ledger();
  }

  @Override
  public Optional<BlockHead> newest() {
    return readable().newest();
  }

  @Override
  public List<Block> blocks(long from, int max) {
    return readable().blocks(from, max);
  }

  @Override
  public List<BlockHead> heads(long from, int max) {
    return readable().heads(from, max);
  }

  @Override
  public Optional<Block> blockAt(long position) {
    return readable().blockAt(position).filter(block -> block.head().number() < shown());
  }

  @Override
  public List<Block> controlBlocks(long from, long end, int max) {
    if (end > shown()) {
      throw new LedgerStoreException("injected: not to be seen", null);
    }
    return readable().controlBlocks(from, end, max);
  }

  @Override
  public List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    return readable().taggedBlocks(anyOf, from, max);
  }

  @Override
  public List<Long> labelledBlocks(String label, long from, int max) {
    return readable().labelledBlocks(label, from, max);
  }

  @Override
  public int drop(long block, Collection<PartAddress> parts) {
    return store.drop(block, parts);
  }

  @Override
  public void reclaim() {
    store.reclaim();
  }

  @Override
  public void close() {
    // Whoever made the store behind closes it.
  }
}
