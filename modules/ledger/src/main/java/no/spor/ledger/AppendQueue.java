package no.spor.ledger;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The bounded queue in front of the appender, counted in drafts and in bytes. A call counts until
/// its future is complete. Thread-safe.
final class AppendQueue {
  /// What one attempt takes at most: eight blocks' worth.
  static final int BATCH_DRAFTS = 8 * LedgerFormat.MAX_BLOCK_RECORDS;

  static final long BATCH_BYTES = 8L * LedgerFormat.MAX_BLOCK_BYTES;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Deque<AppendCall> calls = new ArrayDeque<>();
  private final int maxDrafts;
  private final long maxBytes;
  private final Duration retryAfter;
  private int drafts;
  private long bytes;
  private boolean closed;

  AppendQueue(LedgerOptions options) {
    this.maxDrafts = options.queueDrafts();
    this.maxBytes = options.queueBytes();
    this.retryAfter = options.retryAfter();
  }

  /// @throws LedgerBusyException where there is no room now
  /// @throws IllegalArgumentException where there never is
  void put(AppendCall call) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the ledger is closed");
      }
      if (call.drafts.size() > maxDrafts || call.bytes > maxBytes) {
        throw new IllegalArgumentException("more drafts than the queue can ever hold");
      }
      if (drafts + call.drafts.size() > maxDrafts || bytes + call.bytes > maxBytes) {
        throw new LedgerBusyException("the ledger's queue is full", retryAfter);
      }
      drafts += call.drafts.size();
      bytes += call.bytes;
      calls.add(call);
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  Ledger.Waiting waiting() {
    lock.lock();
    try {
      return new Ledger.Waiting(drafts, maxDrafts, bytes, maxBytes);
    } finally {
      lock.unlock();
    }
  }

  /// Gives the room of a call back.
  void release(AppendCall call) {
    lock.lock();
    try {
      drafts -= call.drafts.size();
      bytes -= call.bytes;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for drafts.
  ///
  /// @param atMost zero to wait for ever
  /// @return what there is, up to a batch, oldest first; nothing after `atMost`; null once closed
  ///   and empty
  @Nullable List<AppendCall.Item> take(Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (calls.isEmpty()) {
        if (closed) {
          return null;
        }
        if (atMost.isZero()) {
          filled.await();
        } else if (left <= 0) {
          return new ArrayList<>();
        } else {
          left = filled.awaitNanos(left);
        }
      }
      return gather();
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more calls.
  void close() {
    lock.lock();
    try {
      closed = true;
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// @return all calls that wait; the queue is empty then
  List<AppendCall> drain() {
    lock.lock();
    try {
      var all = List.copyOf(calls);
      calls.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  private List<AppendCall.Item> gather() {
    var batch = new ArrayList<AppendCall.Item>();
    long room = BATCH_BYTES;
    for (var call = calls.peek(); call != null; call = calls.peek()) {
      if (call.isOver()) {
        // It failed in an earlier attempt: what is left of it must not be written.
        calls.remove();
        continue;
      }
      boolean whole = call.atomic;
      boolean alone = call.precondition != null;
      boolean fits = batch.size() + call.drafts.size() <= BATCH_DRAFTS && call.bytes <= room;
      if (!batch.isEmpty() && (alone || whole && !fits)) {
        return batch;
      }
      while (call.taken < call.drafts.size()
          && (whole || batch.size() < BATCH_DRAFTS && room > 0)) {
        room -= call.drafts.get(call.taken).bytes();
        batch.add(new AppendCall.Item(call, call.taken++));
      }
      if (call.taken < call.drafts.size()) {
        return batch;
      }
      calls.remove();
      if (alone) {
        return batch;
      }
    }
    return batch;
  }
}
