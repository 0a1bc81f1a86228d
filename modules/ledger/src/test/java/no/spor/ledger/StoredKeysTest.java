package no.spor.ledger;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoredKeysTest {
  private static final UUID LEDGER = new UUID(1, 2);
  private static final int IN_MEMORY = 500;
  private static final int PER_BLOCK = 100;
  private static final String STREAM = "bygg-as";

  @TempDir Path root;
  private Path directory;

  @BeforeEach
  void nameDirectory() {
    directory = root.resolve("keys");
  }

  /// A ledger that holds the keys 0, 1, 2 … in blocks of a hundred.
  static class Keys implements RecordedKeys.Source {
    volatile long blocks;
    volatile long asked;

    static RecordKey key(long position) {
      return new RecordKey(position * 0x9E37_79B9_7F4A_7C15L, position);
    }

    static byte[] hash(long number) {
      return ByteBuffer.allocate(32).putLong(number + 77).array();
    }

    @Override
    public byte @Nullable [] hashOfBlock(long number) {
      return number < blocks ? hash(number) : null;
    }

    @Override
    public RecordKey keyAt(long position) {
      asked++;
      return key(position);
    }

    /// Adds blocks until there are so many.
    void fill(RecordedKeys keys, long from, long to) {
      for (long block = from; block < to; block++) {
        blocks = Math.max(blocks, block + 1);
        for (long position = block * PER_BLOCK; position < (block + 1) * PER_BLOCK; position++) {
          keys.add(key(position), position);
        }
        long end = (block + 1) * PER_BLOCK;
        keys.covered(head(block), () -> Map.of(STREAM, end));
      }
    }

    static BlockHead head(long block) {
      return new BlockHead(
          LEDGER,
          block,
          block * PER_BLOCK,
          PER_BLOCK,
          new byte[32],
          new UUID(0, block),
          0,
          KeyStoreMark.NONE,
          false,
          hash(block));
    }

    void check(RecordedKeys keys) {
      long step = 1 + blocks * PER_BLOCK / 50_000;
      for (long position = 0; position < blocks * PER_BLOCK; position += step) {
        assertThat(keys.find(key(position))).isEqualTo(position);
      }
      asked = 0;
      for (long position = blocks * PER_BLOCK; position < (blocks + 100) * PER_BLOCK; position++) {
        assertThat(keys.find(key(position))).isEqualTo(-1);
      }
      assertThat(asked).as("records asked for keys that are not there").isLessThan(3);
    }
  }

  private RecordedKeys open() {
    return RecordedKeys.open(directory, new SecureRandom(), IN_MEMORY);
  }

  @Test
  void keepsAllKeysOverManyRunsMergesAndOpenings() throws IOException {
    var source = new Keys();
    for (int opening = 0; opening < 4; opening++) {
      long from = opening * 100L;
      try (var keys = open()) {
        var covered = keys.bind(LEDGER, source);
        assertThat(covered.blocks()).isEqualTo(from);
        if (from > 0) {
          assertThat(covered.nextSequences()).isEqualTo(Map.of(STREAM, from * PER_BLOCK));
        }
        source.fill(keys, from, from + 100);
        source.check(keys);
      }
    }
    try (var files = Files.list(directory)) {
      assertThat(files.filter(file -> file.toString().endsWith(".run")).count()).isLessThan(12);
    }
  }

  @Test
  void everyCandidateIsAskedWhereFingerprintsAreEqual() {
    var source = new Keys();
    for (int opening = 0; opening < 2; opening++) {
      try (var keys = new StoredKeys(directory, new SecureRandom(), IN_MEMORY, 3)) {
        assertThat(keys.bind(LEDGER, source).blocks()).isEqualTo(source.blocks);
        long from = source.blocks;
        source.fill(keys, from, from + 13);
        for (long position = 0; position < source.blocks * PER_BLOCK; position++) {
          assertThat(keys.find(Keys.key(position))).isEqualTo(position);
        }
        source.asked = 0;
        assertThat(keys.find(Keys.key(-1))).isEqualTo(-1);
        assertThat(source.asked).as("keys with an equal fingerprint").isGreaterThan(50);
      }
    }
  }

  @Test
  void anyThreadFindsWhatWasAddedWhileTablesGrowFreezeAndMerge() throws Exception {
    var source = new Keys();
    var added = new AtomicLong();
    var done = new AtomicBoolean();
    try (var keys = open();
        var readers = Executors.newFixedThreadPool(2)) {
      keys.bind(LEDGER, source);
      var reading = new ArrayList<Future<?>>();
      for (int reader = 0; reader < 2; reader++) {
        var random = new Random(reader);
        reading.add(
            readers.submit(() -> {
              while (!done.get()) {
                long seen = added.get();
                long newest = Math.max(0, seen - 1 - random.nextInt(2 * IN_MEMORY));
                for (long position : new long[] {newest, random.nextLong(seen + 1)}) {
                  if (position < seen) {
                    assertThat(keys.find(Keys.key(position))).isEqualTo(position);
                  }
                }
              }
            }));
      }
      for (long block = 0; block < 400 && reading.stream().noneMatch(Future::isDone); block++) {
        source.fill(keys, block, block + 1);
        added.set((block + 1) * PER_BLOCK);
      }
      done.set(true);
      for (var one : reading) {
        one.get(20, SECONDS);
      }
    }
  }

  @Test
  void startsAnewWhereTheyAreOfAnotherLedgerOrAnotherPast() throws IOException {
    var source = new Keys();
    try (var keys = open()) {
      keys.bind(LEDGER, source);
      source.fill(keys, 0, 20);
    }
    var shorter = new Keys();
    shorter.blocks = 19;
    var other =
        new Keys() {
          @Override
          public byte @Nullable [] hashOfBlock(long number) {
            return new byte[32];
          }
        };
    for (var past : List.of(shorter, other)) {
      var copy = copy("past " + past.blocks);
      try (var keys = RecordedKeys.open(copy, new SecureRandom(), IN_MEMORY)) {
        assertThat(keys.bind(LEDGER, past)).isEqualTo(RecordedKeys.Covered.NOTHING);
        assertThat(keys.find(Keys.key(1))).isEqualTo(-1);
      }
    }
    try (var keys = open()) {
      assertThat(keys.bind(new UUID(3, 4), source)).isEqualTo(RecordedKeys.Covered.NOTHING);
    }
  }

  @Test
  void anythingTruncatedGarbledOrMissingIsRebuilt() throws IOException {
    var source = new Keys();
    try (var keys = open()) {
      keys.bind(LEDGER, source);
      source.fill(keys, 0, 23);
    }
    List<Path> names;
    try (var files = Files.list(directory)) {
      names = files.map(Path::getFileName).filter(name -> !name.toString().equals("lock")).toList();
    }
    assertThat(names).hasSizeGreaterThan(2);
    long seed = 4711;
    var random = new Random(seed);
    for (var name : names) {
      for (var damage : Damage.values()) {
        var copy = copy(name + " " + damage);
        var file = copy.resolve(name);
        damage.doTo(file, random);
        var known = new Keys();
        known.blocks = source.blocks;
        try (var keys = RecordedKeys.open(copy, new SecureRandom(), IN_MEMORY)) {
          assertThat(keys.bind(LEDGER, known))
              .as("%s %s, seed %d", name, damage, seed)
              .isEqualTo(RecordedKeys.Covered.NOTHING);
          known.fill(keys, 0, 23);
          known.check(keys);
        }
        try (var keys = RecordedKeys.open(copy, new SecureRandom(), IN_MEMORY)) {
          assertThat(keys.bind(LEDGER, known).blocks()).isEqualTo(23);
        }
      }
    }
  }

  private enum Damage {
    TRUNCATED,
    EMPTY,
    BIT_FLIPPED,
    SURPLUS,
    MISSING;

    void doTo(Path file, Random random) throws IOException {
      var bytes = Files.readAllBytes(file);
      switch (this) {
        case TRUNCATED -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        case EMPTY -> Files.write(file, new byte[0]);
        case BIT_FLIPPED -> {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, bytes);
        }
        case SURPLUS -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length + 1));
        case MISSING -> Files.delete(file);
      }
    }
  }

  @Test
  void whatACrashLeavesOverIsSweptAndNotCounted() throws IOException {
    var source = new Keys();
    try (var keys = open()) {
      keys.bind(LEDGER, source);
      source.fill(keys, 0, 10);
    }
    var halfWritten = directory.resolve("4711.run");
    Files.write(halfWritten, new byte[1000]);
    Files.write(directory.resolve("manifest.new"), new byte[10]);
    try (var keys = open()) {
      assertThat(keys.bind(LEDGER, source).blocks()).isEqualTo(10);
      source.check(keys);
    }
    assertThat(halfWritten).doesNotExist();
  }

  @Test
  void killedAtAnyMomentKeepsWhatItsManifestSays() throws Exception {
    // A process of its own, killed while it writes and merges runs all the time.
    var random = new Random(7);
    long covered = 0;
    for (int round = 0; round < 3; round++) {
      var child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  directory.toString())
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("child.log").toFile())
              .start();
      long before = covered;
      await()
          .atMost(30, SECONDS)
          .ignoreExceptions()
          .until(() -> KeyManifest.read(directory).blocks() > before + 100);
      child.waitFor(100 + random.nextInt(200), java.util.concurrent.TimeUnit.MILLISECONDS);
      child.destroyForcibly().waitFor();
      var source = new Keys();
      source.blocks = Long.MAX_VALUE / 1000;
      try (var keys = open()) {
        covered = keys.bind(LEDGER, source).blocks();
        assertThat(covered).as("round %d", round).isGreaterThan(before);
        source.blocks = covered;
        source.check(keys);
      }
    }
  }

  /// Writes on where it finds the directory.
  public static final class Writer {
    public static void main(String[] arguments) {
      var source = new Keys();
      source.blocks = Long.MAX_VALUE / 1000;
      var keys = RecordedKeys.open(Path.of(arguments[0]), new SecureRandom(), IN_MEMORY);
      long from = keys.bind(LEDGER, source).blocks();
      source.fill(keys, from, Long.MAX_VALUE);
    }
  }

  @Test
  void aDirectoryIsUsedByOneAtATime() {
    try (var keys = open();
        var second = open()) {
      keys.bind(LEDGER, new Keys());
      assertThatThrownBy(() -> second.bind(LEDGER, new Keys()))
          .isInstanceOf(LedgerStoreException.class);
    }
  }

  @Test
  void whileItsDiskFailsItSaysSoAndMemoryIsBoundedAndThenItRecovers() throws IOException {
    var source = new Keys();
    try (var keys = open()) {
      keys.bind(LEDGER, source);
      for (int i = 0; i < 200; i++) {
        Files.createDirectories(inTheWay(i));
      }
      assertThatThrownBy(
              () -> {
                for (int block = 0; block < 100_000; block++) {
                  keys.find(Keys.key(-1));
                  source.fill(keys, source.blocks, source.blocks + 1);
                }
              })
          .isInstanceOf(LedgerStoreException.class);
      long reached = source.blocks;
      assertThat(reached).isLessThan(1000);
      for (int i = 0; i < 200; i++) {
        Files.delete(inTheWay(i));
        Files.deleteIfExists(inTheWay(i).getParent());
      }
      await().atMost(20, SECONDS).ignoreExceptions().until(() -> keys.find(Keys.key(0)) == 0);
      source.fill(keys, reached, reached + 20);
      source.check(keys);
    }
    try (var keys = open()) {
      assertThat(keys.bind(LEDGER, source).blocks()).isEqualTo(source.blocks);
    }
  }

  private Path inTheWay(int number) {
    return directory.resolve(number + ".run").resolve("in the way");
  }

  private Path copy(String name) throws IOException {
    var to = Files.createDirectories(root.resolve(name));
    var files = new ArrayList<Path>();
    try (var all = Files.list(directory)) {
      all.forEach(files::add);
    }
    for (var file : files) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
    return to;
  }
}
