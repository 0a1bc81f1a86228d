package no.spor.cli;

import java.util.Map;
import no.spor.server.MongoOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the stores lie, for a server and for a command that works on them without one. What no
/// flag says the environment does, as for a server (`SPOR_MONGODB_KEYS_URI` and the like).
final class MongoAccess {
  @Option(
      names = "--store",
      paramLabel = "STORE",
      description =
          "sqlite, or mongodb for more than one node (SPOR_STORE; default: ${DEFAULT-VALUE})",
      defaultValue = "${env:SPOR_STORE:-sqlite}")
  private String store;

  @Option(
      names = "--mongodb-uri",
      paramLabel = "URI",
      description = "connection string (SPOR_MONGODB_URI, which keeps a password out of sight)")
  private @Nullable String uri;

  @Option(
      names = "--mongodb-database",
      paramLabel = "PREFIX",
      description = "prefix of the databases' names (SPOR_MONGODB_DATABASE; default: spor)")
  private @Nullable String database;

  @Option(
      names = "--allow-standalone",
      description = "take a server that is no replica set (SPOR_MONGODB_ALLOW_STANDALONE)")
  private boolean allowStandalone;

  /// @return null for files of a data directory
  @Nullable MongoOptions options() {
    return onMongodb() ? MongoOptions.ofEnvironment(uri, database, allowStandalone) : null;
  }

  /// Tells a server what the flags say.
  void addTo(Map<String, Object> settings) {
    settings.put("spor.store", onMongodb() ? "mongodb" : "sqlite");
    put(settings, "spor.mongodb.uri", uri);
    put(settings, "spor.mongodb.database", database);
    put(settings, "spor.mongodb.allow-standalone", allowStandalone ? "true" : null);
  }

  private static void put(Map<String, Object> settings, String name, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      settings.put(name, value);
    }
  }

  private boolean onMongodb() {
    return switch (store) {
      case "sqlite" -> false;
      case "mongodb" -> true;
      default -> throw CommandFailedException.said("failed.no-store");
    };
  }
}
