package no.spor.conformance;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import no.spor.ledger.Tag;
import org.jspecify.annotations.Nullable;

/// One node's way to the shared store of a simulation: every call from the node's appender stops at
/// a gate until the scheduler says how it goes on. So a single thread runs at a time, and the seed
/// alone decides in which order.
final class GatedLedgerStore implements LedgerStore {
  /// Goes on as asked.
  static final Verdict WITHOUT_FAULT = (store, blocks) -> blocks == null ? 0 : store.append(blocks);

  private final LedgerStore store;
  private final Object monitor;
  private boolean gated;
  private boolean waiting;
  private boolean write;
  private @Nullable Verdict verdict;

  /// How a call goes on.
  @FunctionalInterface
  interface Verdict {
    /// @param blocks what is to be written; null for a read
    /// @return what the write returns; of no matter for a read
    int proceed(LedgerStore store, @Nullable List<Block> blocks);
  }

  /// @param monitor notified of every stop at the gate; guards all state of the gate
  GatedLedgerStore(LedgerStore store, Object monitor) {
    this.store = store;
    this.monitor = monitor;
  }

  /// From now on calls stop; while a node opens they do not.
  void gate() {
    synchronized (monitor) {
      gated = true;
    }
  }

  boolean isWaiting() {
    return waiting && verdict == null;
  }

  boolean isWrite() {
    return write;
  }

  /// Lets the waiting call go on.
  void release(Verdict with) {
    verdict = with;
    monitor.notifyAll();
  }

  private int stop(@Nullable List<Block> blocks) {
    Verdict given;
    synchronized (monitor) {
      if (!gated) {
        given = WITHOUT_FAULT;
      } else {
        waiting = true;
        write = blocks != null;
        monitor.notifyAll();
        given = verdict;
        while (given == null) {
          try {
            monitor.wait();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          given = verdict;
        }
        verdict = null;
        waiting = false;
      }
    }
    return given.proceed(store, blocks);
  }

  private <T> T read(Supplier<T> what) {
    stop(null);
    return what.get();
  }

  @Override
  public int append(List<Block> blocks) {
    return stop(blocks);
  }

  @Override
  public UUID ledger() {
    return store.ledger();
  }

  @Override
  public Optional<BlockHead> newest() {
    return read(store::newest);
  }

  @Override
  public List<Block> blocks(long from, int max) {
    return read(() -> store.blocks(from, max));
  }

  @Override
  public List<BlockHead> heads(long from, int max) {
    return read(() -> store.heads(from, max));
  }

  @Override
  public Optional<Block> blockAt(long position) {
    return read(() -> store.blockAt(position));
  }

  @Override
  public List<Block> controlBlocks(long from, long end, int max) {
    return read(() -> store.controlBlocks(from, end, max));
  }

  @Override
  public List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    return read(() -> store.taggedBlocks(anyOf, from, max));
  }

  @Override
  public List<Long> labelledBlocks(String label, long from, int max) {
    return read(() -> store.labelledBlocks(label, from, max));
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
    // The simulation's store outlives its nodes.
  }
}
