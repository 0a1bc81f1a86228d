package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.spor.server.RestoreDrill.Proof;
import no.spor.server.backup.BackupException;
import no.spor.server.backup.BackupTimes;
import no.spor.server.backup.Backups;
import no.spor.server.backup.Backups.Half;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups are made while events pour in, and bring everything back.
@FilesOnly("MongoDB is backed up with its own tools")
class BackupTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Set<Half> BOTH = EnumSet.allOf(Half.class);

  @TempDir Path folder;
  private Path data;
  private Path backup;
  private Path epochs;

  @BeforeEach
  void name() {
    data = folder.resolve("data");
    backup = folder.resolve("backup");
    epochs = folder.resolve("escrow");
  }

  @Test
  void afterAWipeTheTimelineIsAsItWasWhenTheBackupWasMadeUnderLoad() throws Exception {
    String before;
    long events;
    String officer;
    try (RunningSpor spor = RunningSpor.on(data)) {
      Load load = new Load(spor);
      load.run(200);
      officer = spor.key(AccessRole.OFFICER, Load.TENANT);
      before = timeline(spor, officer);
      AtomicBoolean enough = new AtomicBoolean();
      Thread pouring =
          Thread.ofPlatform()
              .start(() -> {
                while (!enough.get()) {
                  load.newPeople(20);
                }
              });
      for (int i = 0; i < 5; i++) {
        Backups.Made made = Backups.make(data, backup.resolve("" + i), CLOCK);
        assertThat(made.events()).isLessThanOrEqualTo(spor.node().ledger().size());
      }
      Backups.escrow(data, epochs, CLOCK);
      enough.set(true);
      pouring.join();
      events = spor.node().ledger().size();
      assertThat(Backups.make(data, backup.resolve("whole"), CLOCK).events()).isEqualTo(events);
    }
    Path checkpoints = folder.resolve("checkpoints.db");
    Files.copy(data.resolve("checkpoints.db"), checkpoints);
    Path kept = folder.resolve("root.key");
    Files.copy(data.resolve("root.key"), kept);
    for (int i = 0; i < 5; i++) {
      Proof proof =
          RestoreDrill.run(backup.resolve("" + i), epochs, kept, folder.resolve("drill"), CLOCK);
      assertThat(proof.opened()).isPositive();
      assertThat(proof.forgotten()).isZero();
    }
    assertThat(folder.resolve("drill")).isEmptyDirectory();
    wipe(data);

    Backups.restore(backup.resolve("whole"), data, BOTH, epochs);
    Files.copy(checkpoints, data.resolve("checkpoints.db"));
    try (RunningSpor spor = RunningSpor.on(data, "--spor.root-file=" + kept)) {
      assertThat(spor.node().ledger().size()).isGreaterThanOrEqualTo(events);
      spor.node().timeline().awaitPosition(spor.node().ledger().size() - 1, Duration.ofSeconds(20));
      assertThat(timeline(spor, officer)).isEqualTo(before);
    }
  }

  /// The first page from before the load, as an officer sees it.
  private static String timeline(RunningSpor spor, String officer) {
    var page =
        spor.post(
            "/v1/timeline",
            officer,
            RunningSpor.JSON,
            "{\"person\":\"" + Load.PERSON + "0\",\"limit\":1000}",
            "Purpose",
            "comparing",
            "Spor-After",
            "1600");
    assertThat(page.status()).isEqualTo(200);
    return page.json().path("events").toString();
  }

  @Test
  void aKeyStorePutBackFromBeforeAnErasureForgetsAgain() throws IOException {
    // Rests on the follower: see KeyStoreFollower's own tests; here, that such a backup is usable.
    record(30);
    Backups.make(data, backup, CLOCK);
    Backups.escrow(data, epochs, CLOCK);
    Files.delete(data.resolve("keys.db"));
    Files.deleteIfExists(data.resolve("keys.db-wal"));
    Files.deleteIfExists(data.resolve("keys.db-shm"));

    Backups.restore(backup, data, EnumSet.of(Half.KEYS), null);

    try (RunningSpor spor = RunningSpor.on(data)) {
      assertThat(Scrape.of(spor).value("spor_keys_ready")).hasValue(1);
    }
  }

  @Test
  void nothingThatMustStayApartIsInABackup() throws IOException {
    record(5);
    Backups.make(data, backup, CLOCK);

    Set<String> files;
    try (Stream<Path> all = Files.walk(backup)) {
      files =
          all.filter(Files::isRegularFile)
              .map(file -> backup.relativize(file).toString())
              .collect(Collectors.toCollection(TreeSet::new));
    }
    assertThat(files)
        .containsExactly(
            "keys/backup.json", "keys/keys.db", "ledger/backup.json", "ledger/ledger.db");
    byte[] root = Files.readAllBytes(data.resolve("root.key"));
    for (String file : files) {
      Path copy = backup.resolve(file);
      assertThat(FileBytes.holds(copy, root)).as("%s holds the root key", file).isFalse();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
          .isEqualTo("rw-------");
    }
    assertThat(BackupTimes.last(data, "keys")).isPresent();
    assertThat(BackupTimes.last(data, "epochs")).isEmpty();
  }

  @Test
  void theEscrowCopyReplacesTheLastWhoseBytesAreOverwritten() throws IOException {
    record(2);
    Backups.escrow(data, epochs, CLOCK);
    Path sameBytes = folder.resolve("another name of the first copy");
    Files.createLink(sameBytes, epochs);
    Backups.escrow(data, epochs, CLOCK);

    assertThat(Files.readAllBytes(sameBytes)).containsOnly(0);
    assertThat(Files.readAllBytes(epochs)).startsWith("SQLite format 3".getBytes());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(epochs)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatIsNotSoundOrInTheWayIsRefused() throws IOException {
    record(5);
    Backups.make(data, backup, CLOCK);
    Backups.escrow(data, epochs, CLOCK);
    assertThatThrownBy(() -> Backups.make(data, backup, CLOCK))
        .hasMessageContaining("holds a backup already");
    assertThatThrownBy(() -> Backups.restore(backup, data, BOTH, null))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("move it away first");
    Path empty = folder.resolve("empty");
    assertThatThrownBy(() -> Backups.restore(backup, empty, BOTH, null))
        .hasMessageContaining("--epochs FILE");

    Path ledger = backup.resolve("ledger/ledger.db");
    byte[] bytes = Files.readAllBytes(ledger);
    bytes[bytes.length / 2] ^= 1;
    Files.write(ledger, bytes, StandardOpenOption.TRUNCATE_EXISTING);
    assertThatThrownBy(() -> Backups.restore(backup, empty, BOTH, epochs))
        .hasMessageContaining("not what was backed up");
    Files.delete(backup.resolve("keys/backup.json"));
    assertThatThrownBy(() -> Backups.restore(backup, empty, EnumSet.of(Half.KEYS), epochs))
        .hasMessageContaining("no complete backup");
    assertThat(empty.resolve("ledger.db")).doesNotExist();
  }

  @Test
  void aDrillWithAnotherRootOrEpochsOfAnotherTimeSaysThatTheBackupIsOfNoUse() throws IOException {
    record(5);
    Backups.make(data, backup, CLOCK);
    Path other = folder.resolve("other");
    try (Node ignored = Node.open(NodeOptions.importing(other, null), CLOCK)) {
      Backups.escrow(other, epochs, CLOCK);
    }
    assertThatThrownBy(() ->
            RestoreDrill.run(
                backup, epochs, data.resolve("root.key"), folder.resolve("drill"), CLOCK))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("cannot be used");
    Backups.escrow(data, epochs, CLOCK);
    assertThatThrownBy(() ->
            RestoreDrill.run(
                backup, epochs, other.resolve("root.key"), folder.resolve("drill"), CLOCK))
        .isInstanceOf(BackupException.class);
  }

  private void record(int rounds) {
    try (RunningSpor spor = RunningSpor.on(data)) {
      new Load(spor).run(rounds);
    }
  }

  private static void wipe(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
