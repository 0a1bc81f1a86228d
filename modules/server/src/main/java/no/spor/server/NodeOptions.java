package no.spor.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a [Node] is opened with.
///
/// @param data the data directory
/// @param rootFile the root key's file; null for `root.key` in the data directory
/// @param queueEvents how many events may wait for the appender
public record NodeOptions(Path data, @Nullable Path rootFile, int queueEvents) {
  private static final int IMPORT_QUEUE = 20_000;

  static NodeOptions of(SporSettings settings) {
    return new NodeOptions(settings.data(), settings.rootFile(), settings.queueEvents());
  }

  /// For an import without a server.
  public static NodeOptions importing(Path data, @Nullable Path rootFile) {
    return new NodeOptions(data, rootFile, IMPORT_QUEUE);
  }

  Path root() {
    return rootFile != null ? rootFile : data.resolve("root.key");
  }
}
