package no.spor.server;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a [Node] is opened with.
///
/// @param data the data directory
/// @param rootFile the root key's file; null for `root.key` in the data directory
/// @param queueEvents how many events may wait for the appender
/// @param longestDowntime how far the clock may be ahead, at the start, of what it last was: beyond
///   that nothing expires until an operator says that the clock is right
/// @param epochLasts after how long a new epoch is opened and older copies of the keys are dead;
///   zero for only when told
/// @param mongo where the stores lie; null for files in the data directory
public record NodeOptions(
    Path data,
    @Nullable Path rootFile,
    int queueEvents,
    Duration longestDowntime,
    Duration epochLasts,
    @Nullable MongoOptions mongo) {
  private static final int IMPORT_QUEUE = 20_000;

  /// With what else there is as the settings have it by default.
  public NodeOptions(Path data, @Nullable Path rootFile, int queueEvents) {
    this(data, rootFile, queueEvents, Duration.ofDays(31), Duration.ofDays(7), null);
  }

  static NodeOptions of(SporSettings settings) {
    return new NodeOptions(
        settings.data(),
        settings.rootFile(),
        settings.queueEvents(),
        Duration.ofDays(settings.longestDowntimeDays()),
        Duration.ofDays(settings.epochDays()),
        settings.onMongodb() ? MongoOptions.of(settings.mongodb()) : null);
  }

  /// For an import without a server.
  public static NodeOptions importing(Path data, @Nullable Path rootFile) {
    return new NodeOptions(data, rootFile, IMPORT_QUEUE);
  }

  /// The same, with the stores on MongoDB.
  public NodeOptions withMongo(MongoOptions options) {
    return new NodeOptions(data, rootFile, queueEvents, longestDowntime, epochLasts, options);
  }

  Path root() {
    return rootFile != null ? rootFile : data.resolve("root.key");
  }
}
