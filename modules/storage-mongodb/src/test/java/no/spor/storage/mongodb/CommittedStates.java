package no.spor.storage.mongodb;

import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.ArrayList;
import java.util.List;
import no.spor.storage.mongodb.SimulatedMember.Entry;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/// All states of a database that a majority ever had, one after the other.
final class CommittedStates {
  private final String database;
  private final MemoryBackend backend = new MemoryBackend();

  /// Told of every change, after it.
  interface Seen {
    void changed(String collection, BsonValue id);
  }

  CommittedStates(String database) {
    this.database = database;
  }

  void replay(List<Entry> committed, Seen seen) {
    for (Entry entry : committed) {
      SimulatedMember.replay(backend, entry);
      if (entry.change() != null && entry.database().equals(database)) {
        BsonDocument change = entry.change();
        seen.changed(change.getString(change.getFirstKey()).getValue(), idOf(change));
      }
    }
  }

  private static BsonValue idOf(BsonDocument statement) {
    if (statement.containsKey("documents")) {
      return statement.getArray("documents").getFirst().asDocument().get("_id");
    }
    String list = statement.containsKey("updates") ? "updates" : "deletes";
    return statement.getArray(list).getFirst().asDocument().getDocument("q").get("_id");
  }

  /// @return null where there is none now
  BsonDocument read(String collection, BsonValue id) {
    List<BsonDocument> found = find(collection, new BsonDocument("_id", id));
    return found.isEmpty() ? null : found.getFirst();
  }

  List<BsonDocument> find(String collection, BsonDocument filter) {
    BsonDocument find =
        new BsonDocument("find", new BsonString(collection))
            .append("filter", filter)
            .append("batchSize", new BsonInt32(100_000));
    BsonArray found =
        SimulatedMember.run(backend, database, find).getDocument("cursor").getArray("firstBatch");
    List<BsonDocument> documents = new ArrayList<>();
    found.forEach(one -> documents.add(one.asDocument()));
    return documents;
  }
}
