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
          Finding.trouble(
              data + " cannot be looked at: " + unreadable.getMessage(),
              "run this as the user that the server runs as"));
    }
    return check.findings;
  }

  private void all() throws IOException {
    if (!Files.isDirectory(data)) {
      findings.add(
          Finding.trouble(
              "there is no data directory " + data,
              "name it with --data or SPOR_DATA; `spor serve` makes it at its first start"));
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
      findings.add(
          Finding.well(
              "the stores lie on MongoDB: the server tells how they are (--url), and MongoDB's own"
                  + " tools back them up, ledger and keys apart, never checkpoints and epochs"));
      return;
    }
    List<Found> found;
    try {
      found = SqliteVersions.in(data);
    } catch (SqliteStoreException broken) {
      findings.add(
          Finding.trouble(
              String.valueOf(broken.getMessage()),
              "restore it from a backup (`spor restore`), or, of registry.db and views.db, move it"
                  + " away: they are built anew"));
      return;
    }
    List<String> there = found.stream().map(Found::file).toList();
    for (String file : new String[] {"ledger.db", "keys.db", "epochs.db", "checkpoints.db"}) {
      if (!there.contains(file)) {
        findings.add(
            Finding.trouble(
                file + " is missing",
                file.equals("checkpoints.db")
                    ? "put it back from its own copy; the server says how to go on without it"
                    : "put it back before the server is started: `spor restore`"));
      }
    }
    for (Found one : found) {
      if (!one.ours()) {
        findings.add(
            Finding.trouble(
                one.file() + " is a database of something else", "name another directory"));
      } else if (one.version() > one.known()) {
        findings.add(
            Finding.trouble(
                "%s is of schema %d, this version knows %d"
                    .formatted(one.file(), one.version(), one.known()),
                "use the version of Spor that wrote it, or a newer one"));
      } else if (one.version() < one.known()) {
        findings.add(
            Finding.warning(
                "%s is of schema %d; the next start brings it to %d"
                    .formatted(one.file(), one.version(), one.known()),
                "make a backup first: an older version of Spor will not open it afterwards"));
      }
    }
    if (findings.isEmpty()) {
      findings.add(Finding.well("all stores are there, of versions that this program knows"));
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
    findings.add(
        open.isEmpty()
            ? Finding.well("the data directory is its owner's alone")
            : Finding.warning("others may read or write " + open, "chmod -R go-rwx " + data));
    if (!Files.isWritable(data)) {
      findings.add(
          Finding.trouble(
              data + " cannot be written by this user", "run this as the server's user"));
    }
  }

  private static boolean openToOthers(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
  }

  private void root() throws IOException {
    if (!Files.exists(root)) {
      findings.add(
          Finding.trouble(
              "there is no root key " + root,
              "put it back from its copy, or name it with --root; without it nothing personal can"
                  + " be read"));
      return;
    }
    boolean posix = Files.getFileStore(root).supportsFileAttributeView("posix");
    if (posix && openToOthers(root)) {
      findings.add(Finding.trouble("others may read the root key", "chmod 600 " + root));
    } else if (root.toAbsolutePath().startsWith(data.toAbsolutePath())) {
      findings.add(
          Finding.warning(
              "the root key lies in the data directory",
              "keep it elsewhere (--root, SPOR_ROOT_FILE): who copies the directory has it too"));
    } else {
      findings.add(Finding.well("the root key is apart from the data, and its owner's alone"));
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
      findings.add(
          Finding.trouble(
              "the clock is behind: files were written at " + newest,
              "set the clock (chrony, systemd-timesyncd) before the server is started"));
    } else {
      findings.add(Finding.well("the clock is not behind what was written"));
    }
  }

  private void disk() throws IOException {
    FileStore disk = Files.getFileStore(data);
    double left = disk.getUsableSpace() / (double) Math.max(1, disk.getTotalSpace());
    String share = "%.0f %% of the disk is free".formatted(left * 100);
    if (left < HARDLY_ANY_LEFT) {
      findings.add(Finding.trouble(share, "free or add space now: a full disk stops recording"));
    } else if (left < LITTLE_LEFT) {
      findings.add(Finding.warning(share, "add space soon"));
    } else {
      findings.add(Finding.well(share));
    }
    long millis = syncMillis();
    findings.add(
        millis > SLOW_SYNC_MILLIS
            ? Finding.warning(
                "the disk takes " + millis + " ms to write durably",
                "events are acknowledged no faster: use a local disk with a write cache that"
                    + " survives a power cut")
            : Finding.well("the disk writes durably in " + millis + " ms"));
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
      String command =
          store.equals("epochs") ? "`spor backup --epochs FILE`" : "`spor backup DIR`, daily";
      Instant last = BackupTimes.last(data, store).orElse(null);
      if (last == null) {
        findings.add(Finding.warning("there is no backup of the " + store, command));
        continue;
      }
      Duration age = Duration.between(last, now);
      String said =
          "the %s were backed up %d hours ago"
              .formatted(store, age.toHours())
              .replace("ledger were", "ledger was");
      findings.add(
          !store.equals("epochs") && age.compareTo(BACKUP_AGE) > 0
              ? Finding.warning(said, command)
              : Finding.well(said));
    }
  }
}
