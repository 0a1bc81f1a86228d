package no.spor.server.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import no.spor.server.NodeOptions;
import no.spor.server.backup.BackupFolder.Manifest;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteSnapshot;
import no.spor.storage.sqlite.SqliteSnapshot.Contents;
import org.jspecify.annotations.Nullable;

/// Makes backups of a data directory while a server works on it, and puts them back.
///
/// `DIR/ledger/` and `DIR/keys/` are the two halves: keep them apart, whoever has both, and root
/// key and epochs besides, can read everything that is not forgotten. Both are of one moment. Never
/// in them: the root key, the checkpoints (which would let a ledger go back unseen), the epoch keys
/// (whose destruction kills older copies of the keys: they have one copy, [#escrow]), and what is
/// built anew (registry, views, ids).
///
/// Trust: who can write to a backup can withhold and roll back; a ledger put back shorter than its
/// published checkpoint does not start unnoticed, a key store put back older forgets again what the
/// ledger says.
public final class Backups {
  private static final int ZEROS = 1 << 16;

  private Backups() {}

  /// What can be put back.
  public enum Half {
    LEDGER("ledger"),
    KEYS("keys");

    private final String store;

    Half(String store) {
      this.store = store;
    }

    BackupFolder in(Path backup) {
      return new BackupFolder(backup.resolve(store), store);
    }
  }

  /// @param events in the ledger's copy
  /// @param bytes of both copies
  public record Made(long events, long blocks, long bytes) {}

  /// Copies ledger and keys. Durable, and readable back, when this returns.
  ///
  /// @throws BackupException where the folder holds a backup already, or the data cannot be copied
  public static Made make(Path data, Path backup, InstantSource clock) {
    requireFiles(data);
    BackupFolder ledger = Half.LEDGER.in(backup);
    BackupFolder keys = Half.KEYS.in(backup);
    if (ledger.stands() || keys.stands()) {
      throw new BackupException(backup + " holds a backup already: name a new directory");
    }
    try {
      BackupFolder.make(ledger.folder());
      BackupFolder.make(keys.folder());
      Instant now = clock.instant();
      Contents contents = SqliteSnapshot.copy(data, ledger.file(), keys.file());
      ledger.seal(contents, now);
      keys.seal(contents, now);
      BackupTimes.note(data, now, "ledger", "keys");
      return new Made(
          contents.events(),
          contents.blocks(),
          Files.size(ledger.file()) + Files.size(keys.file()));
    } catch (IOException e) {
      throw new BackupException("the backup could not be written: " + e.getMessage(), e);
    }
  }

  /// Writes the one copy of the epoch keys, in place of the last one, which is overwritten with
  /// zeros: a copy from before a rotation would bring back what the rotation killed. What a disk
  /// keeps of blocks it gave back is beyond this: encrypt it.
  public static void escrow(Path data, Path file, InstantSource clock) {
    requireFiles(data);
    Path target = file.toAbsolutePath();
    Path fresh = target.resolveSibling(target.getFileName() + ".fresh");
    try {
      SqliteSnapshot.copy(data.resolve("epochs.db"), fresh);
      try (FileChannel last =
          Files.exists(target) ? FileChannel.open(target, StandardOpenOption.WRITE) : null) {
        Files.move(
            fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        BackupFolder.sync(parent(target));
        if (last != null) {
          overwrite(last);
        }
      }
      BackupTimes.note(data, clock.instant(), "epochs");
    } catch (IOException e) {
      throw new BackupException("the epochs could not be copied: " + e.getMessage(), e);
    }
  }

  /// Copies the epoch keys for a drill. Delete the copy at once after it.
  public static void copyEpochs(Path data, Path target) {
    SqliteSnapshot.copy(data.resolve("epochs.db"), target);
  }

  private static void overwrite(FileChannel last) throws IOException {
    long size = last.size();
    ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
    for (long at = 0; at < size; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(ZEROS, size - at));
      last.write(zeros, at);
    }
    last.force(true);
  }

  /// Puts stores of a backup into a data directory that lacks them and that nobody uses. What is
  /// built from them (registry, views, ids) is thrown away, to be built anew at the next start.
  ///
  /// @param escrow the copy of the epoch keys, where the directory lost its own too; null for none
  /// @return what was put back
  /// @throws BackupException where a store stands in the way, the copies are not sound, or the data
  ///   directory would lack its epoch keys
  public static Map<Half, Long> restore(
      Path backup, Path data, Set<Half> halves, @Nullable Path escrow) {
    requireFiles(data);
    try (DataDirectory held = DataDirectory.open(data)) {
      Path directory = held.path();
      Map<Half, Long> restored = new EnumMap<>(Half.class);
      for (Half half : EnumSet.copyOf(halves)) {
        refuseWhatStands(directory, half.store);
        Manifest manifest = half.in(backup).check();
        restored.put(half, manifest.events());
      }
      Path epochs = directory.resolve("epochs.db");
      if (escrow != null) {
        refuseWhatStands(directory, "epochs");
        place(escrow, epochs);
      } else if (!Files.exists(epochs)) {
        throw new BackupException(
            directory
                + " has no epochs.db, and backups hold none: put it back from the escrow copy with"
                + " --epochs FILE");
      }
      for (Half half : restored.keySet()) {
        place(half.in(backup).file(), directory.resolve(half.store + ".db"));
      }
      throwAwayWhatIsBuiltAnew(directory);
      return restored;
    } catch (IOException e) {
      throw new BackupException("the backup could not be put back: " + e.getMessage(), e);
    }
  }

  private static void requireFiles(Path data) {
    if (NodeOptions.isOnMongodb(data)) {
      throw new BackupException(
          "the stores of "
              + data
              + " lie on MongoDB: back them up and put them back with its own tools, ledger and keys"
              + " apart, never checkpoints and epochs with them (modules/storage-mongodb/README.md)");
    }
  }

  private static void refuseWhatStands(Path directory, String store) {
    for (String ending : new String[] {".db", ".db-wal"}) {
      Path file = directory.resolve(store + ending);
      if (Files.exists(file)) {
        throw new BackupException(
            file
                + " is there: move it away first (do not delete it before the restored one has"
                + " proved itself)");
      }
    }
  }

  private static void place(Path from, Path to) throws IOException {
    Path fresh = to.resolveSibling(to.getFileName() + ".restoring");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, BackupFolder.mode(fresh, "rw-------"));
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      for (long at = 0; at < in.size(); ) {
        at += in.transferTo(at, in.size() - at, out);
      }
      out.force(true);
    }
    Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE);
    BackupFolder.sync(parent(to));
  }

  private static void throwAwayWhatIsBuiltAnew(Path directory) throws IOException {
    for (String store : new String[] {"registry", "views"}) {
      for (String ending : new String[] {".db", ".db-wal", ".db-shm"}) {
        Files.deleteIfExists(directory.resolve(store + ending));
      }
    }
    Path ids = directory.resolve("ids");
    if (Files.isDirectory(ids)) {
      try (var files = Files.list(ids)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new BackupException(file + " is no file that can be written");
    }
    return parent;
  }
}
