package no.spor.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import org.jspecify.annotations.Nullable;

/// The model that other stores of progress are compared with, together with its transactions. Keeps
/// everything in memory.
public final class InMemoryProcessorProgress implements ProcessorProgress, ViewTransactions {
  private record Key(String processor, int segment) {}

  private final String id = UUID.randomUUID().toString();
  private final ReentrantLock writer = new ReentrantLock();
  private final Map<Key, Segment> segments = new HashMap<>();
  private @Nullable Map<Key, Segment> before;
  private @Nullable RuntimeException failCommit;

  /// Lets the next commit fail, with nothing of it done.
  public void failNextCommit(RuntimeException failure) {
    writer.lock();
    try {
      failCommit = failure;
    } finally {
      writer.unlock();
    }
  }

  @Override
  public Transaction begin() {
    writer.lock();
    if (before != null) {
      writer.unlock();
      throw new IllegalStateException("transactions do not nest");
    }
    before = new HashMap<>(segments);
    return new Transaction() {
      private boolean ended;

      @Override
      public void commit() {
        if (ended) {
          throw new IllegalStateException("the transaction has ended");
        }
        RuntimeException failure = failCommit;
        if (failure != null) {
          failCommit = null;
          rollback();
          throw failure;
        }
        end();
      }

      @Override
      public void rollback() {
        if (!ended) {
          Map<Key, Segment> saved = before;
          if (saved != null) {
            segments.clear();
            segments.putAll(saved);
          }
          end();
        }
      }

      private void end() {
        ended = true;
        before = null;
        writer.unlock();
      }
    };
  }

  @Override
  public List<Segment> segments(String processor) {
    writer.lock();
    try {
      List<Segment> found = new ArrayList<>();
      segments.forEach((key, segment) -> {
        if (key.processor.equals(processor)) {
          found.add(segment);
        }
      });
      found.sort(Comparator.comparingInt(Segment::id));
      return found;
    } finally {
      writer.unlock();
    }
  }

  @Override
  public boolean create(String processor, int segment, int mask, long position) {
    writer.lock();
    try {
      return segments.putIfAbsent(
              new Key(processor, segment), new Segment(segment, mask, position, null, 0))
          == null;
    } finally {
      writer.unlock();
    }
  }

  @Override
  public OptionalLong claim(String processor, int segment, Claim claim) {
    writer.lock();
    try {
      Key key = new Key(processor, segment);
      Segment now = segments.get(key);
      if (now == null || !now.availableTo(claim.owner(), claim.nowMillis())) {
        return OptionalLong.empty();
      }
      segments.put(key, owned(now, now.position(), claim));
      return OptionalLong.of(now.position());
    } finally {
      writer.unlock();
    }
  }

  @Override
  public boolean store(String processor, int segment, Claim claim, long position) {
    writer.lock();
    try {
      Key key = new Key(processor, segment);
      Segment now = segments.get(key);
      if (now == null || !claim.owner().equals(now.owner())) {
        return false;
      }
      segments.put(key, owned(now, position, claim));
      return true;
    } finally {
      writer.unlock();
    }
  }

  @Override
  public boolean extend(String processor, int segment, Claim claim) {
    writer.lock();
    try {
      Key key = new Key(processor, segment);
      Segment now = segments.get(key);
      if (now == null || !claim.owner().equals(now.owner())) {
        return false;
      }
      segments.put(key, owned(now, now.position(), claim));
      return true;
    } finally {
      writer.unlock();
    }
  }

  @Override
  public void release(String processor, int segment, String owner) {
    writer.lock();
    try {
      segments.computeIfPresent(
          new Key(processor, segment),
          (key, now) ->
              owner.equals(now.owner())
                  ? new Segment(now.id(), now.mask(), now.position(), null, 0)
                  : now);
    } finally {
      writer.unlock();
    }
  }

  @Override
  public boolean delete(String processor, int segment, Claim claim) {
    writer.lock();
    try {
      Key key = new Key(processor, segment);
      Segment now = segments.get(key);
      if (now == null || !now.availableTo(claim.owner(), claim.nowMillis())) {
        return false;
      }
      segments.remove(key);
      return true;
    } finally {
      writer.unlock();
    }
  }

  @Override
  public String id() {
    return id;
  }

  private static Segment owned(Segment now, long position, Claim claim) {
    return new Segment(now.id(), now.mask(), position, claim.owner(), claim.untilMillis());
  }
}
