package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import no.spor.ledger.Draft;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.Outcome;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is full or cannot be written: a clear error, nothing half, and the same objects go
/// on once it is mended. Each trouble comes twice: as SQLite tells it, on every machine; and as the
/// operating system does it, where the tests may do that (root on Linux).
class LedgerOnATroubledDiskTest {
  private static final int BATCH = 200;

  @TempDir Path temp;
  private long next;

  @Test
  void aFileThatMayNotGrow() throws Exception {
    try (var directory = DataDirectory.open(temp.resolve("data"));
        var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
        var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
      store.file().write(s -> s.number("pragma max_page_count=300"));
      appendUntilRefused(ledger, "the disk is full");
      store.file().write(s -> s.number("pragma max_page_count=300000"));
      appended(ledger);
      assertWhole(ledger);
    }
    reopen(temp.resolve("data"));
  }

  @Test
  void aFullDisk() throws Exception {
    try (var disk = Mount.of(temp.resolve("disk"), "size=12m")) {
      var data = disk.path().resolve("data");
      var ballast = disk.path().resolve("ballast");
      try (var directory = DataDirectory.open(data);
          var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
          var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
        appended(ledger);
        for (int round = 0; round < 5; round++) {
          fill(disk.path(), ballast, round * 3_000);
          appendUntilRefused(ledger, "full|reading or writing failed");
          refuses(ledger, "full|reading or writing failed");
          assertThat(store.heads(0, 1)).as("reads go on").hasSize(1);
          Files.delete(ballast);
          appended(ledger);
          assertWhole(ledger);
        }
      }
      reopen(data);
    }
  }

  @Test
  void aFullDiskAtTheStart() throws Exception {
    try (var disk = Mount.of(temp.resolve("disk"), "size=1m")) {
      var ballast = disk.path().resolve("ballast");
      fill(disk.path(), ballast, 0);
      assertThatThrownBy(() -> reopen(disk.path().resolve("data")))
          .satisfiesAnyOf(
              e -> assertThat(e).isInstanceOf(LedgerStoreException.class),
              e -> assertThat(e).isInstanceOf(UncheckedIOException.class));
      Files.delete(ballast);
      reopen(disk.path().resolve("data"));
    }
  }

  @Test
  void aFileThatRefusesWrites() throws Exception {
    try (var directory = DataDirectory.open(temp.resolve("data"));
        var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
        var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
      appended(ledger);
      store.file().save(s -> s.update("pragma query_only=on"));
      refuses(ledger, "cannot be written");
      store.file().save(s -> s.update("pragma query_only=off"));
      appended(ledger);
      assertWhole(ledger);
    }
  }

  @Test
  void aLogThatCannotBeWritten() throws Exception {
    try (var directory = DataDirectory.open(temp.resolve("data"));
        var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
        var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
      appended(ledger);
      var log = directory.path().resolve("ledger.db-wal").toString();
      assumePossible(run("chattr", "+i", log), "make a file immutable");
      try {
        refuses(ledger, "failed|cannot be written");
        refuses(ledger, "failed|cannot be written");
        assertWhole(ledger);
      } finally {
        run("chattr", "-i", log);
      }
      appended(ledger);
      assertWhole(ledger);
    }
    reopen(temp.resolve("data"));
  }

  @Test
  void aReadOnlyDiskAtTheStart() throws Exception {
    try (var disk = Mount.of(temp.resolve("disk"), "size=4m")) {
      var data = disk.path().resolve("data");
      reopen(data);
      disk.remount("ro");
      assertThatThrownBy(() -> reopen(data))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("make it writable, or name another");
      disk.remount("rw");
      reopen(data);
    }
  }

  private void appendUntilRefused(Ledger ledger, String reason) {
    int[] batches = new int[1];
    assertRefused(
        () -> {
          for (; batches[0] < 1_000; batches[0]++) {
            ledger.append(batch()).join();
            next += BATCH;
          }
        },
        reason);
  }

  private void refuses(Ledger ledger, String reason) {
    long size = ledger.size();
    assertRefused(() -> ledger.append(batch()).join(), reason);
    assertThat(ledger.size()).isEqualTo(size);
  }

  private static void assertRefused(ThrowingCallable append, String reason) {
    assertThatThrownBy(append)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(LedgerStoreException.class)
        .hasMessageStartingWith("Nothing was saved, ")
        .hasMessageEndingWith(".")
        .hasMessageMatching(".*(" + reason + ").*");
  }

  /// Takes a batch as something new, also where it was refused before.
  private void appended(Ledger ledger) {
    long first = ledger.size();
    var outcomes = ledger.append(batch()).join();
    next += BATCH;
    for (int i = 0; i < outcomes.size(); i++) {
      assertThat(outcomes.get(i))
          .isInstanceOfSatisfying(
              Outcome.Appended.class, a -> assertThat(a.position()).isGreaterThanOrEqualTo(first));
    }
  }

  private List<Draft> batch() {
    return LongStream.range(next, next + BATCH).mapToObj(CrashEvents::draft).toList();
  }

  /// All that was acknowledged, in order, once, and nothing else.
  private void assertWhole(Ledger ledger) {
    long position = 0;
    while (position < ledger.size()) {
      for (var record : ledger.readFrom(position, 500)) {
        assertThat(CrashEvents.isWhole(record)).isTrue();
        assertThat(CrashEvents.number(record.body())).isEqualTo(position++);
      }
    }
    assertThat(position).isEqualTo(next);
  }

  private void reopen(Path data) {
    try (var directory = DataDirectory.open(data);
        var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
        var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
      assertWhole(ledger);
    }
  }

  /// Leaves so many bytes of a disk free.
  private static void fill(Path disk, Path ballast, long free) throws IOException {
    var bytes = new byte[1_000];
    try (var out = Files.newOutputStream(ballast)) {
      while (disk.toFile().getUsableSpace() > free) {
        out.write(bytes);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  /// A small file system of its own.
  private record Mount(Path path) implements AutoCloseable {
    static Mount of(Path path, String options) throws Exception {
      Files.createDirectory(path);
      assumePossible(
          run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString()), "mount a disk");
      return new Mount(path);
    }

    void remount(String option) throws Exception {
      assertThat(run("mount", "-o", "remount," + option, path.toString())).isTrue();
    }

    @Override
    public void close() throws Exception {
      assertThat(run("umount", "--lazy", path.toString())).isTrue();
    }
  }

  private static void assumePossible(boolean possible, String what) {
    if (!possible) {
      System.out.println("skipped: this machine does not let the tests " + what);
    }
    assumeThat(possible).as("the tests may " + what).isTrue();
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        System.out.println(String.join(" ", command) + ": " + output.strip());
      }
      return status == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
