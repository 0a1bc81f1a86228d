package no.spor.rights;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import no.spor.activity.TimelineStore;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.Commands;
import no.spor.rights.RightsCommand.Complete;
import no.spor.rights.RightsCommand.CountParts;
import no.spor.rights.RightsCommand.CountUnclaimed;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.Pseudonym;
import org.jspecify.annotations.Nullable;

/// Completes erasures, in the background: when the keys are gone, scrubs the views, counts the
/// person's parts and records the count, drops the parts, deletes the job with its pseudonyms, and
/// records the completion once caches have expired on every node and the erasure's record is under
/// a published checkpoint.
///
/// Each step can be done again, and what is left of an erasure is told by the key store's jobs and
/// by the ledger, so that a crash at any point loses nothing: the next start goes on. Several nodes
/// may do the same at once. Thread-safe.
///
/// Where the ledger was put back to an earlier point and the keys were kept, what came back of
/// people who are erased has no job; it is looked for once ([UnclaimedParts]).
///
/// The count is recorded before the first part is dropped, and once: what a verifier finds missing
/// is never more than what stands recorded.
public final class ErasureCompletion implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ErasureCompletion.class.getName());
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration LATER = Duration.ofSeconds(30);
  private static final long LONGEST_PAUSE_SECONDS = 60;

  /// What it works on.
  ///
  /// @param blocks the ledger's store
  /// @param view the timeline's view
  /// @param viewApplied every record below this position is in the view
  /// @param published size of the ledger under the newest published checkpoint
  /// @param horizon when the next rotation of epochs kills older copies of the keys; null where
  ///   none is planned
  /// @param kept remembers beside the ledger what was looked for once
  /// @param freshness for how long a node may go on with what it knew of a key store
  public record Stores(
      Ledger ledger,
      LedgerStore blocks,
      KeyStore keys,
      TimelineStore view,
      LongSupplier viewApplied,
      LongSupplier published,
      Supplier<@Nullable Instant> horizon,
      RetentionStore kept,
      Duration freshness) {}

  private final Commands commands;
  private final Stores stores;
  private final KeyStoreFollower follower;
  private final ErasureRegister register;
  private final OwnerlessPseudonyms ownerless;
  private final ForgottenAgain again;
  private final Map<String, Long> goneSinceNanos = new HashMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final RecurringWork work;
  private final UnclaimedParts unclaimed;

  /// Jobs of [#unclaimed] that views are to leave out until they are done.
  private volatile List<Job> nobodys = List.of();

  /// @param ownerless shared with what fills the views
  public ErasureCompletion(
      Commands commands,
      Stores stores,
      KeyStoreFollower follower,
      ErasureRegister register,
      OwnerlessPseudonyms ownerless,
      ForgottenAgain again) {
    this.commands = commands;
    this.stores = stores;
    this.follower = follower;
    this.register = register;
    this.ownerless = ownerless;
    this.again = again;
    this.unclaimed = new UnclaimedParts(stores.blocks, stores.keys, stores.kept);
    this.work = new RecurringWork("erasure-completion", this::run);
  }

  /// Tells the views what is ownerless: before they are filled.
  public void tellViews() {
    tellViews(open());
  }

  private void tellViews(List<Job> open) {
    List<Job> all = new ArrayList<>(open);
    all.addAll(nobodys);
    ownerless.are(all);
  }

  /// Begins, when commands can be sent.
  public void start() {
    follower.onWritten(this::wake);
    work.start();
  }

  private Duration run() {
    try {
      Duration pause = pass() ? LATER : SOON;
      failures.set(0);
      return pause;
    } catch (RuntimeException e) {
      int count = failures.incrementAndGet();
      if (!(e instanceof CancellationException && work.isClosing())) {
        LOG.log(Level.ERROR, "Erasures cannot be completed now; it is tried again.", e);
      }
      return Duration.ofSeconds(Math.min(LONGEST_PAUSE_SECONDS, 1L << Math.min(count, 6)));
    }
  }

  private void wake() {
    if (failures.get() == 0) {
      work.wake();
    }
  }

  /// @return whether nothing is left to do
  boolean pass() {
    again.say();
    boolean claimed = dropUnclaimed();
    List<Job> open = open();
    tellViews(open);
    List<Job> ready =
        open.stream().filter(job -> stores.viewApplied().getAsLong() > job.position()).toList();
    if (!ready.isEmpty()) {
      clean(ready);
      tellViews(open());
    }
    return complete() && claimed && ready.size() == open.size();
  }

  /// Jobs of which the ledger knows; there are no others but in a key store that is ahead.
  private List<Job> open() {
    return stores.keys().jobs().stream()
        .filter(job -> register.find(job.id().toString(), one -> one.id).isPresent())
        .toList();
  }

  /// Counts and drops what is nobody's any more after the ledger was put back, once.
  ///
  /// @return whether nothing is left to look for
  private boolean dropUnclaimed() {
    long continuedAt = register.continuedAt();
    if (!unclaimed.mayBe(continuedAt)) {
      return true;
    }
    if (stores.viewApplied().getAsLong() <= continuedAt) {
      return false;
    }
    if (nobodys.isEmpty()) {
      nobodys = unclaimed.find(continuedAt, work::isClosing);
      tellViews();
    }
    PartSearch search = new PartSearch(nobodys);
    search.search(stores.blocks(), continuedAt, work::isClosing);
    for (Job job : nobodys) {
      commands.send(
          new CountUnclaimed(job.id().toString(), job.tenant(), search.of(job.id()), forget(job)));
      search.drop(job.id(), stores.ledger(), work::isClosing);
    }
    if (!nobodys.isEmpty()) {
      stores.blocks().reclaim();
    }
    if (scrubbed(nobodys).size() < nobodys.size()) {
      return false; // the view is built anew meanwhile
    }
    unclaimed.done(continuedAt);
    nobodys = List.of();
    return true;
  }

  private void clean(List<Job> jobs) {
    Map<UUID, Long> views = new HashMap<>();
    long end = 0;
    for (Job job : jobs) {
      views.put(job.id(), forget(job));
      end = Math.max(end, job.position());
    }
    PartSearch search = new PartSearch(jobs);
    search.search(stores.blocks(), end, work::isClosing);
    boolean dropped = false;
    for (Job job : jobs) {
      PartsFound found = search.of(job.id());
      commands.send(
          new CountParts(job.id().toString(), found, Objects.requireNonNull(views.get(job.id()))));
      search.drop(job.id(), stores.ledger(), work::isClosing);
      dropped |= found.parts() > 0;
    }
    if (dropped) {
      stores.blocks().reclaim();
    }
    stores.keys().finish(scrubbed(jobs).stream().map(Job::id).toList());
  }

  /// The view may be built anew meanwhile, from parts that were read before they were dropped: a
  /// job is finished when the view stands beyond it and was scrubbed after that. Who builds it from
  /// now on finds no such parts.
  ///
  /// @return those that nothing in the view leads to any more
  private List<Job> scrubbed(List<Job> jobs) {
    List<Job> clean = new ArrayList<>();
    for (Job job : jobs) {
      if (stores.viewApplied().getAsLong() > job.position()) {
        forget(job);
        clean.add(job);
      }
    }
    return clean;
  }

  private long forget(Job job) {
    List<byte[]> pseudonyms = job.pseudonyms().stream().map(Pseudonym::bytes).toList();
    return pseudonyms.isEmpty() ? 0 : stores.view().forget(job.tenant(), pseudonyms);
  }

  /// @return whether nothing is left to complete
  private boolean complete() {
    long durable = follower.durable(); // first: what is written later may have left a job
    List<UUID> jobs = stores.keys().jobs().stream().map(Job::id).toList();
    record Candidate(String id, long position) {}
    List<Candidate> candidates =
        register.list(
            one -> one.lastPosition >= 0 && one.completion == null,
            one -> new Candidate(one.id, one.lastPosition));
    List<String> waiting = new ArrayList<>();
    for (Candidate one : candidates) {
      long since =
          one.position() < durable
              ? goneSinceNanos.computeIfAbsent(one.id(), id -> System.nanoTime())
              : Long.MAX_VALUE;
      boolean expired =
          since != Long.MAX_VALUE && System.nanoTime() - since >= stores.freshness().toNanos();
      if (expired
          && !jobs.contains(UUID.fromString(one.id()))
          && stores.published().getAsLong() > one.position()) {
        complete(one.id());
        goneSinceNanos.remove(one.id());
      } else {
        waiting.add(one.id());
      }
    }
    goneSinceNanos.keySet().retainAll(waiting);
    return waiting.isEmpty();
  }

  private void complete(String erasure) {
    Instant ends = stores.horizon().get();
    String horizon = ends == null ? null : ends.toString();
    UUID id = stores.blocks().ledger();
    Optional<String> statement =
        register
            .find(
                erasure,
                one ->
                    one.request
                        ? Optional.of(ErasureStatement.of(id, one, horizon))
                        : Optional.<String>empty())
            .flatMap(one -> one);
    commands.send(
        new Complete(erasure, horizon, statement.map(ErasureStatement::hash).orElse(null)));
  }

  /// Stops; what is under way goes on at the next start.
  @Override
  public void close() {
    work.close();
  }
}
