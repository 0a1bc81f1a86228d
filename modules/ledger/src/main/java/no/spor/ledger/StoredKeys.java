package no.spor.ledger;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// [RecordedKeys] in a directory: the newest keys in a [KeyTable], the rest on a [KeyShelf].
///
/// Of a key 48 bits of a keyed hash are kept, so a hit may be another record's; therefore every
/// candidate is asked for its key, and the search goes on until one is the right one.
final class StoredKeys implements RecordedKeys {
  private static final Logger LOG = System.getLogger(StoredKeys.class.getName());

  private final Path directory;
  private final SecureRandom random;
  private final int keysInMemory;
  private final int fingerprintBits;

  private volatile @Nullable Bound bound;

  StoredKeys(Path directory, SecureRandom random, int keysInMemory) {
    this(directory, random, keysInMemory, KeyRun.FINGERPRINT_BITS);
  }

  /// @param fingerprintBits how many of a fingerprint's bits may differ: few for tests
  StoredKeys(Path directory, SecureRandom random, int keysInMemory, int fingerprintBits) {
    this.directory = directory;
    this.random = random;
    this.keysInMemory = keysInMemory;
    this.fingerprintBits = fingerprintBits;
  }

  @Override
  public Covered bind(UUID ledger, Source source) {
    if (bound != null) {
      throw new IllegalStateException("bound already");
    }
    FileChannel lock = null;
    try {
      Files.createDirectories(directory);
      lock = lock();
      var manifest = readable(ledger, source);
      if (manifest == null) {
        manifest = fresh(ledger);
        deleteAllBut(List.of());
        manifest.write(directory);
      }
      deleteAllBut(manifest.runs());
      bound = new Bound(source, new KeyShelf(directory, manifest), lock, hash(manifest));
      return new Covered(manifest.blocks(), manifest.nextSequences());
    } catch (IOException e) {
      close(lock);
      throw new LedgerStoreException("the recorded keys cannot be opened", e);
    }
  }

  private ToLongFunction<RecordKey> hash(KeyManifest manifest) {
    var hash = new SipHash(manifest.secret0(), manifest.secret1());
    return key ->
        hash.hash(key.high(), key.low())
            >>> Long.SIZE - fingerprintBits
            << KeyRun.FINGERPRINT_BITS - fingerprintBits;
  }

  private KeyManifest fresh(UUID ledger) {
    return new KeyManifest(
        ledger, random.nextLong(), random.nextLong(), 0, new byte[0], Map.of(), List.of());
  }

  private FileChannel lock() throws IOException {
    var channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      LOG.log(Level.DEBUG, "locked within this process");
    }
    channel.close();
    throw new IOException("another ledger uses the directory of recorded keys");
  }

  /// @return the manifest, where everything it names is whole and is of this ledger
  private @Nullable KeyManifest readable(UUID ledger, Source source) {
    try {
      var manifest = KeyManifest.read(directory);
      if (!manifest.ledger().equals(ledger)) {
        throw new IOException("they are of another ledger");
      }
      if (manifest.blocks() > 0
          && !Arrays.equals(manifest.lastHash(), source.hashOfBlock(manifest.blocks() - 1))) {
        throw new IOException("they cover blocks that the ledger does not have");
      }
      for (var run : manifest.runs()) {
        if (KeyRun.open(run.in(directory)).checksum() != run.checksum()) {
          throw new IOException("a run is damaged: " + run.number());
        }
      }
      return manifest;
    } catch (NoSuchFileException e) {
      LOG.log(Level.INFO, "no recorded keys: they are built from the ledger");
    } catch (IOException e) {
      LOG.log(Level.WARNING, "recorded keys are rebuilt from the ledger, for " + e.getMessage());
    }
    return null;
  }

  private void deleteAllBut(List<KeyManifest.RunFile> runs) throws IOException {
    var wanted = new HashSet<Path>();
    runs.forEach(run -> wanted.add(run.in(directory)));
    var others = new ArrayList<Path>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{run,new}")) {
      files.forEach(others::add);
    }
    for (var other : others) {
      if (!wanted.contains(other)) {
        Files.delete(other);
      }
    }
  }

  private Bound bound() {
    return Objects.requireNonNull(bound, "not bound to a ledger");
  }

  @Override
  public long find(RecordKey key) {
    return bound().find(key);
  }

  @Override
  public void add(RecordKey key, long position) {
    var to = bound();
    to.table.add(to.fingerprint.applyAsLong(key), position);
  }

  @Override
  public void covered(BlockHead head, Supplier<Map<String, Long>> nextSequences) {
    var of = bound();
    of.head = head;
    of.nextSequences = nextSequences;
    if (head.endPosition() - of.frozenAt >= keysInMemory) {
      of.freeze();
    }
  }

  @Override
  public void close() {
    var last = bound;
    bound = null;
    if (last != null) {
      last.freeze();
      last.shelf.close();
      close(last.lock);
    }
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the lock of the recorded keys cannot be given back", e);
    }
  }

  /// What there is once it is known whose keys they are.
  private static final class Bound {
    final KeyShelf shelf;
    final FileChannel lock;
    final ToLongFunction<RecordKey> fingerprint;
    private final Source source;
    volatile KeyTable table = new KeyTable();
    @Nullable BlockHead head;
    Supplier<Map<String, Long>> nextSequences = Map::of;
    long frozenAt;

    Bound(Source source, KeyShelf shelf, FileChannel lock, ToLongFunction<RecordKey> fingerprint) {
      this.source = source;
      this.shelf = shelf;
      this.lock = lock;
      this.fingerprint = fingerprint;
    }

    /// Looks into the table before the shelf: what leaves the one is on the other by then.
    long find(RecordKey key) {
      shelf.checkWritable();
      long wanted = fingerprint.applyAsLong(key);
      LongPredicate isIt = position -> key.equals(source.keyAt(position));
      long position = table.find(wanted, isIt);
      return position >= 0 ? position : shelf.find(wanted, isIt);
    }

    void freeze() {
      var last = head;
      if (last != null) {
        shelf.freeze(
            new KeyShelf.Frozen(table, last.number() + 1, last.hash(), nextSequences.get()));
        table = new KeyTable();
        frozenAt = last.endPosition();
        head = null;
      }
    }
  }
}
