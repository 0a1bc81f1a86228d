package no.spor.storage.mongodb;

import com.mongodb.MongoClientSettings;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import no.spor.storage.mongodb.ReplicaSetSimulation.Bug;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;

/// A process in one of its lives: the stores' own code and the real driver, connected to a port of
/// its own. What it sends waits there until the simulation has decided what becomes of it. Does one
/// thing at a time.
final class SimulatedClient implements AutoCloseable {
  private static final Set<String> GATED = Set.of("insert", "update", "delete", "find", "getMore");
  private static final long COMMAND_NANOS = 1_000_000;

  /// A command that has arrived.
  final class Request {
    private final Socket connection;
    private final byte[] message;
    final BsonDocument command;

    private Request(Socket connection, byte[] message, BsonDocument command) {
      this.connection = connection;
      this.message = message;
      this.command = command;
    }

    SimulatedClient client() {
      return SimulatedClient.this;
    }

    String database() {
      return command.getString("$db").getValue();
    }

    void answer(BsonDocument reply) {
      runs();
      send(connection, Wire.answer(message, bug.answered().apply(reply)));
    }

    void cut() {
      runs();
      quietlyClose(connection);
    }

    private void runs() {
      synchronized (monitor) {
        request = null;
        running = true;
      }
    }
  }

  final int number;
  final Random random;
  private final Object monitor;
  private final Bug bug;
  private final ServerSocket port;
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private volatile long nanos;
  private final double clockRate;

  /// Whom it takes for the primary.
  int member;

  volatile boolean stopping;
  private volatile boolean dead;
  private boolean running = true;
  private boolean ended;
  private Request request;
  private Throwable failure;

  /// @param clockRate how fast its clock goes
  SimulatedClient(int number, Random random, double clockRate, Object monitor, Bug bug) {
    this.number = number;
    this.random = random;
    this.clockRate = clockRate;
    this.monitor = monitor;
    this.bug = bug;
    try {
      port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  void start(Runnable life) {
    Thread.startVirtualThread(() -> {
      try {
        life.run();
      } catch (Throwable e) {
        failure = e;
      }
      synchronized (monitor) {
        running = false;
        ended = true;
        monitor.notifyAll();
      }
    });
  }

  MongoSettings settings(String database) {
    return new MongoSettings(
        "mongodb://127.0.0.1:" + port.getLocalPort() + "/?directConnection=true" + bug.options(),
        database,
        false,
        true,
        Duration.ofSeconds(1));
  }

  Surroundings around() {
    return new Surroundings(() -> (long) (nanos * clockRate), this::pass, SimulatedClient::patient);
  }

  /// Time passes for this process.
  void pass(long more) {
    nanos += more;
  }

  /// How long the driver itself waits is not simulated: it must not matter.
  private static void patient(MongoClientSettings.Builder driver) {
    driver
        .applyToServerSettings(server -> server.minHeartbeatFrequency(1, TimeUnit.MILLISECONDS))
        .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(30, TimeUnit.SECONDS))
        .applyToSocketSettings(socket -> socket.readTimeout(60, TimeUnit.SECONDS));
  }

  boolean goesOn() {
    return !stopping && !dead;
  }

  boolean isDead() {
    return dead;
  }

  // ---- as the simulation sees it, under its monitor

  boolean isRunning() {
    return running;
  }

  boolean hasEnded() {
    return ended;
  }

  Request request() {
    return request;
  }

  Throwable failure() {
    return failure;
  }

  /// As with `kill -9`: nothing that it sends arrives any more, and it hears nothing.
  void die() {
    dead = true;
    Request open = request;
    if (open != null) {
      open.cut();
    }
  }

  // ---- the wire

  private void accept() {
    while (!port.isClosed()) {
      try {
        Socket connection = port.accept();
        connection.setTcpNoDelay(true);
        connections.add(connection);
        Thread.startVirtualThread(() -> serve(connection));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      while (true) {
        byte[] message = Wire.read(in);
        BsonDocument command = Wire.command(message);
        if (!GATED.contains(command.getFirstKey())) {
          send(connection, Wire.answer(message, ungated(command.getFirstKey())));
        } else if (!arrived(new Request(connection, message, bug.asked().apply(command)))) {
          send(connection, Wire.answer(message, SimulatedReplicaSet.failure(13, "Dead")));
        }
      }
    } catch (IOException e) {
      // Gone.
    }
  }

  private boolean arrived(Request arrived) {
    synchronized (monitor) {
      if (dead) {
        return false;
      }
      nanos += COMMAND_NANOS;
      request = arrived;
      running = false;
      monitor.notifyAll();
      return true;
    }
  }

  private BsonDocument ungated(String command) {
    BsonDocument ok = new BsonDocument("ok", new BsonInt32(1));
    if (!Set.of("hello", "isMaster", "ismaster").contains(command)) {
      return ok;
    }
    BsonString me = new BsonString("127.0.0.1:" + port.getLocalPort());
    return ok.append("isWritablePrimary", BsonBoolean.TRUE)
        .append("ismaster", BsonBoolean.TRUE)
        .append("helloOk", BsonBoolean.TRUE)
        .append("setName", new BsonString("simulated"))
        .append("setVersion", new BsonInt32(1))
        .append("hosts", new BsonArray(List.of(me)))
        .append("primary", me)
        .append("me", me)
        .append("maxBsonObjectSize", new BsonInt32(16 << 20))
        .append("maxMessageSizeBytes", new BsonInt32(48_000_000))
        .append("maxWriteBatchSize", new BsonInt32(100_000))
        .append("logicalSessionTimeoutMinutes", new BsonInt32(30))
        .append("localTime", new BsonDateTime(0))
        .append("minWireVersion", new BsonInt32(0))
        .append("maxWireVersion", new BsonInt32(25));
  }

  private static void send(Socket connection, byte[] message) {
    try {
      synchronized (connection) {
        connection.getOutputStream().write(message);
        connection.getOutputStream().flush();
      }
    } catch (IOException e) {
      // It has gone.
    }
  }

  private static void quietlyClose(Socket connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // It has gone.
    }
  }

  @Override
  public void close() {
    try {
      port.close();
    } catch (IOException e) {
      // It has gone.
    }
    connections.forEach(SimulatedClient::quietlyClose);
  }
}
