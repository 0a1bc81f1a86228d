package no.spor.rights;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import no.spor.ledger.Block;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.BlockHead;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.AccountClosing;
import no.spor.vault.KeyStore.Followed;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Lookup;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// Makes the key store a projection of the ledger: what a control record forgets is forgotten here,
/// however it came into the ledger, and again after the key store was put back from an older copy.
///
/// [#start] it before anything is served and before the ledger is opened, and give it to the ledger
/// as a [BlockFollower]. It does two things with each block: on the appender's thread it tells the
/// vault, so that before the next block nobody here seals or opens for someone who is erased; then
/// a thread of its own writes the key store, in the ledger's order, and tries again for as long as
/// that fails. [#awaitWritten] tells when. A crash between the two loses nothing: the next start
/// writes first. Thread-safe.
///
/// Where a block cannot be read (a fence that the key store cannot open now) [#committed] throws,
/// and the ledger takes no more: what came after could be of someone who is erased.
public final class KeyStoreFollower implements BlockFollower, AutoCloseable {
  private static final Logger LOG = System.getLogger(KeyStoreFollower.class.getName());
  private static final int BLOCKS = 64;
  private static final long NONE = -1;
  private static final long LONGEST_PAUSE_SECONDS = 60;

  /// Type of the record that says that a ledger was restored on purpose and goes on.
  public static final String LEDGER_CONTINUED = "spor.ledger-continued";

  /// Its tag that says what the key store had followed, where that is more than the ledger has.
  public static final String KEYS_FOLLOWED = "keys-followed";

  private record Step(BlockHead head, List<Forgetting> forgettings) {}

  private final KeyStore keys;
  private final Vault vault;
  private final ForgettingReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Step> waiting = new ArrayDeque<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, LongAdder> expired = new ConcurrentHashMap<>();
  private final Thread writer;
  private @Nullable UUID ledger;
  private boolean closing;

  /// What the key store has followed of a history that is lost; null where the ledger has it all.
  private volatile @Nullable Followed ahead;

  /// Number of the last block that the vault was told of.
  private long told = NONE;

  /// Every control record below this position is in the key store.
  private volatile long durable;

  public KeyStoreFollower(KeyStore keys, Vault vault, DomainPayloads payloads) {
    this.keys = keys;
    this.vault = vault;
    this.reader = new ForgettingReader(vault, payloads);
    this.writer = Thread.ofPlatform().name("key-store-follower").daemon().unstarted(this::write);
  }

  /// Writes what the key store has not followed yet. When this returns, it has forgotten all that
  /// the ledger says up to its newest block.
  ///
  /// @throws ForeignHistoryException where what the key store has followed is not in this ledger
  public void start(LedgerStore blocks) {
    start(blocks, Optional::empty);
  }

  /// The same for a ledger that was perhaps restored on purpose to an earlier point, while the key
  /// store was kept. Then the key store goes on with it from the record that says so
  /// ([#LEDGER_CONTINUED], with the tag [#KEYS_FOLLOWED] of [#ahead]), which is to be appended
  /// before anything else; until then it forgets what the ledger says, once more, and moves no
  /// further.
  ///
  /// @param continuedUnder the present verifier key, where it began a new origin
  public void start(LedgerStore blocks, Supplier<Optional<String>> continuedUnder) {
    UUID id = blocks.ledger();
    long from = followed(blocks, continuedUnder) + 1;
    Optional<BlockHead> newest = blocks.newest();
    long end = newest.isEmpty() ? 0 : newest.get().number() + 1;
    List<Block> flagged;
    do {
      flagged = blocks.controlBlocks(from, end, BLOCKS);
      for (Block block : flagged) {
        BlockReader.checkHash(block);
        List<Forgetting> forgettings = reader.in(block);
        forgettings.forEach(this::tell);
        forgettings.forEach(one -> apply(id, block.head(), one));
        from = block.head().number() + 1;
      }
      if (!flagged.isEmpty() && ahead == null) {
        follow(id, flagged.getLast().head());
      }
    } while (flagged.size() == BLOCKS);
    newest.ifPresent(head -> {
      if (ahead == null) {
        follow(id, head);
      }
      told = head.number();
      durable = head.endPosition();
    });
    ledger = id;
    writer.start();
  }

  /// @return number of the last block that the key store has followed
  private long followed(LedgerStore blocks, Supplier<Optional<String>> continuedUnder) {
    Optional<Followed> followed = keys.followed(blocks.ledger());
    if (followed.isEmpty()) {
      return NONE;
    }
    Followed known = followed.get();
    List<BlockHead> heads = blocks.heads(known.block(), 1);
    if (!heads.isEmpty() && Arrays.equals(heads.getFirst().hash(), known.hash())) {
      return known.block();
    }
    Optional<String> key = continuedUnder.get();
    if (key.isEmpty()) {
      throw foreign(known, heads.isEmpty());
    }
    Optional<Forgetting.LedgerContinued> said = continuation(blocks, key.get());
    if (said.isPresent() && !named(known).equals(said.get().followed())) {
      throw foreign(known, heads.isEmpty());
    }
    ahead = known;
    return NONE;
  }

  /// @return the record that says that the ledger goes on under this key
  private Optional<Forgetting.LedgerContinued> continuation(LedgerStore blocks, String vkey) {
    long end = blocks.newest().map(head -> head.number() + 1).orElse(0L);
    long from = 0;
    List<Block> flagged;
    do {
      flagged = blocks.controlBlocks(from, end, BLOCKS);
      for (Block block : flagged) {
        for (Forgetting one : reader.in(block)) {
          if (one instanceof Forgetting.LedgerContinued record && record.vkey().equals(vkey)) {
            return Optional.of(record);
          }
        }
        from = block.head().number() + 1;
      }
    } while (flagged.size() == BLOCKS);
    return Optional.empty();
  }

  private static ForeignHistoryException foreign(Followed known, boolean shorter) {
    return new ForeignHistoryException(
        (shorter
                ? "the key store has followed the ledger up to block "
                    + known.block()
                    + ", which this ledger does not have: an older copy of the ledger was put in place"
                : "the key store has followed another history: its block "
                    + known.block()
                    + " is not this ledger's")
            + ". Put back the newest ledger; if it was restored on purpose and nothing newer is left,"
            + " let it go on under a new origin: ops/spor ledger continue");
  }

  /// @return how a record names what a key store had followed
  private static String named(Followed followed) {
    return followed.block() + "/" + HexFormat.of().formatHex(followed.hash());
  }

  /// @return what the key store has followed of a history that the ledger has lost, as the tag
  ///   [#KEYS_FOLLOWED] has it; empty where the ledger has all of it
  public Optional<String> ahead() {
    return Optional.ofNullable(ahead).map(KeyStoreFollower::named);
  }

  @Override
  public long next() {
    return told + 1;
  }

  @Override
  public boolean controlOnly() {
    return true;
  }

  @Override
  public void committed(Block block) {
    if (block.head().number() <= told) {
      return;
    }
    List<Forgetting> forgettings = reader.in(block);
    forgettings.forEach(this::tell);
    told = block.head().number();
    lock.lock();
    try {
      waiting.add(new Step(block.head(), forgettings));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// @return every control record below this position is durable in the key store
  public long durable() {
    return durable;
  }

  /// Waits until what the control records that were appended before this call destroy is gone from
  /// the key store.
  ///
  /// @return whether it is; else the key store cannot be written now, and it is tried further
  public boolean awaitWritten(Duration atMost) {
    lock.lock();
    try {
      long wanted = waiting.isEmpty() ? 0 : waiting.peekLast().head().endPosition();
      long nanosLeft = atMost.toNanos();
      while (durable < wanted && nanosLeft > 0 && !closing) {
        nanosLeft = changed.awaitNanos(nanosLeft);
      }
      return durable >= wanted;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// @return how many keys of days were destroyed since this was made, by retention class
  public Map<String, Long> expired() {
    Map<String, Long> counts = new HashMap<>();
    expired.forEach((retention, count) -> counts.put(retention, count.sum()));
    return counts;
  }

  /// @param woken told, on the writer's thread, whenever [#durable] has moved; returns at once
  void onWritten(Runnable woken) {
    listeners.add(woken);
  }

  /// Writes what waits, once, and stops. What could not be written is written at the next start.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Forgetting forgetting) {
    switch (forgetting) {
      case Forgetting.Person person -> {
        Lookup fence = person.fence();
        if (fence != null) {
          vault.fenced(new PersonRef(person.tenant(), fence), person.position());
        }
        UUID id = person.person();
        if (id != null) {
          vault.forgotten(id);
        }
      }
      case Forgetting.Account account -> vault.accountClosed(account.person(), account.position());
      case Forgetting.Period period -> vault.expired(period.series(), period.firstKept());
      case Forgetting.Permission permission -> {
        // no key stands in the way: the key store's own answer changes
      }
      case Forgetting.Loss loss -> {
        // nothing is lost in memory before the key store has taken over
      }
      case Forgetting.LedgerContinued continued -> {
        // what was forgotten stays forgotten
      }
    }
  }

  private void apply(UUID id, BlockHead head, Forgetting forgetting) {
    switch (forgetting) {
      case Forgetting.Person person ->
          vault.erase(
              new Vault.Forget(
                  person.job(),
                  person.tenant(),
                  person.person(),
                  person.fence(),
                  person.position(),
                  person.at()));
      case Forgetting.Account account ->
          vault.closeAccount(
              new AccountClosing(
                  account.job(),
                  account.tenant(),
                  account.person(),
                  account.position(),
                  account.at().toEpochMilli()));
      case Forgetting.Permission permission ->
          keys.permit(permission.person(), permission.notBeforeMillis(), permission.position());
      case Forgetting.Period period ->
          expired
              .computeIfAbsent(period.series().retention(), retention -> new LongAdder())
              .add(keys.expire(period.series(), period.firstKept()));
      case Forgetting.Loss loss -> vault.acceptLoss(loss.store(), loss.generation());
      case Forgetting.LedgerContinued continued -> {
        Followed known = ahead;
        if (known != null && named(known).equals(continued.followed())) {
          keys.followAnew(id, new Followed(head.number(), head.hash()), continued.position());
          ahead = null;
        }
      }
    }
  }

  private void follow(UUID id, BlockHead head) {
    keys.follow(id, new Followed(head.number(), head.hash()));
  }

  private void write() {
    long pauseSeconds = 0;
    for (Step step = next(pauseSeconds); step != null; step = next(pauseSeconds)) {
      try {
        UUID id = Objects.requireNonNull(ledger);
        for (Forgetting one : step.forgettings()) {
          apply(id, step.head(), one);
        }
        if (ahead == null) {
          follow(id, step.head());
        }
        written(step);
        pauseSeconds = 0;
      } catch (RuntimeException e) {
        pauseSeconds = Math.clamp(2 * pauseSeconds, 1, LONGEST_PAUSE_SECONDS);
        LOG.log(
            Level.ERROR,
            "The key store cannot be written: what block "
                + step.head().number()
                + " forgets is refused here, but stands in the store; it is tried again.",
            e);
      }
    }
  }

  /// @param pauseSeconds how long to wait before a step that failed is tried again
  /// @return the first step that is not written; null where there is no more to do
  private @Nullable Step next(long pauseSeconds) {
    lock.lock();
    try {
      long nanosLeft = TimeUnit.SECONDS.toNanos(pauseSeconds);
      while (nanosLeft > 0 && !closing) {
        nanosLeft = changed.awaitNanos(nanosLeft);
      }
      if (pauseSeconds > 0 && closing) {
        return null;
      }
      while (waiting.isEmpty() && !closing) {
        changed.await();
      }
      return waiting.peekFirst();
    } catch (InterruptedException e) {
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void written(Step step) {
    lock.lock();
    try {
      waiting.removeFirst();
      durable = step.head().endPosition();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    listeners.forEach(Runnable::run);
  }
}
