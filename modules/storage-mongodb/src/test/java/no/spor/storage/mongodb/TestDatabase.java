package no.spor.storage.mongodb;

import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.bson.Document;
import org.bson.RawBsonDocument;

/// A database of its own, dropped afterwards, on a server that all tests of this process share: the
/// one that the property `spor.test.mongodb.uri` or the environment's `SPOR_TEST_MONGODB_URI`
/// names, else one in memory.
final class TestDatabase implements AutoCloseable {
  private static final String GIVEN =
      System.getProperty("spor.test.mongodb.uri", System.getenv("SPOR_TEST_MONGODB_URI"));

  /// A server that takes the place of the others for a while.
  private static volatile String instead;

  private final String uri;
  private final String name = "spor_test_" + UUID.randomUUID().toString().replace("-", "");

  private TestDatabase(String uri) {
    this.uri = uri;
  }

  static TestDatabase create() {
    String server = instead != null ? instead : GIVEN;
    return server != null ? new TestDatabase(server) : inMemory();
  }

  /// From now on databases are made there; null for where they are made else.
  static void makeAt(String server) {
    instead = server;
  }

  /// Whatever is given: for tests that need what goes over the wire to be seen.
  static TestDatabase inMemory() {
    return new TestDatabase(InMemoryServer.ONLY.getConnectionString());
  }

  static TestDatabase at(String uri) {
    return new TestDatabase(uri);
  }

  /// @return a proxy in front of the server in memory
  FaultProxy proxy() throws IOException {
    var address = InMemoryServer.ONLY.getLocalAddress();
    return new FaultProxy("127.0.0.1", address.getPort());
  }

  static final class InMemoryServer {
    static final MongoServer ONLY = new MongoServer(new MemoryBackend());

    static {
      ONLY.bind("127.0.0.1", 0);
    }
  }

  MongoSettings settings() {
    return MongoSettings.of(uri, name)
        .withAllowStandalone(true)
        .withPatience(isInMemory() ? Duration.ofSeconds(2) : Duration.ofSeconds(10));
  }

  private boolean isInMemory() {
    return uri.equals(InMemoryServer.ONLY.getConnectionString());
  }

  /// @return whether these bytes stand in any document of the database
  boolean holds(byte[] bytes) {
    var wanted = new String(bytes, StandardCharsets.ISO_8859_1);
    try (var client = MongoClients.create(uri)) {
      var database = client.getDatabase(name);
      for (var collection : database.listCollectionNames()) {
        for (var document : database.getCollection(collection, RawBsonDocument.class).find()) {
          var buffer = document.getByteBuffer().asNIO();
          var all = new byte[buffer.remaining()];
          buffer.get(all);
          if (new String(all, StandardCharsets.ISO_8859_1).contains(wanted)) {
            return true;
          }
        }
      }
      return false;
    }
  }

  @Override
  public void close() {
    try (var client = MongoClients.create(uri)) {
      client.getDatabase(name).runCommand(new Document("dropDatabase", 1));
    }
  }
}
