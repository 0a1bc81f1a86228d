package no.spor.ledger.tree;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import no.spor.ledger.Block;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointSigner;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.InconsistentLedgerException;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import org.jspecify.annotations.Nullable;

/// Integrates a ledger's entries into its tree, and signs and publishes checkpoints.
///
/// Open it before the ledger, with which it is then told of each block, and close it after: so that
/// no append is taken of a ledger that does not continue what was published, and the last
/// checkpoint covers all. Thread-safe.
///
/// *Published*: under a signed checkpoint in the [CheckpointStore]; no crash takes it back. Several
/// nodes may publish the same ledger: compare-and-set lets one be first, and every node holds what
/// another has published against its own tree before it goes on. Where that fails nothing is signed
/// any more, and the ledger takes no more appends.
public final class Publisher implements BlockFollower, AutoCloseable {
  private static final Logger LOG = System.getLogger(Publisher.class.getName());

  private final TreeIntegrator integrator;
  private final CheckpointStore checkpoints;
  private final CheckpointSigner signer;
  private final PublisherOptions options;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Waiter> waiters = new ArrayList<>();
  private boolean woken = true;
  private boolean closing;

  private volatile PublishedHead head;
  private volatile @Nullable RuntimeException failure;

  private record Waiter(long position, CompletableFuture<PublishedHead> future) {}

  private Publisher(
      LedgerStore entries,
      TileStore tiles,
      CheckpointStore checkpoints,
      CheckpointSigner signer,
      PublisherOptions options) {
    this.integrator = new TreeIntegrator(entries, tiles);
    this.checkpoints = checkpoints;
    this.signer = signer;
    this.options = options;
    this.head = begin();
    this.thread = Thread.ofPlatform().name("ledger-publisher").daemon().unstarted(this::run);
  }

  /// Opens: proves the ledger consistent with what was published last, takes in what has come
  /// since, and publishes where nothing was published under this origin yet.
  ///
  /// @throws InconsistentLedgerException where the ledger does not continue what was published, or
  ///   what others have seen of it
  /// @throws LedgerStoreException where a store cannot be read or written
  public static Publisher open(
      LedgerStore entries,
      TileStore tiles,
      CheckpointStore checkpoints,
      CheckpointSigner signer,
      PublisherOptions options) {
    var publisher = new Publisher(entries, tiles, checkpoints, signer, options);
    publisher.thread.start();
    return publisher;
  }

  /// @return what is published and the tree it covers: other nodes' checkpoints as far as this one
  ///   has seen them
  public PublishedHead head() {
    return head;
  }

  /// @return what was published last
  public Published published() {
    return head.published();
  }

  /// @return number of entries that are published
  public long publishedSize() {
    return head.size();
  }

  /// @return why nothing is published any more; empty where all is well
  public Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure);
  }

  /// @return completes when the entry at `position` is published; exceptionally where it will not
  ///   be by this publisher. What depends on it must be asynchronous or short
  public CompletableFuture<PublishedHead> awaitPublished(long position) {
    lock.lock();
    try {
      var refusal = failure != null ? failure : closing ? closed() : null;
      if (head.size() > position) {
        return CompletableFuture.completedFuture(head);
      }
      if (refusal != null) {
        return CompletableFuture.failedFuture(refusal);
      }
      var waiter = new Waiter(position, new CompletableFuture<>());
      waiters.add(waiter);
      return waiter.future().copy();
    } finally {
      lock.unlock();
    }
  }

  /// A block stands: there is something to publish.
  @Override
  public void committed(Block block) {
    var broken = failure;
    if (broken != null) {
      throw broken;
    }
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Publishes what stands, as far as that can be done, and ends.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private PublishedHead begin() {
    var newest = checkpoints.newest().orElse(null);
    if (newest == null || !isOwn(newest)) {
      requireMayFollow(newest);
      integrator.begin(null);
      requireContinuesSeen();
      var first = publish(newest == null ? null : newest.checkpoint());
      return first != null ? first : beginAgain();
    }
    integrator.begin(newest.checkpoint());
    requireContinuesSeen();
    return new PublishedHead(newest, integrator.treeOf(newest.checkpoint()));
  }

  /// Before anything is signed.
  private void requireContinuesSeen() {
    for (var seen : options.seen()) {
      if (seen.checkpoint().origin().equals(signer.origin())) {
        integrator.requireContinues(seen);
      }
    }
  }

  /// Another node was first.
  private PublishedHead beginAgain() {
    var newest =
        checkpoints
            .newest()
            .filter(this::isOwn)
            .orElseThrow(() -> new LedgerStoreException("other nodes publish at once", null));
    integrator.begin(newest.checkpoint());
    return new PublishedHead(newest, integrator.treeOf(newest.checkpoint()));
  }

  private void requireMayFollow(@Nullable Published newest) {
    if (newest != null && !newest.checkpoint().origin().equals(signer.predecessor())) {
      throw new InconsistentLedgerException(
          "Checkpoints were published under the origin "
              + newest.checkpoint().origin()
              + ", but the ledger's key is of "
              + signer.origin()
              + ", which does not continue it. Put back the key, or the checkpoints, that belong to"
              + " this ledger.");
    }
  }

  private boolean isOwn(Published published) {
    return published.checkpoint().origin().equals(signer.origin());
  }

  private void run() {
    int attempts = 0;
    boolean failing = false;
    while (awaitWork()) {
      try {
        step();
        failing = false;
      } catch (LedgerStoreException | LedgerOutcomeUnknownException e) {
        if (!failing) {
          LOG.log(Level.WARNING, "nothing can be published now: " + e.getMessage());
        }
        failing = true;
      } catch (RuntimeException | Error e) {
        fail(e);
        return;
      }
      if (isClosing() && (!failing || ++attempts == options.lastAttempts())) {
        finish(failing);
        return;
      }
      pause(failing);
    }
  }

  /// Takes in what stands and publishes it, or takes note that another node has.
  private void step() {
    integrator.integrate();
    while (integrator.size() > head.size()) {
      var before = head.published().checkpoint();
      var next = publish(before);
      if (next != null) {
        become(next);
        return;
      }
      var newest = checkpoints.newest().orElse(null);
      if (newest == null || !isOwn(newest) || newest.checkpoint().size() < before.size()) {
        throw new InconsistentLedgerException(
            "What was published is not in the checkpoint store any more: somebody put another in its"
                + " place, or continues the ledger under another origin.");
      }
      integrator.integrate();
      if (newest.checkpoint().size() > integrator.size()) {
        throw new LedgerStoreException("more is published than the store shows", null);
      }
      become(new PublishedHead(newest, integrator.treeOf(newest.checkpoint())));
    }
  }

  /// @param previous what has been proven consistent with the tree
  /// @return what is published now; null where another node was first
  private @Nullable PublishedHead publish(@Nullable Checkpoint previous) {
    var tree = integrator.tree();
    var checkpoint = new Checkpoint(signer.origin(), tree.size(), tree.root(tree.size()));
    var published = new Published(checkpoint, signer.sign(checkpoint), options.clock().millis());
    return checkpoints.publish(previous, published) ? new PublishedHead(published, tree) : null;
  }

  private void become(PublishedHead next) {
    var due = new ArrayList<Waiter>();
    lock.lock();
    try {
      head = next;
      for (var waiter : waiters) {
        if (waiter.position() < next.size()) {
          due.add(waiter);
        }
      }
      waiters.removeAll(due);
    } finally {
      lock.unlock();
    }
    due.forEach(waiter -> waiter.future().complete(next));
  }

  /// Waits until something stands that is not published.
  ///
  /// @return false where this thread is to end
  private boolean awaitWork() {
    lock.lock();
    try {
      while (!woken) {
        changed.await();
      }
      woken = false;
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the next checkpoint may come.
  ///
  /// @param again whether there is work whatever happens meanwhile
  private void pause(boolean again) {
    lock.lock();
    try {
      woken |= again;
      long nanos = options.interval().toNanos();
      if (closing) {
        changed.await(nanos, TimeUnit.NANOSECONDS);
      }
      while (nanos > 0 && !closing) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private void finish(boolean failing) {
    if (failing) {
      LOG.log(
          Level.WARNING, "the last entries are not published; they will be after the next start");
    }
    failWaiters(closed());
  }

  private void fail(Throwable e) {
    LOG.log(Level.ERROR, "nothing more is published: " + e.getMessage(), e);
    var broken =
        e instanceof RuntimeException runtime ? runtime : new IllegalStateException("failed", e);
    failure = broken;
    failWaiters(broken);
  }

  private void failWaiters(RuntimeException reason) {
    List<Waiter> left;
    lock.lock();
    try {
      left = List.copyOf(waiters);
      waiters.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(waiter -> waiter.future().completeExceptionally(reason));
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the publisher is closed");
  }
}
