package no.spor.ledger.axon;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.SimpleEntry;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.jspecify.annotations.Nullable;

/// A stream of the ledger's records from a position on, without an end.
///
/// Records are read in runs and every one is looked at once, in order, so none is skipped or
/// repeated; where a header was dropped with its tenant there is nothing to look at. There is no
/// polling: the ledger wakes it after each commit, and the reader's callback then runs on a virtual
/// thread, never on the appender's and never under a lock. A wake-up during a running callback
/// leads to another one.
///
/// Where the ledger cannot be read the stream ends with the error; a stream that ended without one
/// would never be reopened by Axon.
final class LedgerTail implements MessageStream<EventMessage> {
  private static final int RUN = 1_024;

  /// A reader that is filtered may have to pass over many records; it then gives its thread back
  /// now and again.
  private static final int RUNS_AT_A_TIME = 16;

  private final ReentrantLock lock = new ReentrantLock();
  private final Ledger ledger;
  private final RecordMapping mapping;
  private final EventCriteria criteria;
  private final boolean filtered;
  private final Consumer<LedgerTail> onClose;
  private final int together;
  private final ArrayDeque<Entry<EventMessage>> ready = new ArrayDeque<>();
  private final AtomicBoolean signalled = new AtomicBoolean();

  private long next;

  /// Where the next message begins: behind the last that was made.
  private long begins;

  private boolean closed;
  private volatile @Nullable Throwable error;
  private volatile @Nullable Runnable callback;
  private @Nullable AutoCloseable registration;

  /// @param together 1 for events that meet the criteria, one by one; more for all records, in
  ///   chunks of at most so many ([RecordChunk])
  LedgerTail(
      Ledger ledger,
      RecordMapping mapping,
      EventCriteria criteria,
      long from,
      int together,
      Consumer<LedgerTail> onClose) {
    this.ledger = ledger;
    this.mapping = mapping;
    this.criteria = criteria;
    this.filtered = criteria.hasCriteria();
    this.next = from;
    this.begins = from;
    this.together = together;
    this.onClose = onClose;
  }

  @Override
  public Optional<Entry<EventMessage>> next() {
    lock.lock();
    try {
      return available() ? Optional.of(ready.removeFirst()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Entry<EventMessage>> peek() {
    lock.lock();
    try {
      return available() ? Optional.of(ready.getFirst()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private static Entry<EventMessage> entry(EventMessage message, long position) {
    return new SimpleEntry<>(message, LedgerStorageEngine.tokenContext(position));
  }

  @Override
  public boolean hasNextAvailable() {
    lock.lock();
    try {
      return available();
    } finally {
      lock.unlock();
    }
  }

  /// Under the lock.
  private boolean available() {
    if (closed) {
      return false;
    }
    try {
      for (int run = 0; ready.isEmpty() && next < ledger.size(); run++) {
        if (run == RUNS_AT_A_TIME) {
          signal();
          return false;
        }
        long end = ledger.size();
        take(ledger.readFrom(next, RUN), end);
      }
    } catch (RuntimeException e) {
      error = e;
      closed = true;
      ready.clear();
      signal();
    }
    return !ready.isEmpty();
  }

  /// @param end how far it was read at least where that gave less than a run
  private void take(List<LedgerRecord> records, long end) {
    if (together > 1) {
      for (int at = 0; at < records.size(); at += together) {
        List<StreamedRecord> some = new ArrayList<>(together);
        for (LedgerRecord record : records.subList(at, Math.min(records.size(), at + together))) {
          some.add(new LedgerEventMessage(record, mapping));
        }
        RecordChunk chunk = new RecordChunk(begins, some);
        ready.addLast(entry(chunk.message(), chunk.lastPosition()));
        begins = chunk.lastPosition() + 1;
      }
    } else {
      for (LedgerRecord record : records) {
        LedgerEventMessage message = new LedgerEventMessage(record, mapping);
        if (!filtered || criteria.matches(message.name(), message.tags())) {
          ready.addLast(entry(message, message.position()));
        }
      }
    }
    long seen = records.isEmpty() ? next : records.getLast().position() + 1;
    next = records.size() < RUN ? Math.max(seen, end) : seen;
  }

  @Override
  public void setCallback(Runnable wanted) {
    callback = wanted;
    lock.lock();
    try {
      if (registration == null && !closed) {
        registration = ledger.onCommitted(this::signal);
      }
    } finally {
      lock.unlock();
    }
    signal(); // what was there before, or has ended already, wakes nobody else
  }

  private void signal() {
    if (callback != null && signalled.compareAndSet(false, true)) {
      Thread.startVirtualThread(() -> {
        signalled.set(false);
        Runnable wanted = callback;
        if (wanted != null) {
          wanted.run();
        }
      });
    }
  }

  @Override
  public Optional<Throwable> error() {
    return Optional.ofNullable(error);
  }

  @Override
  public boolean isCompleted() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the stream for its reader, with a reason.
  void fail(Throwable reason) {
    lock.lock();
    try {
      if (!closed) {
        error = reason;
      }
    } finally {
      lock.unlock();
    }
    close();
    signal();
  }

  @Override
  public void close() {
    AutoCloseable held;
    lock.lock();
    try {
      closed = true;
      ready.clear();
      held = registration;
      registration = null;
    } finally {
      lock.unlock();
    }
    onClose.accept(this);
    if (held != null) {
      try {
        held.close();
      } catch (Exception e) {
        throw new IllegalStateException("the ledger's wake-up could not be taken back", e);
      }
    }
  }
}
