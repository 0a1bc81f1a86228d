package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import no.spor.ledger.Ledger;
import no.spor.ledger.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that writes is killed with SIGKILL, again and again, on one data directory: what it
/// acknowledged stands, once and in order, and nothing stands half.
class LedgerSurvivesKillTest {
  private static final int ROUNDS = Integer.getInteger("spor.kills", 16);

  /// A process dies some moments after it has acknowledged so many events at most.
  private static final int MOST_EVENTS = 600;

  private static final long LONGEST_MILLIS = 30;

  @TempDir Path temp;

  private Path data;
  private Random random;

  /// Position of each event by its number, as far as it was looked at.
  private final Map<Long, Long> standing = new HashMap<>();

  private final Map<String, Long> sequences = new HashMap<>();
  private long looked;

  @BeforeEach
  void prepare() {
    long seed = new Random().nextLong();
    System.out.println("seed of LedgerSurvivesKillTest: " + seed);
    random = new Random(seed);
    data = temp.resolve("data");
  }

  @Test
  void acknowledgedEventsStandOnceAndInOrder() throws Exception {
    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      var said = writeUntilKilled(round % 8 == 7);
      acknowledged += said.size();
      try (var directory = DataDirectory.open(data);
          var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
          var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
        lookAtWhatIsNew(ledger);
        for (var event : said) {
          assertThat(standing.get(event[0])).as("event " + event[0]).isEqualTo(event[1]);
        }
        sendAgain(ledger);
      }
    }
    System.out.printf("%d kills, %d acknowledgements, %d events%n", ROUNDS, acknowledged, looked);
    assertThat(acknowledged).isGreaterThan(ROUNDS);
    lookAtEverything();
  }

  /// The end of the log as a crash of the machine may leave it: cut, or with bytes that were never
  /// written. Later blocks may be missing then, an earlier one never.
  @Test
  void aTornLogLeavesWholeBlocks() throws Exception {
    var said = writeUntilKilled(false);
    while (said.size() < 100 || Files.size(data.resolve("ledger.db-wal")) < 100_000) {
      said = writeUntilKilled(false);
    }
    for (int round = 0; round < 6; round++) {
      var copy = temp.resolve("torn" + round);
      copy(data, copy);
      tear(copy.resolve("ledger.db-wal"), round);
      standing.clear();
      sequences.clear();
      looked = 0;
      try (var directory = DataDirectory.open(copy);
          var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
          var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
        lookAtWhatIsNew(ledger);
        sendAgain(ledger);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private void tear(Path log, int round) throws IOException {
    long length = Files.size(log);
    try (var channel = Files.newByteChannel(log, StandardOpenOption.WRITE)) {
      var garbage = new byte[1 + random.nextInt(9_000)];
      random.nextBytes(garbage);
      switch (round % 3) {
        case 0 -> channel.truncate(random.nextLong(length));
        case 1 -> channel.position(random.nextLong(length - garbage.length));
        default -> channel.position(length);
      }
      if (round % 3 != 0) {
        channel.write(ByteBuffer.wrap(garbage));
      }
    }
  }

  /// @param whileOpening dies while it opens what the one before it left
  /// @return number and position of each event that the process acknowledged
  private List<long[]> writeUntilKilled(boolean whileOpening) throws Exception {
    var child =
        ChildJvm.start(
            CrashingWriter.class,
            data.toString(),
            Long.toString(random.nextLong()),
            Long.toString(standing.keySet().stream().mapToLong(n -> n + 1).max().orElse(0)));
    var said = new ArrayList<long[]>();
    var saidEnough = new CountDownLatch(random.nextInt(MOST_EVENTS));
    var reader =
        Thread.ofPlatform()
            .start(() -> {
              try (var lines = child.inputReader(StandardCharsets.UTF_8)) {
                read(lines.lines().iterator(), saidEnough, said);
              } catch (IOException | UncheckedIOException e) {
                // The kill cut the pipe.
              }
            });
    try {
      if (whileOpening) {
        child.waitFor(random.nextLong(500), TimeUnit.MILLISECONDS);
      } else {
        assertThat(saidEnough.await(60, TimeUnit.SECONDS)).as("it writes").isTrue();
        child.waitFor(random.nextLong(LONGEST_MILLIS), TimeUnit.MILLISECONDS);
      }
      assertThat(child.isAlive()).as("nothing but the kill ends it").isTrue();
    } finally {
      child.destroyForcibly().waitFor();
      reader.join();
    }
    return said;
  }

  private static void read(Iterator<String> lines, CountDownLatch saidEnough, List<long[]> said) {
    while (lines.hasNext()) {
      var line = lines.next();
      // A line that was not said to its end says nothing.
      if (line.endsWith(";")) {
        var words = line.substring(0, line.length() - 1).split(" ");
        said.add(new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])});
        saidEnough.countDown();
      }
    }
  }

  private void lookAtWhatIsNew(Ledger ledger) {
    assertThat(ledger.size()).as("nothing vanishes").isGreaterThanOrEqualTo(looked);
    while (looked < ledger.size()) {
      for (var record : ledger.readFrom(looked, 1_000)) {
        assertThat(record.position()).as("positions are dense").isEqualTo(looked++);
        long sequence = sequences.merge(record.stream(), 1L, Long::sum) - 1;
        assertThat(record.sequence()).as("sequences are dense").isEqualTo(sequence);
        assertThat(CrashEvents.isWhole(record)).as("nothing is half").isTrue();
        long number = CrashEvents.number(record.body());
        assertThat(standing.put(number, record.position())).as("twice: " + number).isNull();
      }
    }
  }

  /// The keys were rebuilt: what stands is known, what does not stand is recorded.
  private void sendAgain(Ledger ledger) {
    var known = standing.keySet().stream().skip(random.nextInt(1 + standing.size())).limit(50);
    for (long number : known.toList()) {
      assertThat(ledger.append(List.of(CrashEvents.draft(number))).join())
          .containsExactly(new Outcome.Duplicate(standing.get(number)));
    }
    long fresh = standing.keySet().stream().mapToLong(n -> n + 1).max().orElse(0);
    assertThat(ledger.append(List.of(CrashEvents.draft(fresh))).join())
        .containsExactly(
            new Outcome.Appended(looked, sequences.getOrDefault(CrashEvents.stream(fresh), 0L)));
    lookAtWhatIsNew(ledger);
  }

  private void lookAtEverything() {
    var before = Map.copyOf(standing);
    standing.clear();
    sequences.clear();
    looked = 0;
    try (var directory = DataDirectory.open(data);
        var store = SqliteLedgerStore.open(directory, UUID.randomUUID());
        var ledger = CrashEvents.open(store, directory.path().resolve("ids"))) {
      lookAtWhatIsNew(ledger);
      assertThat(standing).isEqualTo(before);
      assertThat(
              store
                  .file()
                  .<String>read(
                      s -> s.first("pragma integrity_check", r -> r.getString(1)).orElse("")))
          .isEqualTo("ok");
    }
  }
}
