package no.spor.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import no.spor.storage.mongodb.MongoForTests;

/// The store that these tests run on: files of the data directory, or with
/// `-Dspor.test.store=mongodb` databases of its own on MongoDB for each data directory. Every test
/// opens its nodes here or with [RunningSpor].
final class TestStore {
  static final boolean MONGODB = "mongodb".equals(System.getProperty("spor.test.store"));
  private static final int DIGITS = 12;
  private static final Duration FRESH_WITHIN = Duration.ofSeconds(2);

  private TestStore() {}

  /// Opens a node on the store under test.
  static Node open(NodeOptions options, InstantSource clock) {
    return Node.open(on(options), clock);
  }

  /// @return the same, on the store under test
  static NodeOptions on(NodeOptions options) {
    return MONGODB ? options.withMongo(soonFresh(prefix(options.data()))) : options;
  }

  /// An erasure is completed when every node must have seen it: tests wait for that.
  private static MongoOptions soonFresh(String prefix) {
    MongoOptions usual = MongoOptions.on(MongoForTests.uri(), prefix, true);
    return new MongoOptions(
        usual.ledger(),
        usual.keys(),
        usual.epochs(),
        usual.checkpoints(),
        usual.views(),
        usual.followEvery(),
        FRESH_WITHIN);
  }

  /// @return what a server is to be told besides its data directory
  static List<String> settings(Path data) {
    return MONGODB
        ? List.of(
            "--spor.store=mongodb",
            "--spor.mongodb.uri=" + MongoForTests.uri(),
            "--spor.mongodb.database=" + prefix(data),
            "--spor.mongodb.allow-standalone=true",
            "--spor.mongodb.fresh-within=" + FRESH_WITHIN)
        : List.of();
  }

  /// @return tells a Java process of these tests which store it is on
  static String storeFlag() {
    return "-Dspor.test.store=" + (MONGODB ? "mongodb" : "sqlite");
  }

  /// @return tells a Java process of these tests where that store is
  static String placeFlag() {
    return "-Dspor.test.mongodb.uri=" + (MONGODB ? MongoForTests.uri() : "");
  }

  /// Puts copies of stores in place of those of another data directory, as who restores them would.
  /// One that is not there is not there afterwards.
  ///
  /// @param stores ledger, keys, epochs, checkpoints, registry
  static void copy(Path from, Path to, String... stores) throws IOException {
    for (String store : stores) {
      if (MONGODB && !store.equals("registry")) {
        MongoForTests.copy(prefix(from) + "_" + store, prefix(to) + "_" + store);
      } else {
        copyFiles(from, to, store);
      }
    }
  }

  private static void copyFiles(Path from, Path to, String store) throws IOException {
    Files.createDirectories(to);
    for (String ending : List.of(".db", ".db-wal", ".db-shm")) {
      Path file = from.resolve(store + ending);
      Path copy = to.resolve(store + ending);
      Files.deleteIfExists(copy);
      if (Files.exists(file)) {
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /// A database, where there is one, is empty afterwards.
  static void forget(Path data, String store) {
    if (MONGODB) {
      MongoForTests.drop(prefix(data) + "_" + store);
    }
  }

  /// Adds what stands in the databases of a data directory, unpacked: a search of files alone would
  /// not see what is compressed.
  static void addContents(Map<String, byte[]> found, Path data) throws IOException {
    DatabaseRows.addAll(found, data);
    if (MONGODB) {
      found.putAll(MongoForTests.contents(prefix(data)));
    }
  }

  /// Copies a data directory with all that belongs to it.
  static void copyAll(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    if (MONGODB) {
      copy(from, to, "ledger", "keys", "epochs", "checkpoints", "views");
    }
  }

  /// @return prefix of the names of a data directory's databases
  static String prefix(Path data) {
    try {
      byte[] name = data.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name);
      return "t" + HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
