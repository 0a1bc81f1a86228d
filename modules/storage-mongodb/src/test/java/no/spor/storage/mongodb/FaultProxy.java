package no.spor.storage.mongodb;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/// Stands between a driver and a server, understands what goes through (OP_MSG), does the next
/// write harm when told to, and notes every command and operator that the stores are not to rest
/// on.
final class FaultProxy implements AutoCloseable {
  /// What becomes of a write.
  enum Fault {
    /// Never arrives; the connection is cut.
    CUT_BEFORE,
    /// Is saved; the reply is lost with the connection.
    LOSE_REPLY,
    /// Is saved; the reply says that a majority has not acknowledged it.
    NO_MAJORITY,
    /// Is saved; the reply comes late.
    DELAY_REPLY,
    /// The connection is cut; the write arrives when [#landLate] is called.
    LATE,
    /// Never arrives, and nothing else does from now on: the process is as good as dead.
    CRASH_BEFORE,
    /// Is saved, and nothing else gets through.
    CRASH_AFTER
  }

  private static final BsonDocument DEAD = SimulatedReplicaSet.failure(13, "Dead");
  private static final Set<String> WRITES = Set.of("insert", "update", "delete");
  private static final Set<String> COMMANDS =
      Set.of(
          "insert",
          "update",
          "delete",
          "find",
          "getMore",
          "killCursors",
          "createIndexes",
          "hello",
          "isMaster",
          "ismaster",
          "ping",
          "endSessions",
          "saslStart",
          "saslContinue");
  private static final Set<String> OPERATORS =
      Set.of(
          "$set",
          "$unset",
          "$inc",
          "$max",
          "$pull",
          "$in",
          "$or",
          "$and",
          "$gt",
          "$gte",
          "$lt",
          "$lte",
          "$db",
          "$readPreference",
          "$clusterTime");

  private final String host;
  private final int port;
  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<byte[]> late = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Fault> marked = new ConcurrentHashMap<>();
  private final Set<String> violations = ConcurrentHashMap.newKeySet();
  private final Set<String> weakWrites = ConcurrentHashMap.newKeySet();
  private volatile Fault next;
  private volatile int skip;
  private volatile boolean dead;
  private volatile CountDownLatch happened = new CountDownLatch(1);

  FaultProxy(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  String uri() {
    return "mongodb://127.0.0.1:" + listener.getLocalPort() + "/?directConnection=true";
  }

  /// Does harm to the write after so many others.
  void harm(Fault fault, int after) {
    happened = new CountDownLatch(1);
    skip = after;
    next = fault;
  }

  /// @return whether the harm was done; none is done afterwards
  boolean harmed() {
    boolean done = next == null;
    next = null;
    return done;
  }

  boolean awaitHarm() throws InterruptedException {
    return happened.await(10, TimeUnit.SECONDS);
  }

  Set<String> violations() {
    return violations;
  }

  /// @return writes that did not ask for a majority and its journals
  Set<String> weakWrites() {
    return weakWrites;
  }

  private static boolean isSafe(BsonDocument command) {
    return command.get("writeConcern") instanceof BsonDocument concern
        && new BsonString("majority").equals(concern.get("w"))
        && BsonBoolean.TRUE.equals(concern.get("j"));
  }

  /// Sends the writes that nobody hopes for any more.
  void landLate() throws IOException {
    for (byte[] message = late.poll(); message != null; message = late.poll()) {
      try (Socket server = new Socket(host, port)) {
        server.getOutputStream().write(message);
        server.getOutputStream().flush();
        Wire.read(new DataInputStream(server.getInputStream()));
      }
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(host, port);
        sockets.add(client);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Thread.startVirtualThread(() -> pump(client, server, true));
        Thread.startVirtualThread(() -> pump(server, client, false));
      } catch (IOException e) {
        // Closed, or the server is.
      }
    }
  }

  private void pump(Socket from, Socket to, boolean request) {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(from.getInputStream());
      OutputStream out = to.getOutputStream();
      while (true) {
        byte[] message = Wire.read(in);
        byte[] passed = request ? asked(message) : answered(message);
        if (passed == null) {
          return;
        }
        if (request && dead && isCommand(message)) {
          // Told at once, as nobody cares how long a dead process waits.
          from.getOutputStream().write(Wire.answer(message, DEAD));
          continue;
        }
        out.write(passed);
        out.flush();
      }
    } catch (IOException e) {
      // One side has gone: so does the other.
    }
  }

  private static boolean isCommand(byte[] message) {
    return Wire.operation(message) == Wire.OP_MSG
        && Set.of("insert", "update", "delete", "find")
            .contains(Wire.command(message).getFirstKey());
  }

  /// For stores behind this: what they wait for is either there or does not come, so pauses take no
  /// time, and the driver looks again at once after a connection was cut.
  static Surroundings around() {
    AtomicLong nanos = new AtomicLong();
    return new Surroundings(
        nanos::get,
        nanos::addAndGet,
        driver ->
            driver.applyToServerSettings(
                server -> server.minHeartbeatFrequency(1, TimeUnit.MILLISECONDS)));
  }

  /// @return null to cut the connection
  private byte[] asked(byte[] message) {
    if (Wire.operation(message) != Wire.OP_MSG) {
      return message; // the driver's first handshake
    }
    List<BsonDocument> documents = Wire.documents(message);
    String command = documents.getFirst().getFirstKey();
    if (!COMMANDS.contains(command)) {
      violations.add("command " + command);
    }
    documents.forEach(this::checkOperators);
    if (WRITES.contains(command) && !isSafe(documents.getFirst())) {
      weakWrites.add(command);
    }
    Fault fault = next;
    boolean matters =
        WRITES.contains(command)
            && !documents.getFirst().getString(command).getValue().equals(MongoPlace.META);
    if (fault == null || !matters || skip-- > 0) {
      return message;
    }
    next = null;
    int id = Wire.id(message);
    happened.countDown();
    return switch (fault) {
      case CUT_BEFORE -> null;
      case CRASH_BEFORE -> {
        dead = true;
        yield message;
      }
      case LATE -> {
        late.add(message);
        yield null;
      }
      default -> {
        marked.put(id, fault);
        yield message;
      }
    };
  }

  private byte[] answered(byte[] message) {
    Fault fault = marked.remove(Wire.responseTo(message));
    if (fault == null) {
      return message;
    }
    return switch (fault) {
      case LOSE_REPLY -> null;
      case CRASH_AFTER -> {
        dead = true;
        yield Wire.with(message, DEAD);
      }
      case DELAY_REPLY -> {
        try {
          Thread.sleep(300);
        } catch (InterruptedException e) {
          yield null;
        }
        yield message;
      }
      case NO_MAJORITY -> withoutMajority(message);
      default -> message;
    };
  }

  private static byte[] withoutMajority(byte[] message) {
    BsonDocument reply = Wire.command(message);
    reply.append(
        "writeConcernError",
        new BsonDocument("code", new BsonInt32(64))
            .append("codeName", new BsonString("WriteConcernFailed"))
            .append("errmsg", new BsonString("waiting for replication timed out")));
    return Wire.with(message, reply);
  }

  private void checkOperators(BsonValue value) {
    if (value instanceof BsonDocument document) {
      document.forEach((key, inner) -> {
        if (key.startsWith("$") && !OPERATORS.contains(key)) {
          violations.add("operator " + key);
        }
        checkOperators(inner);
      });
    } else if (value instanceof BsonArray array) {
      array.forEach(this::checkOperators);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
