package no.spor.storage.mongodb;

import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/// A member of a simulated replica set: its log, and two views of it, of everything and of what it
/// knows a majority to have. What finds and changes documents is mongo-java-server.
final class SimulatedMember {
  /// One change of one document, as in a replica set's log.
  ///
  /// @param time orders all entries; grows along every log
  /// @param change one statement; null for an entry that changes nothing
  record Entry(long term, long time, String database, BsonDocument change) {}

  final int number;
  final List<Entry> log = new ArrayList<>();

  /// How far this member's clock is from the right one.
  final long skewSeconds;

  /// The highest term that it has heard of.
  long term;

  /// Whether it takes itself for the primary.
  boolean primary;

  /// How many entries it knows a majority to have.
  int committed;

  private MemoryBackend everything = new MemoryBackend();
  private final MemoryBackend majority = new MemoryBackend();

  SimulatedMember(int number, long skewSeconds) {
    this.number = number;
    this.skewSeconds = skewSeconds;
  }

  long lastTerm() {
    return log.isEmpty() ? 0 : log.getLast().term();
  }

  long lastTime() {
    return log.isEmpty() ? 0 : log.getLast().time();
  }

  long committedTime() {
    return committed == 0 ? 0 : log.get(committed - 1).time();
  }

  boolean isBehind(SimulatedMember other) {
    return lastTerm() < other.lastTerm()
        || (lastTerm() == other.lastTerm() && log.size() < other.log.size());
  }

  /// Applies a statement that is then logged.
  ///
  /// @return the answer; what failed is not to be logged
  BsonDocument apply(String database, BsonDocument statement) {
    return run(everything, database, statement);
  }

  void append(Entry entry) {
    log.add(entry);
  }

  /// Takes over entries of another's log.
  ///
  /// @param common how many entries both have
  /// @return how many entries of its own were rolled back
  int follow(SimulatedMember other, int common, int most) {
    int rolledBack = log.size() - common;
    if (common < committed) {
      throw new AssertionError("the simulation rolls back what a majority had");
    }
    if (rolledBack > 0) {
      log.subList(common, log.size()).clear();
      everything = new MemoryBackend();
      log.forEach(entry -> replay(everything, entry));
    }
    for (Entry entry :
        other.log.subList(common, (int) Math.min(other.log.size(), (long) common + most))) {
      log.add(entry);
      replay(everything, entry);
    }
    return rolledBack;
  }

  int common(SimulatedMember other) {
    int common = Math.min(log.size(), other.log.size());
    while (common > 0 && log.get(common - 1) != other.log.get(common - 1)) {
      common--;
    }
    return common;
  }

  void commit(int entries) {
    for (; committed < entries; committed++) {
      replay(majority, log.get(committed));
    }
  }

  BsonDocument find(String database, BsonDocument command, boolean ofMajority) {
    return run(ofMajority ? majority : everything, database, command);
  }

  static void replay(MemoryBackend backend, Entry entry) {
    if (entry.change() != null) {
      run(backend, entry.database(), entry.change());
    }
  }

  static BsonDocument run(MemoryBackend backend, String database, BsonDocument command) {
    EmbeddedChannel channel = new EmbeddedChannel();
    try {
      return decoded(
          backend.handleCommand(channel, database, command.getFirstKey(), encoded(command)));
    } catch (MongoServerError e) {
      return new BsonDocument("ok", new BsonInt32(0))
          .append("code", new BsonInt32(e.getCode()))
          .append("errmsg", new BsonString(String.valueOf(e.getMessage())));
    } finally {
      channel.close();
    }
  }

  private static Document encoded(BsonDocument document) {
    return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(Wire.bytes(document)));
  }

  private static BsonDocument decoded(Document document) {
    ByteBuf out = Unpooled.buffer();
    BsonEncoder.encodeDocument(document, out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return Wire.copy(new RawBsonDocument(bytes));
  }
}
