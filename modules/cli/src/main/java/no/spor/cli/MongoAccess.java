package no.spor.cli;

import no.spor.server.MongoOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the stores lie, for a command that works on them without a server: the flags and variables
/// of `serve`.
final class MongoAccess {
  private static final String HERE = "mongodb://127.0.0.1:27017";

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "sqlite, or mongodb (SPOR_STORE; default: ${DEFAULT-VALUE})",
      defaultValue = "${env:SPOR_STORE:-sqlite}")
  private String store;

  @Option(
      names = "--mongodb-uri",
      paramLabel = "URI",
      defaultValue = "${env:SPOR_MONGODB_URI}",
      description = "connection string (SPOR_MONGODB_URI, which keeps a password out of sight)")
  private @Nullable String uri;

  @Option(
      names = "--mongodb-database",
      paramLabel = "PREFIX",
      defaultValue = "${env:SPOR_MONGODB_DATABASE:-spor}",
      description = "prefix of the databases' names (SPOR_MONGODB_DATABASE; default: spor)")
  private String database;

  @Option(
      names = "--allow-standalone",
      defaultValue = "${env:SPOR_MONGODB_ALLOW_STANDALONE:-false}",
      description = "take a server that is no replica set (SPOR_MONGODB_ALLOW_STANDALONE)")
  private boolean allowStandalone;

  /// @return null for files of a data directory
  @Nullable MongoOptions options() {
    return switch (store) {
      case "sqlite" -> null;
      case "mongodb" ->
          MongoOptions.on(uri == null || uri.isBlank() ? HERE : uri, database, allowStandalone);
      default ->
          throw new CommandFailedException(
              "there is no store of that name: --store sqlite or --store mongodb");
    };
  }
}
