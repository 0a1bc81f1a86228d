package no.spor.tenancy;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import no.spor.ledger.Block;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.BlockHead;
import no.spor.ledger.Freshness;
import no.spor.ledger.LedgerStaleException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.tenancy.RegistryStore.Entry;
import no.spor.tenancy.RegistryStore.Mark;
import org.jspecify.annotations.Nullable;

/// Tenants, keys and catalogues as they follow from the ledger's flagged blocks, held in memory and
/// kept in a [RegistryStore] so that a start need not read them all.
///
/// [#start] it before the ledger is opened, and give it to the ledger as a [BlockFollower], after
/// the vault's if there is one: it opens payloads. A change is then visible here before its append
/// is acknowledged, and another node's with its block. Where a block cannot be followed (a payload
/// that cannot be opened), nothing is served until it can: each question tries again, and throws
/// [RegistryBehindException] meanwhile. Thread-safe.
public final class Registry implements BlockFollower, AutoCloseable {
  private static final Logger LOG = System.getLogger(Registry.class.getName());
  private static final int BLOCKS = 64;
  private static final long NONE = -1;

  private final RegistryStore store;
  private final ControlRecords records;
  private final Freshness freshness;
  private final RegistryState state = new RegistryState();
  private final ReentrantLock following = new ReentrantLock();
  private final List<Entry> unsaved = new ArrayList<>();
  private @Nullable LedgerStore ledger;
  private long block = NONE;
  private byte[] hash = new byte[0];
  private volatile boolean current;
  private volatile @Nullable RuntimeException obstacle;

  /// For the only node of a ledger.
  public Registry(RegistryStore store, DomainPayloads payloads) {
    this(store, payloads, Freshness.alone());
  }

  /// @param freshness the ledger's: a revoked key is taken for a living one no longer than its
  ///   limit
  public Registry(RegistryStore store, DomainPayloads payloads, Freshness freshness) {
    this.store = store;
    this.freshness = freshness;
    this.records = new ControlRecords(payloads);
  }

  /// Reads what is stored, or throws it away where it is not of this ledger, ahead of it or of
  /// another form; then catches up.
  ///
  /// @throws RuntimeException where the ledger's flagged blocks cannot be read or opened
  public void start(LedgerStore ledger) {
    following.lock();
    try {
      this.ledger = ledger;
      if (!load(ledger)) {
        forget();
      }
      catchUp(ledger);
    } finally {
      following.unlock();
    }
  }

  /// Throws the registry away and makes it anew from the ledger. Meanwhile nothing is served.
  public void rebuild() {
    following.lock();
    try {
      LedgerStore followed = started();
      current = false;
      forget();
      catchUp(followed);
    } finally {
      following.unlock();
    }
  }

  @Override
  public long next() {
    return lastBlock() + 1;
  }

  @Override
  public boolean controlOnly() {
    return true;
  }

  @Override
  public void committed(Block committed) {
    following.lock();
    try {
      if (ledger == null || committed.head().number() <= block) {
        return;
      }
      if (current) {
        follow(committed);
        keep();
      } else {
        catchUp(ledger);
      }
    } catch (RuntimeException e) {
      current = false;
      obstacle = e;
      LOG.log(
          Level.ERROR,
          "The registry cannot follow block "
              + committed.head().number()
              + "; nobody is let in until it can.",
          e);
    } finally {
      following.unlock();
    }
  }

  /// @return number of the last block followed; −1 for none
  public long lastBlock() {
    following.lock();
    try {
      return block;
    } finally {
      following.unlock();
    }
  }

  /// Keeps how far it has come. Does not close the store.
  @Override
  public void close() {
    following.lock();
    try {
      if (current && block > NONE) {
        save();
      }
      current = false;
    } finally {
      following.unlock();
    }
  }

  /// @throws RegistryBehindException where it has not caught up
  RegistryState state() {
    if (!current) {
      tryAgain();
    }
    try {
      freshness.require();
    } catch (LedgerStaleException e) {
      throw new RegistryBehindException(e);
    }
    return state;
  }

  private void tryAgain() {
    if (!following.tryLock()) {
      throw new RegistryBehindException(obstacle);
    }
    try {
      if (!current) {
        catchUp(started());
      }
    } catch (RuntimeException e) {
      obstacle = e;
      throw new RegistryBehindException(e);
    } finally {
      following.unlock();
    }
  }

  private LedgerStore started() {
    LedgerStore followed = ledger;
    if (followed == null) {
      throw new IllegalStateException("the registry was not started");
    }
    return followed;
  }

  /// @return whether what is stored is a former state of this ledger's registry
  private boolean load(LedgerStore followed) {
    Optional<Mark> mark = store.mark();
    if (mark.isEmpty()) {
      return false;
    }
    Mark stored = mark.get();
    List<BlockHead> heads = stored.block() < 0 ? List.of() : followed.heads(stored.block(), 1);
    boolean ours =
        stored.form() == RegistryEntries.FORM
            && stored.ledger().equals(followed.ledger())
            && heads.size() == 1
            && Arrays.equals(heads.getFirst().hash(), stored.hash());
    if (!ours) {
      LOG.log(Level.WARNING, "The registry is not of this ledger's history; it is rebuilt.");
      return false;
    }
    try {
      RegistryEntries.read(store.entries(), state);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "The registry cannot be read; it is rebuilt.", e);
      return false;
    }
    block = stored.block();
    hash = stored.hash();
    return true;
  }

  private void forget() {
    store.clear();
    state.clear();
    unsaved.clear();
    block = NONE;
    hash = new byte[0];
  }

  private void catchUp(LedgerStore followed) {
    Optional<BlockHead> newest = followed.newest();
    long end = newest.isEmpty() ? 0 : newest.get().number() + 1;
    List<Block> flagged;
    do {
      flagged = followed.controlBlocks(block + 1, end, BLOCKS);
      flagged.forEach(this::follow);
    } while (flagged.size() == BLOCKS);
    if (newest.isPresent() && newest.get().number() > block) {
      block = newest.get().number();
      hash = newest.get().hash();
    }
    if (block > NONE) {
      save();
    }
    obstacle = null;
    current = true;
  }

  private void follow(Block next) {
    if (next.head().control()) {
      for (ControlRecords.Happened happened : records.in(next)) {
        unsaved.add(RegistryEntries.write(state.apply(happened.event(), happened.at())));
      }
    }
    block = next.head().number();
    hash = next.head().hash();
  }

  private void keep() {
    if (!unsaved.isEmpty()) {
      save();
    }
  }

  /// Being behind on the disk is harmless: what is missing is followed anew at the next start.
  private void save() {
    try {
      store.save(
          List.copyOf(unsaved), new Mark(RegistryEntries.FORM, started().ledger(), block, hash));
      unsaved.clear();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "The registry could not be saved; it is tried again.", e);
    }
  }
}
