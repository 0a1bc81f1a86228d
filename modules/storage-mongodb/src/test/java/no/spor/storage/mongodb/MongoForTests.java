package no.spor.storage.mongodb;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import no.spor.ledger.LedgerDamageException;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.RawBsonDocument;

/// The MongoDB that other rooms' tests run on: the one that the property `spor.test.mongodb.uri` or
/// the environment's `SPOR_TEST_MONGODB_URI` names, else one in memory behind a proxy that notes
/// every command and operator that the stores are not to rest on. One for a process.
public final class MongoForTests {
  private static final String GIVEN =
      System.getProperty("spor.test.mongodb.uri", System.getenv("SPOR_TEST_MONGODB_URI"));

  private static final int LARGEST = 16 * 1024 * 1024;

  private MongoForTests() {}

  /// Begun when it is first asked for.
  private static final class InMemory {
    static final MongoServer SERVER = new MongoServer(new MemoryBackend());
    static final FaultProxy PROXY;

    static {
      SERVER.bind("127.0.0.1", 0);
      try {
        PROXY = new FaultProxy("127.0.0.1", SERVER.getLocalAddress().getPort());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// @return connection string, for nodes
  public static String uri() {
    return GIVEN != null ? GIVEN : InMemory.PROXY.uri();
  }

  /// @return what was asked of the server that the stores are not to rest on; empty where the
  ///   server was given, for nobody looks then
  public static Set<String> violations() {
    return GIVEN != null ? Set.of() : InMemory.PROXY.violations();
  }

  /// Drops every database of this prefix.
  public static void drop(String prefix) {
    each(
        prefix,
        (client, name) -> client.getDatabase(name).runCommand(new Document("dropDatabase", 1)));
  }

  /// Puts a copy of one database in place of another, as an operator's tools would.
  public static void copy(String from, String to) {
    try (MongoClient client = MongoClients.create(direct())) {
      MongoDatabase target = client.getDatabase(to);
      target.runCommand(new Document("dropDatabase", 1));
      MongoDatabase source = client.getDatabase(from);
      for (String name : source.listCollectionNames()) {
        List<RawBsonDocument> all =
            source.getCollection(name, RawBsonDocument.class).find().into(new ArrayList<>());
        if (!all.isEmpty()) {
          target.getCollection(name, RawBsonDocument.class).insertMany(all);
        }
      }
    }
  }

  /// @return every value in every document of the databases of this prefix, by database and
  ///   collection, texts and bytes as they are
  public static Map<String, byte[]> contents(String prefix) {
    Map<String, byte[]> found = new TreeMap<>();
    each(
        prefix,
        (client, name) -> {
          for (String collection : client.getDatabase(name).listCollectionNames()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (BsonDocument document :
                client.getDatabase(name).getCollection(collection, BsonDocument.class).find()) {
              write(document, all);
            }
            found.put(name + " " + collection, all.toByteArray());
          }
        });
    return found;
  }

  private static void write(BsonValue value, ByteArrayOutputStream to) {
    switch (value) {
      case BsonDocument document ->
          document.forEach((name, member) -> {
            write(new BsonString(name), to);
            write(member, to);
          });
      case BsonArray array -> array.forEach(member -> write(member, to));
      case BsonBinary bytes -> to.writeBytes(unpacked(bytes.getData()));
      case BsonString text -> to.writeBytes(text.getValue().getBytes(StandardCharsets.UTF_8));
      default -> to.writeBytes(value.toString().getBytes(StandardCharsets.UTF_8));
    }
    to.write('\n');
  }

  private static byte[] unpacked(byte[] stored) {
    try {
      return AtRest.unpack(stored, LARGEST);
    } catch (LedgerDamageException notPacked) {
      return stored;
    }
  }

  private static String direct() {
    return GIVEN != null ? GIVEN : InMemory.SERVER.getConnectionString();
  }

  private interface OnDatabase {
    void take(MongoClient client, String name);
  }

  private static void each(String prefix, OnDatabase use) {
    try (MongoClient client = MongoClients.create(direct())) {
      for (String name : client.listDatabaseNames().into(new ArrayList<>())) {
        if (name.startsWith(prefix)) {
          use.take(client, name);
        }
      }
    }
  }
}
