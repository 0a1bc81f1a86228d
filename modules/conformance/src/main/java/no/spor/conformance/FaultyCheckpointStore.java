package no.spor.conformance;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStoreException;
import org.jspecify.annotations.Nullable;

/// Puts faults in front of single calls of another store. Closing it leaves that store open.
/// Thread-safe.
public final class FaultyCheckpointStore implements CheckpointStore {
  private final CheckpointStore store;
  private final Deque<Fault> faults = new ArrayDeque<>();
  private int failingReads;

  public FaultyCheckpointStore(CheckpointStore store) {
    this.store = store;
  }

  /// Stands in for one call of [CheckpointStore#publish].
  @FunctionalInterface
  public interface Fault {
    /// @param store the store behind, without faults
    boolean publish(CheckpointStore store, @Nullable Checkpoint previous, Published next);

    /// Fails, nothing is saved.
    static Fault notSaved() {
      return (store, previous, next) -> {
        throw new LedgerStoreException("injected: not saved", null);
      };
    }

    /// Is saved, but no verdict comes back.
    static Fault savedUnknown() {
      return (store, previous, next) -> {
        store.publish(previous, next);
        throw new LedgerOutcomeUnknownException("injected: unknown", null);
      };
    }

    /// Is not saved, and no verdict comes back.
    static Fault lostUnknown() {
      return (store, previous, next) -> {
        throw new LedgerOutcomeUnknownException("injected: unknown", null);
      };
    }

    /// Something else happens right before the write: another node publishes, for instance.
    static Fault after(Runnable before) {
      return (store, previous, next) -> {
        before.run();
        return store.publish(previous, next);
      };
    }
  }

  /// Puts faults in front of the next calls of [#publish], one each.
  public synchronized void next(Fault... next) {
    Collections.addAll(faults, next);
  }

  /// @return whether planned faults are still to come
  public synchronized boolean isFaulty() {
    return !faults.isEmpty() || failingReads > 0;
  }

  /// Lets the next `count` reads fail.
  public synchronized void failReads(int count) {
    failingReads = count;
  }

  @Override
  public boolean publish(@Nullable Checkpoint previous, Published next) {
    Fault fault;
    synchronized (this) {
      fault = faults.poll();
    }
    return fault == null ? store.publish(previous, next) : fault.publish(store, previous, next);
  }

  private synchronized CheckpointStore readable() {
    if (failingReads > 0) {
      failingReads--;
      throw new LedgerStoreException("injected: read failed", null);
    }
    return store;
  }

  @Override
  public Optional<Published> newest() {
    return readable().newest();
  }

  @Override
  public List<Published> history(String origin, long fromSize, int max) {
    return readable().history(origin, fromSize, max);
  }

  @Override
  public Optional<Published> atMost(String origin, long size) {
    return readable().atMost(origin, size);
  }

  @Override
  public Optional<Published> cosigned(String origin) {
    return readable().cosigned(origin);
  }

  @Override
  public void keepCosigned(Published cosigned) {
    store.keepCosigned(cosigned);
  }

  @Override
  public List<String> keyStatements() {
    return readable().keyStatements();
  }

  @Override
  public boolean addKeyStatement(int index, String note) {
    return store.addKeyStatement(index, note);
  }

  @Override
  public void close() {
    // Whoever made the store behind closes it.
  }
}
