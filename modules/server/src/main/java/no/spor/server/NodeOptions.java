package no.spor.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import no.spor.ledger.witness.WitnessAddress;
import org.jspecify.annotations.Nullable;

/// What a [Node] is opened with.
///
/// @param data the data directory
/// @param rootFile the root key's file; null for `root.key` in the data directory
/// @param queueEvents how many events may wait for the appender
/// @param longestDowntime how much downtime others can confirm: beyond that nothing more expires
///   until an operator says that the clock is right
/// @param epochLasts after how long a new epoch is opened and older copies of the keys are dead;
///   zero for only when told
/// @param mongo where the stores lie; null for files in the data directory
/// @param outward what others know the ledger by, and who watches it
public record NodeOptions(
    Path data,
    @Nullable Path rootFile,
    int queueEvents,
    Duration longestDowntime,
    Duration epochLasts,
    @Nullable MongoOptions mongo,
    Outward outward) {
  private static final int IMPORT_QUEUE = 20_000;

  /// With what else there is as the settings have it by default.
  public NodeOptions(Path data, @Nullable Path rootFile, int queueEvents) {
    this(data, rootFile, queueEvents, Duration.ofDays(31), Duration.ofDays(7), null, Outward.NONE);
  }

  static NodeOptions of(SporSettings settings) {
    return new NodeOptions(
        settings.data(),
        settings.rootFile(),
        settings.queueEvents(),
        Duration.ofDays(settings.longestDowntimeDays()),
        Duration.ofDays(settings.epochDays()),
        settings.onMongodb() ? MongoOptions.of(settings.mongodb()) : null,
        new Outward(
            given(settings.origin()),
            WitnessAddress.parse(settings.witnesses()),
            settings.since()));
  }

  /// For an import without a server; on the stores that the environment names (`SPOR_STORE`).
  public static NodeOptions importing(Path data, @Nullable Path rootFile) {
    return caring(data, rootFile)
        .withOutward(new Outward(given(System.getenv("SPOR_ORIGIN")), List.of(), null));
  }

  /// For what an operator does without a server: as the ledger is; on the stores that the
  /// environment names (`SPOR_STORE`).
  public static NodeOptions caring(Path data, @Nullable Path rootFile) {
    return new NodeOptions(data, rootFile, IMPORT_QUEUE).withMongo(MongoOptions.ifInEnvironment());
  }

  /// The same, with the stores on MongoDB; null for in files.
  public NodeOptions withMongo(@Nullable MongoOptions options) {
    return new NodeOptions(
        data, rootFile, queueEvents, longestDowntime, epochLasts, options, outward);
  }

  /// With another outward side.
  public NodeOptions withOutward(Outward other) {
    return new NodeOptions(data, rootFile, queueEvents, longestDowntime, epochLasts, mongo, other);
  }

  private static @Nullable String given(@Nullable String origin) {
    return origin == null || origin.isBlank() ? null : origin.strip();
  }

  /// What others know the ledger by, and who watches it.
  ///
  /// @param origin set at the first start, for good; null for what it is, or the default
  /// @param witnesses asked at the start how long the ledger was, and for cosignatures; without
  ///   any, nobody is called
  /// @param since a file with a checkpoint that the ledger must continue; null for none
  public record Outward(
      @Nullable String origin, List<WitnessAddress> witnesses, @Nullable Path since) {
    public static final Outward NONE = new Outward(null, List.of(), null);
  }

  /// @return whether a data directory is a node's whose stores lie on MongoDB
  public static boolean isOnMongodb(Path data) {
    return Files.exists(data.resolve(MongoStores.NODE));
  }

  Path root() {
    return rootFile != null ? rootFile : data.resolve("root.key");
  }
}
