package no.spor.storage.mongodb;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWriter;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;

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

  private static final int OP_MSG = 2013;
  private static final int HEADER = 16;
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

  /// Sends the writes that nobody hopes for any more.
  void landLate() throws IOException {
    for (byte[] message = late.poll(); message != null; message = late.poll()) {
      try (Socket server = new Socket(host, port)) {
        server.getOutputStream().write(message);
        server.getOutputStream().flush();
        read(new DataInputStream(server.getInputStream()));
      }
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (dead) {
          client.close();
          continue;
        }
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
        byte[] message = read(in);
        byte[] passed = request ? asked(message) : answered(message);
        if (passed == null || dead && request) {
          return;
        }
        out.write(passed);
        out.flush();
      }
    } catch (IOException e) {
      // One side has gone: so does the other.
    }
  }

  private static byte[] read(DataInputStream in) throws IOException {
    byte[] length = in.readNBytes(4);
    if (length.length < 4) {
      throw new IOException("end");
    }
    int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] message = new byte[size];
    System.arraycopy(length, 0, message, 0, 4);
    in.readFully(message, 4, size - 4);
    return message;
  }

  /// @return null to cut the connection
  private byte[] asked(byte[] message) {
    ByteBuffer header = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    if (header.getInt(12) != OP_MSG) {
      return message; // the driver's first handshake
    }
    List<BsonDocument> documents = documents(message);
    String command = documents.getFirst().getFirstKey();
    if (!COMMANDS.contains(command)) {
      violations.add("command " + command);
    }
    documents.forEach(this::checkOperators);
    Fault fault = next;
    if (fault == null || !WRITES.contains(command) || skip-- > 0) {
      return message;
    }
    next = null;
    int id = header.getInt(4);
    happened.countDown();
    return switch (fault) {
      case CUT_BEFORE -> null;
      case CRASH_BEFORE -> {
        dead = true;
        yield null;
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
    ByteBuffer header = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    Fault fault = marked.remove(header.getInt(8));
    if (fault == null) {
      return message;
    }
    return switch (fault) {
      case LOSE_REPLY -> null;
      case CRASH_AFTER -> {
        dead = true;
        yield null;
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
    BsonDocument reply = documents(message).getFirst().clone();
    reply.append(
        "writeConcernError",
        new BsonDocument("code", new BsonInt32(64))
            .append("codeName", new BsonString("WriteConcernFailed"))
            .append("errmsg", new BsonString("waiting for replication timed out")));
    byte[] body = bytes(reply);
    return ByteBuffer.allocate(HEADER + 5 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(HEADER + 5 + body.length)
        .put(message, 4, HEADER - 4)
        .putInt(0)
        .put((byte) 0)
        .put(body)
        .array();
  }

  private static byte[] bytes(BsonDocument document) {
    var raw = new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] bytes = new byte[raw.remaining()];
    raw.get(bytes);
    return bytes;
  }

  /// @return the command, then the documents of its sequences
  private static List<BsonDocument> documents(byte[] message) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    boolean checksum = (in.getInt(HEADER) & 1) != 0;
    in.position(HEADER + 4);
    int end = message.length - (checksum ? 4 : 0);
    List<BsonDocument> commands = new ArrayList<>();
    List<BsonDocument> others = new ArrayList<>();
    while (in.position() < end) {
      if (in.get() == 0) {
        commands.add(document(message, in));
      } else {
        int until = in.position() + in.getInt(in.position());
        in.getInt();
        while (in.get() != 0) {
          // The sequence's name.
        }
        while (in.position() < until) {
          others.add(document(message, in));
        }
      }
    }
    commands.addAll(others);
    return commands;
  }

  private static BsonDocument document(byte[] message, ByteBuffer in) {
    int size = in.getInt(in.position());
    BsonDocument read = new RawBsonDocument(message, in.position(), size);
    BsonDocument copy = new BsonDocument();
    new BsonDocumentCodec()
        .encode(new BsonDocumentWriter(copy), read, EncoderContext.builder().build());
    in.position(in.position() + size);
    return copy;
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
