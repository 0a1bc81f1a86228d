package no.spor.server.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import no.spor.server.NodeOptions;
import no.spor.server.backup.BackupTimes;
import no.spor.storage.sqlite.SqliteStoreException;
import no.spor.storage.sqlite.SqliteVersions;
import no.spor.storage.sqlite.SqliteVersions.Found;

/// Checks a data directory from outside, while a server uses it or not: what is there, whose it is,
/// versions, the clock, the disk, the age of backups. Leaves nothing changed.
public final class DirectoryCheck {
  private static final Duration BACKUP_AGE = Duration.ofDays(2);
  private static final Duration CLOCK_SLACK = Duration.ofMinutes(5);
  private static final double LITTLE_LEFT = 0.15;
  private static final double HARDLY_ANY_LEFT = 0.05;
  private static final long SLOW_SYNC_MILLIS = 50;
  private static final int SYNCS = 10;
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private final Path data;
  private final Path root;
  private final Instant now;
  private final List<Finding> findings = new ArrayList<>();

  private DirectoryCheck(Path data, Path root, Instant now) {
    this.data = data;
    this.root = root;
    this.now = now;
  }

  /// @param root the root key's file
  public static List<Finding> of(Path data, Path root, Instant now) {
    DirectoryCheck check = new DirectoryCheck(data, root, now);
    try {
      check.all();
    } catch (IOException unreadable) {
      check.findings.add(
          Finding.trouble("unreadable", data, String.valueOf(unreadable.getMessage())));
    }
    return check.findings;
  }

  private void all() throws IOException {
    if (!Files.isDirectory(data)) {
      findings.add(Finding.trouble("no-directory", data));
      return;
    }
    stores();
    permissions();
    root();
    clock();
    disk();
    if (!NodeOptions.isOnMongodb(data)) {
      backups();
    }
  }

  private void stores() {
    if (NodeOptions.isOnMongodb(data)) {
      findings.add(Finding.well("on-mongodb"));
      return;
    }
    List<Found> found;
    try {
      found = SqliteVersions.in(data);
    } catch (SqliteStoreException broken) {
      findings.add(Finding.trouble("broken-store", String.valueOf(broken.getMessage())));
      return;
    }
    List<String> there = found.stream().map(Found::file).toList();
    for (String file : new String[] {"ledger.db", "keys.db", "epochs.db", "checkpoints.db"}) {
      if (!there.contains(file)) {
        findings.add(
            Finding.trouble(file.equals("checkpoints.db") ? "no-checkpoints" : "no-store", file));
      }
    }
    for (Found one : found) {
      if (!one.ours()) {
        findings.add(Finding.trouble("foreign-store", one.file()));
      } else if (one.version() > one.known()) {
        findings.add(Finding.trouble("newer-store", one.file(), one.version(), one.known()));
      } else if (one.version() < one.known()) {
        findings.add(Finding.warning("older-store", one.file(), one.version(), one.known()));
      }
    }
    if (findings.isEmpty()) {
      findings.add(Finding.well("stores"));
    }
  }

  private void permissions() throws IOException {
    if (!Files.getFileStore(data).supportsFileAttributeView("posix")) {
      return;
    }
    List<String> open = new ArrayList<>();
    // What lies in a directory that nobody else can enter is closed, whatever its own mode.
    try (Stream<Path> files = openToOthers(data) ? Files.walk(data) : Stream.empty()) {
      for (Path file : files.toList()) {
        if (openToOthers(file)) {
          open.add(file.equals(data) ? data.toString() : data.relativize(file).toString());
        }
      }
    }
    findings.add(open.isEmpty() ? Finding.well("closed") : Finding.warning("open", open, data));
    if (!Files.isWritable(data)) {
      findings.add(Finding.trouble("unwritable", data));
    }
  }

  private static boolean openToOthers(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
  }

  private void root() throws IOException {
    if (!Files.exists(root)) {
      findings.add(Finding.trouble("no-root", root));
      return;
    }
    boolean posix = Files.getFileStore(root).supportsFileAttributeView("posix");
    if (posix && openToOthers(root)) {
      findings.add(Finding.trouble("root-open", root));
    } else if (root.toAbsolutePath().startsWith(data.toAbsolutePath())) {
      findings.add(Finding.warning("root-beside"));
    } else {
      findings.add(Finding.well("root"));
    }
  }

  private void clock() throws IOException {
    Instant newest = Instant.EPOCH;
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        Instant changed = Files.getLastModifiedTime(file).toInstant();
        newest = changed.isAfter(newest) ? changed : newest;
      }
    }
    if (newest.isAfter(now.plus(CLOCK_SLACK))) {
      findings.add(Finding.trouble("clock-behind", newest));
    } else {
      findings.add(Finding.well("clock"));
    }
  }

  private void disk() throws IOException {
    FileStore disk = Files.getFileStore(data);
    double left = disk.getUsableSpace() / (double) Math.max(1, disk.getTotalSpace());
    double share = left * 100;
    if (left < HARDLY_ANY_LEFT) {
      findings.add(Finding.trouble("disk-full", share));
    } else if (left < LITTLE_LEFT) {
      findings.add(Finding.warning("disk-filling", share));
    } else {
      findings.add(Finding.well("disk", share));
    }
    long millis = syncMillis();
    findings.add(
        millis > SLOW_SYNC_MILLIS
            ? Finding.warning("disk-slow", millis)
            : Finding.well("disk-writes", millis));
  }

  /// @return the median of a few small durable writes beside the stores
  private long syncMillis() throws IOException {
    Path probe = Files.createTempFile(data, "doctor", ".tmp");
    try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.WRITE)) {
      List<Long> taken = new ArrayList<>();
      for (int i = 0; i < SYNCS; i++) {
        long begun = System.nanoTime();
        channel.write(ByteBuffer.allocate(4096));
        channel.force(true);
        taken.add((System.nanoTime() - begun) / 1_000_000);
      }
      return taken.stream().sorted().toList().get(SYNCS / 2);
    } finally {
      Files.delete(probe);
    }
  }

  private void backups() {
    for (String store : new String[] {"ledger", "keys", "epochs"}) {
      Instant last = BackupTimes.last(data, store).orElse(null);
      if (last == null) {
        findings.add(Finding.warning("no-backup-of-" + store));
        continue;
      }
      Duration age = Duration.between(last, now);
      boolean old = !store.equals("epochs") && age.compareTo(BACKUP_AGE) > 0;
      findings.add(
          old
              ? Finding.warning("backup-of-" + store, age.toHours())
              : Finding.well("backup-of-" + store, age.toHours()));
    }
  }
}
