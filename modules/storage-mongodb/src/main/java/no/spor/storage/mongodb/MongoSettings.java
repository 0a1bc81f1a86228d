package no.spor.storage.mongodb;

import java.time.Duration;

/// Where the documents of one duty lie, and what is allowed there. Each duty has settings of its
/// own, so that ledger, keys, epochs, checkpoints and views can be in databases, clusters and hands
/// of their own.
///
/// @param uri connection string, with credentials where there are any; hosts of a replica set
///   should be named all, with `replicaSet=`
/// @param database name of the database
/// @param allowStandalone whether a server that is no replica set is taken: one machine's loss
///   takes what it acknowledged
/// @param allowUnsafe whether the connection string may weaken majority and journaled writes,
///   majority reads and reading from the primary
/// @param patience how long a write is waited for, and how long an uncertain one is asked after
public record MongoSettings(
    String uri, String database, boolean allowStandalone, boolean allowUnsafe, Duration patience) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  public static MongoSettings of(String uri, String database) {
    return new MongoSettings(uri, database, false, false, PATIENCE);
  }

  public MongoSettings withAllowStandalone(boolean allow) {
    return new MongoSettings(uri, database, allow, allowUnsafe, patience);
  }

  public MongoSettings withAllowUnsafe(boolean allow) {
    return new MongoSettings(uri, database, allowStandalone, allow, patience);
  }

  public MongoSettings withPatience(Duration most) {
    return new MongoSettings(uri, database, allowStandalone, allowUnsafe, most);
  }

  /// Shows no connection string: it holds a password.
  @Override
  public String toString() {
    return "MongoSettings[" + database + "]";
  }
}
