package no.spor.storage.mongodb;

import com.mongodb.ClientSessionOptions;
import com.mongodb.ConnectionString;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.connection.ServerMonitoringMode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.jspecify.annotations.Nullable;

/// A database that one duty's documents lie in: connected, checked, with the concerns that the duty
/// needs. Thread-safe.
///
/// The driver repeats no write by itself: a repeated insert would find its own document and call it
/// somebody else's. Whoever writes here resolves what is uncertain by reading.
///
/// Where the server has sessions, every operation is causally after all earlier ones of this place:
/// a new primary that has not yet heard what its predecessor acknowledged waits instead of
/// answering.
final class MongoPlace implements AutoCloseable {
  static final String META = "meta";
  private static final int DUPLICATE_KEY = 11000;
  private static final Duration BEYOND_PATIENCE = Duration.ofSeconds(2);

  /// What a duty asks of its database.
  ///
  /// @param mark tells the duty's documents from another program's and another duty's
  /// @param version of the documents' form
  /// @param canBeRebuilt whether the connection string may weaken what is asked of the server
  record Duty(String mark, int version, boolean canBeRebuilt) {}

  private final MongoClient client;
  private final MongoDatabase database;
  private final Duration patience;
  private final Surroundings around;
  private boolean sessions;
  private final AtomicReference<@Nullable BsonTimestamp> lastOperation = new AtomicReference<>();
  private volatile @Nullable BsonDocument clusterTime;

  private MongoPlace(
      MongoClient client, MongoSettings settings, boolean uriDecides, Surroundings around) {
    this.client = client;
    this.around = around;
    this.patience = settings.patience();
    MongoDatabase plain = client.getDatabase(settings.database());
    this.database =
        uriDecides
            ? plain
            : plain
                .withReadConcern(ReadConcern.MAJORITY)
                .withReadPreference(ReadPreference.primary())
                .withWriteConcern(
                    WriteConcern.MAJORITY
                        .withJournal(true)
                        .withWTimeout(patience.toMillis(), TimeUnit.MILLISECONDS));
  }

  /// Connects, and checks that the server keeps what the duty needs.
  ///
  /// @throws MongoStoreException where it does not, or is out of reach; says what to do
  static MongoPlace open(MongoSettings settings, Duty duty) {
    return open(settings, duty, Surroundings.REAL);
  }

  static MongoPlace open(MongoSettings settings, Duty duty, Surroundings around) {
    ConnectionString uri = parsed(settings.uri());
    boolean weakened = weakens(uri);
    if (weakened && !settings.allowUnsafe() && !duty.canBeRebuilt()) {
      throw new MongoStoreException(
          "the connection string of the database "
              + settings.database()
              + " asks for less than majority, journaled writes and majority reads from the"
              + " primary: take those options out of it, or set spor.mongodb.allow-unsafe=true",
          null);
    }
    MongoPlace place = new MongoPlace(client(uri, settings, around), settings, weakened, around);
    try {
      place.check(settings, duty);
      return place;
    } catch (MongoException e) {
      place.close();
      throw new MongoStoreException(
          "the database "
              + settings.database()
              + " cannot be used: is the server running, do user and password fit, and does the"
              + " user have the role that the README of storage-mongodb names? "
              + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private static ConnectionString parsed(String uri) {
    try {
      return new ConnectionString(uri);
    } catch (IllegalArgumentException e) {
      // Its message may hold the password.
      throw new MongoStoreException(
          "that is no connection string of MongoDB: mongodb://host:27017/?replicaSet=rs0", null);
    }
  }

  private static boolean weakens(ConnectionString uri) {
    WriteConcern write = uri.getWriteConcern();
    ReadConcern read = uri.getReadConcern();
    ReadPreference preference = uri.getReadPreference();
    boolean weakWrite =
        write != null
            && (!"majority".equals(write.getWObject()) || Boolean.FALSE.equals(write.getJournal()));
    boolean weakRead =
        read != null
            && !read.equals(ReadConcern.MAJORITY)
            && !read.equals(ReadConcern.LINEARIZABLE);
    return weakWrite
        || weakRead
        || (preference != null && !preference.equals(ReadPreference.primary()));
  }

  private static MongoClient client(
      ConnectionString uri, MongoSettings settings, Surroundings around) {
    long answer = settings.patience().plus(BEYOND_PATIENCE).toMillis();
    var driver =
        MongoClientSettings.builder()
            .applicationName("spor")
            .applyToClusterSettings(cluster ->
                cluster.serverSelectionTimeout(
                    settings.patience().toMillis(), TimeUnit.MILLISECONDS))
            .applyToSocketSettings(socket ->
                socket
                    .connectTimeout((int) settings.patience().toMillis(), TimeUnit.MILLISECONDS)
                    .readTimeout((int) answer, TimeUnit.MILLISECONDS))
            .applyToServerSettings(server -> server.serverMonitoringMode(ServerMonitoringMode.POLL))
            .applyConnectionString(uri)
            .retryWrites(false);
    around.driver().accept(driver);
    return MongoClients.create(driver.build());
  }

  private void check(MongoSettings settings, Duty duty) {
    BsonDocument hello = hello();
    sessions = hello.containsKey("logicalSessionTimeoutMinutes");
    boolean replicated =
        hello.containsKey("setName")
            || hello.getString("msg", new BsonString("")).getValue().equals("isdbgrid");
    if (!replicated && !settings.allowStandalone()) {
      throw new MongoStoreException(
          "the MongoDB server of the database "
              + settings.database()
              + " is no replica set: what it acknowledges is lost with its machine. Make it one"
              + " (one member will do: mongod --replSet rs0, then rs.initiate()), or set"
              + " spor.mongodb.allow-standalone=true (SPOR_MONGODB_ALLOW_STANDALONE)",
          null);
    }
    checkVersion(settings, duty);
  }

  private BsonDocument hello() {
    try {
      return run("hello");
    } catch (MongoCommandException old) {
      return run("isMaster");
    }
  }

  private BsonDocument run(String command) {
    return database.runCommand(new BsonDocument(command, new BsonInt32(1)), BsonDocument.class);
  }

  /// Writes too, so that a server without a majority or a journal shows now.
  private void checkVersion(MongoSettings settings, Duty duty) {
    Documents meta = documents(META);
    BsonString id = new BsonString("schema");
    BsonDocument ours =
        new BsonDocument("_id", id)
            .append("mark", new BsonString(duty.mark()))
            .append("version", new BsonInt32(duty.version()));
    try {
      meta.insert(ours);
    } catch (MongoException e) {
      if (!isDuplicate(e)) {
        throw e;
      }
    }
    meta.touch("checked");
    BsonDocument found =
        meta.awaited(id)
            .orElseThrow(() ->
                new MongoStoreException(
                    "the database " + settings.database() + " does not show what it acknowledged",
                    null));
    if (!found.getString("mark").getValue().equals(duty.mark())) {
      throw new MongoStoreException(
          "the database "
              + settings.database()
              + " holds the documents of another duty: each needs a database of its own",
          null);
    }
    if (found.getInt32("version").getValue() > duty.version()) {
      throw new MongoStoreException(
          "the database "
              + settings.database()
              + " was written by a newer version of Spor: start that one",
          null);
    }
    if (found.getInt32("version").getValue() < duty.version()) {
      throw new MongoStoreException(
          "the database "
              + settings.database()
              + " was written by an older version of Spor, which this one does not bring forward:"
              + " copy its ledger to new databases (spor copy), with that version's keys",
          null);
    }
  }

  /// @return whether nothing but ids that stand already was refused
  static boolean areDuplicates(MongoBulkWriteException e) {
    return e.getWriteErrors().stream().allMatch(error -> error.getCode() == DUPLICATE_KEY);
  }

  static boolean isDuplicate(MongoException e) {
    return e.getCode() == DUPLICATE_KEY
        || (e instanceof MongoBulkWriteException bulk
            && !bulk.getWriteErrors().isEmpty()
            && bulk.getWriteErrors().getFirst().getCode() == DUPLICATE_KEY);
  }

  Documents documents(String collection) {
    return new Documents(this, database.getCollection(collection, BsonDocument.class));
  }

  /// Begins to wait.
  Patience patient() {
    return new Patience(patience, around);
  }

  /// Does something after everything that was done here before.
  <T extends @Nullable Object> T inOrder(Function<@Nullable ClientSession, T> work) {
    if (!sessions) {
      return work.apply(null);
    }
    try (ClientSession session =
        client.startSession(ClientSessionOptions.builder().causallyConsistent(true).build())) {
      BsonTimestamp before = lastOperation.get();
      BsonDocument cluster = clusterTime;
      if (before != null) {
        session.advanceOperationTime(before);
      }
      if (cluster != null) {
        session.advanceClusterTime(cluster);
      }
      try {
        return work.apply(session);
      } finally {
        BsonTimestamp now = session.getOperationTime();
        if (now != null) {
          lastOperation.accumulateAndGet(now, (a, b) -> a != null && a.compareTo(b) > 0 ? a : b);
        }
        clusterTime = session.getClusterTime();
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
