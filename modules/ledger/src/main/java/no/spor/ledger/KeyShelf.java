package no.spor.ledger;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tables that are written no more, and the runs they become. Two background threads, alive only
/// while there is something to do: one writes tables as runs, one merges runs of like size, four at
/// a time, so that few are left to look into. Thread-safe.
///
/// A run counts from the moment that the manifest names it; before, and once it is merged, its file
/// is left over. So a crash at any moment leaves what the manifest says.
final class KeyShelf {
  private static final Logger LOG = System.getLogger(KeyShelf.class.getName());
  private static final int MOST_FROZEN = 2;
  private static final int MERGED_AT_ONCE = 4;
  private static final long SMALLEST_TIER = 1 << 14;

  private final Path directory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private KeyManifest manifest;
  private long nextNumber;
  private boolean writing;
  private boolean merging;
  private boolean closing;
  private @Nullable IOException failure;

  // Changed under the lock; read without. A table goes to `runs` before it leaves `frozen`.
  private volatile List<Frozen> frozen = List.of();
  private volatile List<Shelved> runs;

  /// A table, and how far the keys go with it.
  record Frozen(KeyTable table, long blocks, byte[] lastHash, Map<String, Long> nextSequences) {}

  private record Shelved(KeyRun run, KeyManifest.RunFile file) {}

  KeyShelf(Path directory, KeyManifest manifest) throws IOException {
    this.directory = directory;
    this.manifest = manifest;
    var opened = new ArrayList<Shelved>();
    for (var file : manifest.runs()) {
      opened.add(new Shelved(KeyRun.open(file.in(directory)), file));
      nextNumber = Math.max(nextNumber, file.number() + 1);
    }
    runs = List.copyOf(opened);
  }

  long find(long fingerprint, LongPredicate isIt) {
    for (var one : frozen) {
      long position = one.table().find(fingerprint, isIt);
      if (position >= 0) {
        return position;
      }
    }
    for (var one : runs) {
      long position = one.run().find(fingerprint, isIt);
      if (position >= 0) {
        return position;
      }
    }
    return -1;
  }

  /// Takes a table over. Waits while too many tables are on their way to the disk.
  void freeze(Frozen table) {
    lock.lock();
    try {
      while (frozen.size() >= MOST_FROZEN && failure == null) {
        changed.awaitUninterruptibly();
      }
      var all = new ArrayList<>(frozen);
      all.add(table);
      frozen = List.copyOf(all);
      startWriting();
    } finally {
      lock.unlock();
    }
  }

  /// @throws LedgerStoreException while tables cannot be written and memory would grow; tries again
  void checkWritable() {
    if (frozen.size() < MOST_FROZEN) {
      return;
    }
    lock.lock();
    try {
      var before = failure;
      if (before != null) {
        startWriting();
        throw new LedgerStoreException("the recorded keys cannot be written", before);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Writes what is frozen, gives merging up.
  void close() {
    lock.lock();
    try {
      closing = true;
      while (writing || merging) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void startWriting() {
    if (!writing && !frozen.isEmpty()) {
      writing = true;
      Thread.ofPlatform().name("recorded-keys-write").daemon().start(this::writeFrozen);
    }
  }

  private void writeFrozen() {
    try {
      for (var next = nextFrozen(); next != null; next = nextFrozen()) {
        write(next);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "recorded keys cannot be written; tried again later", e);
      lock.lock();
      try {
        failure = e instanceof IOException io ? io : new IOException(e);
        writing = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private @Nullable Frozen nextFrozen() {
    lock.lock();
    try {
      if (!frozen.isEmpty()) {
        return frozen.getFirst();
      }
      writing = false;
      changed.signalAll();
      startMerging();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void write(Frozen table) throws IOException {
    Shelved added = null;
    if (table.table().count() > 0) {
      var file = newFile();
      var path = file.in(directory);
      var run = whole(path, () -> KeyRunWriter.write(path, table.table()));
      added = new Shelved(run, new KeyManifest.RunFile(file.number(), run.checksum()));
    }
    lock.lock();
    try {
      var all = new ArrayList<>(runs);
      if (added != null) {
        all.add(added);
      }
      replace(all, table.blocks(), table.lastHash(), table.nextSequences());
      frozen = frozen.subList(1, frozen.size());
      failure = null;
      changed.signalAll();
      startMerging();
    } finally {
      lock.unlock();
    }
  }

  private interface Writing {
    KeyRun run() throws IOException;
  }

  /// Leaves nothing behind of a run that cannot be written.
  private static KeyRun whole(Path file, Writing writing) throws IOException {
    try {
      return writing.run();
    } catch (IOException e) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private KeyManifest.RunFile newFile() {
    lock.lock();
    try {
      return new KeyManifest.RunFile(nextNumber++, 0);
    } finally {
      lock.unlock();
    }
  }

  /// Makes these the runs, in the manifest first.
  private void replace(
      List<Shelved> all, long blocks, byte[] lastHash, Map<String, Long> nextSequences)
      throws IOException {
    var next =
        new KeyManifest(
            manifest.ledger(),
            manifest.secret0(),
            manifest.secret1(),
            blocks,
            lastHash,
            nextSequences,
            all.stream().map(Shelved::file).toList());
    next.write(directory);
    manifest = next;
    runs = List.copyOf(all);
  }

  private void startMerging() {
    if (!merging && !closing && !mergeable().isEmpty()) {
      merging = true;
      Thread.ofPlatform().name("recorded-keys-merge").daemon().start(this::mergeAll);
    }
  }

  private List<Shelved> mergeable() {
    var tiers = runs.stream().collect(Collectors.groupingBy(one -> tier(one.run().count())));
    for (var tier : tiers.values()) {
      if (tier.size() >= MERGED_AT_ONCE) {
        return tier;
      }
    }
    return List.of();
  }

  private static int tier(long count) {
    int tier = 0;
    for (long most = SMALLEST_TIER; count > most; most *= MERGED_AT_ONCE) {
      tier++;
    }
    return tier;
  }

  private void mergeAll() {
    try {
      while (true) {
        List<Shelved> next;
        lock.lock();
        try {
          next = closing ? List.of() : mergeable();
          if (next.isEmpty()) {
            merging = false;
            changed.signalAll();
            return;
          }
        } finally {
          lock.unlock();
        }
        merge(next);
      }
    } catch (IOException | RuntimeException e) {
      lock.lock();
      try {
        if (!closing) {
          LOG.log(Level.WARNING, "recorded keys cannot be merged; tried again later", e);
        }
        merging = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void merge(List<Shelved> merged) throws IOException {
    var file = newFile();
    var sources = merged.stream().map(Shelved::run).toList();
    var path = file.in(directory);
    var run = whole(path, () -> KeyRunWriter.merge(path, sources, this::isClosing));
    var whole = new Shelved(run, new KeyManifest.RunFile(file.number(), run.checksum()));
    lock.lock();
    try {
      var all = new ArrayList<>(runs);
      all.removeAll(new HashSet<>(merged));
      all.addFirst(whole);
      replace(all, manifest.blocks(), manifest.lastHash(), manifest.nextSequences());
    } finally {
      lock.unlock();
    }
    for (var old : merged) {
      Files.delete(old.file().in(directory));
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
}
