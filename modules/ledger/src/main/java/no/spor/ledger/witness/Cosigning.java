package no.spor.ledger.witness;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.note.NoteSignature;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.witness.WitnessClient.Answer;
import org.jspecify.annotations.Nullable;

/// Submits what is published to witnesses, in the background, and keeps the newest checkpoint that
/// they have cosigned. Publishing never waits for it.
///
/// In rounds: one checkpoint, all witnesses at once. One that does not answer is left alone for a
/// while, longer each time. Thread-safe.
public final class Cosigning implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Cosigning.class.getName());
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private final List<Asked> witnesses;
  private final Supplier<Submission> head;
  private final CheckpointStore store;
  private final InstantSource clock;
  private final long intervalNanos;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closed = lock.newCondition();
  private boolean closing;

  /// What is known of one witness; used by one thread at a time.
  private static final class Asked {
    final WitnessClient client;
    long size;
    @Nullable Checkpoint cosigned;
    int failures;
    long notBeforeNanos;
    int told;

    Asked(WitnessClient client) {
      this.client = client;
    }
  }

  /// Begins.
  ///
  /// @param witnesses closed with this
  /// @param head what is published
  /// @param clock tells when a cosigned checkpoint is kept
  /// @param interval least time between two rounds
  public Cosigning(
      List<WitnessClient> witnesses,
      Supplier<Submission> head,
      CheckpointStore store,
      InstantSource clock,
      Duration interval) {
    this.witnesses = witnesses.stream().map(Asked::new).toList();
    this.head = head;
    this.store = store;
    this.clock = clock;
    this.intervalNanos = interval.toNanos();
    this.thread = Thread.ofVirtual().name("ledger-witnesses").start(this::run);
  }

  private void run() {
    while (pause()) {
      try {
        round();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "cosignatures are not kept now: {0}", e.getMessage());
      }
    }
  }

  /// @return false where it is to end
  private boolean pause() {
    lock.lock();
    try {
      long left = intervalNanos;
      while (left > 0 && !closing) {
        left = closed.awaitNanos(left);
      }
      return !closing;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void round() throws InterruptedException {
    Submission now = head.get();
    Checkpoint checkpoint = now.published().checkpoint();
    long nanos = System.nanoTime();
    List<Asked> due =
        witnesses.stream()
            .filter(one -> !checkpoint.equals(one.cosigned))
            .filter(one -> one.failures == 0 || nanos - one.notBeforeNanos >= 0)
            .toList();
    if (due.isEmpty()) {
      return;
    }
    ConcurrentHashMap<Asked, NoteSignature> signatures = new ConcurrentHashMap<>();
    List<Thread> asking = new ArrayList<>();
    for (Asked one : due) {
      asking.add(
          Thread.startVirtualThread(() -> {
            NoteSignature signature = ask(one, now);
            if (signature != null) {
              signatures.put(one, signature);
            }
          }));
    }
    try {
      for (Thread one : asking) {
        one.join();
      }
    } catch (InterruptedException e) {
      asking.forEach(Thread::interrupt);
      throw e;
    }
    if (!signatures.isEmpty()) {
      keep(now.published(), List.copyOf(signatures.values()));
      signatures.keySet().forEach(one -> one.cosigned = checkpoint);
    }
  }

  private void keep(Published published, List<NoteSignature> signatures) {
    Checkpoint checkpoint = published.checkpoint();
    SignedNote note =
        store
            .cosigned(checkpoint.origin())
            .filter(kept -> kept.checkpoint().equals(checkpoint))
            .map(kept -> SignedNote.parse(kept.note()))
            .orElseGet(() -> SignedNote.parse(published.note()));
    store.keepCosigned(new Published(checkpoint, note.with(signatures).format(), clock.millis()));
  }

  /// @return null where it has not cosigned
  private @Nullable NoteSignature ask(Asked one, Submission now) {
    try {
      Answer answer = submit(one, now);
      if (answer instanceof Answer.OtherSize(long size)
          && size <= now.published().checkpoint().size()) {
        one.size = size;
        answer = submit(one, now);
      }
      return take(one, now, answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (RuntimeException e) {
      return take(one, now, new Answer.Unavailable("no proof: " + e.getMessage()));
    }
  }

  private static Answer submit(Asked one, Submission now) throws InterruptedException {
    List<byte[]> proof = one.size == 0 ? List.of() : now.proof(one.size);
    return one.client.submit(new AddCheckpoint(one.size, proof, now.published().note()));
  }

  private @Nullable NoteSignature take(Asked one, Submission now, Answer answer) {
    String name = one.client.address().toString();
    switch (answer) {
      case Answer.Cosigned(NoteSignature signature) -> {
        one.size = now.published().checkpoint().size();
        one.failures = 0;
        return signature;
      }
      case Answer.OtherSize(long size) ->
          // Another node may have published meanwhile: then it is true once only.
          failed(
              one,
              one.failures == 0 ? Level.DEBUG : Level.ERROR,
              "witness "
                  + name
                  + " has cosigned this ledger at size "
                  + size
                  + ", and it is at "
                  + now.published().checkpoint().size()
                  + ": somebody runs an old copy of it, or a second one");
      case Answer.Refused(int status) ->
          failed(one, Level.ERROR, "witness " + name + " refuses: " + meaning(status));
      case Answer.Unavailable(String why) ->
          failed(one, Level.WARNING, "witness " + name + " cannot be asked: " + why);
    }
    return null;
  }

  private static String meaning(int status) {
    return switch (status) {
      case 403 -> "the key that signs the ledger's checkpoints is not the one it was given";
      case 404 -> "it does not know this ledger's origin";
      case 422 -> "the checkpoint does not continue the one that it has cosigned";
      default -> "it answers " + status;
    };
  }

  /// Said when it begins, not every time.
  private void failed(Asked one, Level level, String what) {
    int said = Objects.hash(level, what);
    if (one.failures == 0 || one.told != said) {
      LOG.log(level, what);
      one.told = said;
    }
    one.failures = Math.min(one.failures + 1, 30);
    one.notBeforeNanos =
        System.nanoTime()
            + Math.min(LONGEST_PAUSE_NANOS, TimeUnit.SECONDS.toNanos(1L << one.failures));
  }

  /// Ends; what is under way is given up. What is published and not cosigned yet will be after the
  /// next start.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      closed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    witnesses.forEach(one -> one.client.close());
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
