package no.spor.ledger;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one thread that writes: takes what waits in the queue, writes it as one attempt, answers. As
/// calls gather while an attempt is written, commits group by themselves and a lone append never
/// waits. After an attempt that many calls shared it looks up again half a millisecond later: those
/// that were answered come back by then, and what an attempt costs is shared by twice as many.
///
/// A block that was sent without a verdict is remembered by its commit id until its batch is
/// answered, for it may show up later: then it is ours.
final class Appender implements Runnable {
  private static final Logger LOG = System.getLogger(Appender.class.getName());
  private static final int MAX_FRUITLESS = 64;
  private static final int MAX_UNKNOWN = 10;
  private static final int FOLLOWED_AT_ONCE = 16;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
  private static final int LONGEST_CONFLICT_PAUSE = 4;
  private static final int MANY_CALLS = 8;
  private static final long GATHERING_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private final LedgerStore store;
  private final LedgerState state;
  private final BatchPlanner planner;
  private final AppendQueue queue;
  private final LedgerOptions options;
  private final Committed committed;

  /// Then what others have written is looked for only once an attempt has met it.
  private final boolean alone;

  private final Map<UUID, PlannedBlock> sent = new HashMap<>();
  private @Nullable RuntimeException stopped;

  /// Is told of each block that stands.
  @FunctionalInterface
  interface Committed {
    /// @param records where it is our own: gives its records without reading the block
    void block(Block block, @Nullable Supplier<List<LedgerRecord>> records);
  }

  /// @param committed told of each block once all followers have it, before appends are answered
  Appender(
      LedgerStore store,
      LedgerState state,
      AppendQueue queue,
      LedgerOptions options,
      Committed committed) {
    this.store = store;
    this.state = state;
    this.planner = new BatchPlanner(state, options, store.ledger(), store::writersEpoch);
    this.queue = queue;
    this.options = options;
    this.committed = committed;
    this.alone = options.followEvery().isZero();
  }

  @Override
  public void run() {
    try {
      for (var batch = queue.take(options.followEvery());
          batch != null;
          batch = queue.take(options.followEvery())) {
        if (batch.isEmpty()) {
          followIdle();
        } else {
          boolean many = calls(batch) >= MANY_CALLS;
          handle(batch);
          if (many) {
            options.pause().accept(GATHERING_NANOS);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.log(Level.WARNING, "the appender was interrupted and stops");
    } finally {
      queue.close();
      for (var call : queue.drain()) {
        fail(call, new LedgerStoreException("the ledger has stopped", stopped));
      }
    }
  }

  private static int calls(List<AppendCall.Item> batch) {
    int calls = 0;
    AppendCall before = null;
    for (var item : batch) {
      if (item.call() != before) {
        before = item.call();
        calls++;
      }
    }
    return calls;
  }

  private void handle(List<AppendCall.Item> batch) {
    if (stopped != null) {
      failAll(batch, new LedgerStoreException("the ledger has stopped", stopped));
      return;
    }
    try {
      commit(batch);
    } catch (RuntimeException | Error e) {
      stop(e);
      failAll(batch, new LedgerOutcomeUnknownException("the ledger has stopped", e));
    } finally {
      sent.clear();
    }
  }

  private void stop(Throwable e) {
    options.observer().stopped();
    LOG.log(Level.ERROR, "the ledger takes no more appends: " + e.getMessage(), e);
    RuntimeException reason =
        e instanceof RuntimeException runtime ? runtime : new IllegalStateException("failed", e);
    stopped = reason;
    options.freshness().lost(reason);
  }

  private void followIdle() {
    if (stopped != null) {
      return;
    }
    try {
      follow();
    } catch (LedgerStoreException e) {
      LOG.log(Level.WARNING, "the store cannot be read now: " + e.getMessage());
    } catch (RuntimeException e) {
      stop(e);
    }
  }

  private void commit(List<AppendCall.Item> batch) {
    int unknown = 0;
    int fruitless = 0;
    while (true) {
      int undecided = batch.size();
      if (answer(batch)) {
        return;
      }
      fruitless = batch.size() < undecided ? 0 : fruitless + 1;
      if (fruitless == MAX_FRUITLESS || unknown == MAX_UNKNOWN) {
        failAll(batch, gaveUp(unknown, null));
        return;
      }
      pause(unknown > 1 ? unknown + 1 : Math.min(fruitless - 1, LONGEST_CONFLICT_PAUSE));
      try {
        if (!alone || !sent.isEmpty()) {
          follow();
        }
      } catch (LedgerStoreException e) {
        if (sent.isEmpty()) {
          failAll(batch, e);
          return;
        }
        // What was sent may stand: nobody can say before the store can be read.
        unknown++;
        continue;
      }
      if (answer(batch)) {
        return;
      }
      try {
        write(plan(batch));
      } catch (LedgerOutcomeUnknownException e) {
        unknown++;
      } catch (LedgerStoreException e) {
        failAll(batch, unknown == 0 ? e : gaveUp(unknown, e));
        return;
      }
    }
  }

  private List<PlannedBlock> plan(List<AppendCall.Item> batch) {
    try {
      return planner.plan(batch);
    } catch (PreconditionFailedException e) {
      failAll(batch, e);
      return List.of();
    }
  }

  private void write(List<PlannedBlock> planned) {
    if (planned.isEmpty()) {
      return;
    }
    planned.forEach(block -> sent.put(block.block().head().commit(), block));
    int stand;
    long askedAt = options.freshness().now();
    long begun = System.nanoTime();
    try {
      stand = store.append(planned.stream().map(PlannedBlock::block).toList());
    } catch (LedgerStoreException | LedgerOutcomeUnknownException e) {
      options.observer().failed(e instanceof LedgerOutcomeUnknownException);
      throw e;
    } catch (RuntimeException e) {
      options.observer().failed(true);
      LOG.log(Level.WARNING, "the store failed in an unknown way", e);
      throw new LedgerOutcomeUnknownException("the store failed in an unknown way", e);
    }
    observe(planned.subList(0, stand), System.nanoTime() - begun);
    if (stand < planned.size()) {
      options.observer().conflict();
    }
    for (var block : planned.subList(0, stand)) {
      stands(block);
    }
    if (stand > 0) {
      options.freshness().confirmed(askedAt);
    }
  }

  private void observe(List<PlannedBlock> written, long nanos) {
    if (written.isEmpty()) {
      return;
    }
    int records = 0;
    long bytes = 0;
    for (var planned : written) {
      records += planned.items().size();
      bytes += planned.block().bytes();
    }
    options.observer().written(written.size(), records, bytes, nanos);
  }

  /// Moves on over every block that stands, whoever wrote it.
  private void follow() {
    long before = state.nextBlock();
    List<Block> blocks;
    long askedAt;
    do {
      askedAt = options.freshness().now();
      blocks = store.blocks(state.nextBlock(), FOLLOWED_AT_ONCE);
      for (var block : blocks) {
        var own = sent.get(block.head().commit());
        if (own == null) {
          state.follow(block);
          committed.block(block, null);
        } else {
          stands(own);
        }
      }
    } while (blocks.size() == FOLLOWED_AT_ONCE);
    if (state.nextBlock() == before && !sent.isEmpty()) {
      checkNotGoneBack();
    }
    options.freshness().confirmed(askedAt);
  }

  private void checkNotGoneBack() {
    long newest = store.newest().map(BlockHead::number).orElse(-1L);
    if (newest < state.nextBlock() - 1) {
      throw new LedgerDamageException("the store has lost blocks that stood");
    }
  }

  private void stands(PlannedBlock block) {
    sent.remove(block.block().head().commit());
    state.follow(block);
    block.decide();
    committed.block(block.block(), block::records);
  }

  /// Answers the calls that are decided.
  ///
  /// @param batch keeps what is undecided
  /// @return whether nothing is left
  private boolean answer(List<AppendCall.Item> batch) {
    for (var item : batch) {
      var call = item.call();
      if (call.isDecided() && !call.isFinished()) {
        queue.release(call);
        call.complete();
      }
    }
    batch.removeIf(item -> !item.isUndecided());
    return batch.isEmpty();
  }

  private void failAll(List<AppendCall.Item> batch, RuntimeException reason) {
    answer(batch);
    for (var item : batch) {
      fail(item.call(), reason);
    }
  }

  private void fail(AppendCall call, RuntimeException reason) {
    if (!call.isFinished()) {
      queue.release(call);
      call.fail(reason);
    }
  }

  private static RuntimeException gaveUp(int unknown, @Nullable Throwable cause) {
    return unknown > 0
        ? new LedgerOutcomeUnknownException("no verdict came back, repeatedly", cause)
        : new LedgerStoreException("other nodes were first, repeatedly", cause);
  }

  private void pause(int attempts) {
    if (attempts > 1) {
      long longest = FIRST_PAUSE_NANOS << attempts;
      options.pause().accept(options.random().nextLong(longest / 2, longest));
    }
  }
}
