package no.spor.storage.mongodb;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoSocketException;
import com.mongodb.client.ClientSession;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/// The documents of one collection, by the few operations that stores rest on: find by `_id` or by
/// a flat array, insert, conditional update or replacement of one document, delete. Thread-safe;
/// throws what the driver throws.
final class Documents {
  private static final int MANY = 10_000;
  private static final int AT_ONCE = 500;
  private static final BsonDocument UP = new BsonDocument("_id", new BsonInt32(1));

  private final MongoPlace place;
  private final MongoCollection<BsonDocument> collection;

  Documents(MongoPlace place, MongoCollection<BsonDocument> collection) {
    this.place = place;
    this.collection = collection;
  }

  /// @param fields projection; empty for all
  List<BsonDocument> find(BsonDocument filter, BsonDocument fields, BsonDocument order, int limit) {
    return read(session -> {
      FindIterable<BsonDocument> found = found(session, filter).projection(fields).sort(order);
      return (limit > 0 ? found.limit(limit).batchSize(limit) : found.batchSize(MANY))
          .into(new ArrayList<>());
    });
  }

  /// A read that a lost connection breaks is begun anew, once: the driver does that for its first
  /// part alone.
  private List<BsonDocument> read(Function<@Nullable ClientSession, List<BsonDocument>> find) {
    try {
      return place.inOrder(find);
    } catch (MongoSocketException | MongoConnectionPoolClearedException e) {
      return place.inOrder(find);
    }
  }

  /// @return all that fit, in the order of their ids
  List<BsonDocument> find(BsonDocument filter) {
    return find(filter, new BsonDocument(), UP, 0);
  }

  /// @return up to `max` with ids after this one, in their order
  List<BsonDocument> after(BsonValue id, int max) {
    return find(new BsonDocument("_id", new BsonDocument("$gt", id)), new BsonDocument(), UP, max);
  }

  /// @return those of the ids that are there, in no order
  List<BsonDocument> withIds(List<? extends BsonValue> ids) {
    return withAny("_id", ids);
  }

  /// Asks for so many at once as any server answers soon.
  ///
  /// @param field a single value or a flat array
  /// @return those that hold any of the values, each once, in no order
  List<BsonDocument> withAny(String field, List<? extends BsonValue> values) {
    Map<BsonValue, BsonDocument> all = new LinkedHashMap<>();
    for (List<? extends BsonValue> some : slices(values)) {
      BsonValue wanted = some.size() == 1 ? some.getFirst() : Bson.in(some);
      BsonDocument filter = new BsonDocument(field, wanted);
      read(session -> found(session, filter).batchSize(MANY).into(new ArrayList<>()))
          .forEach(document -> all.put(document.get("_id"), document));
    }
    return new ArrayList<>(all.values());
  }

  private static <T> List<List<T>> slices(List<T> all) {
    List<List<T>> slices = new ArrayList<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      slices.add(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
    }
    return slices;
  }

  Optional<BsonDocument> withId(BsonValue id) {
    return withIds(List.of(id)).stream().findFirst();
  }

  /// What was written a moment ago may not yet be what a majority has.
  Optional<BsonDocument> awaited(BsonValue id) {
    Patience patience = place.patient();
    Optional<BsonDocument> found = withId(id);
    while (found.isEmpty() && patience.again()) {
      found = withId(id);
    }
    return found;
  }

  /// As [#awaited], for any filter.
  Optional<BsonDocument> awaitedFirst(BsonDocument filter) {
    Patience patience = place.patient();
    List<BsonDocument> found = find(filter);
    while (found.isEmpty() && patience.again()) {
      found = find(filter);
    }
    return found.stream().findFirst();
  }

  private FindIterable<BsonDocument> found(@Nullable ClientSession session, BsonDocument filter) {
    return session == null ? collection.find(filter) : collection.find(session, filter);
  }

  /// One command; `insertMany`, as `insertOne` hides a write concern's error behind a duplicate's.
  void insert(BsonDocument document) {
    insertInOrder(List.of(document));
  }

  /// Stops at the first that is refused.
  void insertInOrder(List<BsonDocument> documents) {
    InsertManyOptions ordered = new InsertManyOptions().ordered(true);
    place.inOrder(session ->
        session == null
            ? collection.insertMany(documents, ordered)
            : collection.insertMany(session, documents, ordered));
  }

  /// Inserts those whose ids are not there yet.
  void insertWhatIsMissing(List<BsonDocument> documents) {
    if (documents.isEmpty()) {
      return;
    }
    InsertManyOptions unordered = new InsertManyOptions().ordered(false);
    place.inOrder(session -> {
      try {
        return session == null
            ? collection.insertMany(documents, unordered)
            : collection.insertMany(session, documents, unordered);
      } catch (MongoBulkWriteException e) {
        if (e.getWriteConcernError() != null || !MongoPlace.areDuplicates(e)) {
          throw e;
        }
        return null;
      }
    });
  }

  /// @return how many documents were changed
  long updateAll(BsonDocument filter, BsonDocument change) {
    return place.inOrder(session ->
        (session == null
                ? collection.updateMany(filter, change)
                : collection.updateMany(session, filter, change))
            .getModifiedCount());
  }

  /// @return how many documents fitted the filters; each write is for itself
  int write(List<WriteModel<BsonDocument>> writes) {
    return slices(writes).stream().mapToInt(this::writeAtOnce).sum();
  }

  private int writeAtOnce(List<WriteModel<BsonDocument>> writes) {
    BulkWriteOptions unordered = new BulkWriteOptions().ordered(false);
    return place.inOrder(session -> {
      var result =
          session == null
              ? collection.bulkWrite(writes, unordered)
              : collection.bulkWrite(session, writes, unordered);
      return result.getMatchedCount()
          + result.getInsertedCount()
          + result.getUpserts().size()
          + result.getDeletedCount();
    });
  }

  /// @return whether a document fitted the filter
  boolean update(BsonDocument filter, BsonDocument change) {
    return update(filter, change, false);
  }

  /// @return whether a document fitted the filter, or was made by the upsert
  boolean update(BsonDocument filter, BsonDocument change, boolean upsert) {
    UpdateOptions options = new UpdateOptions().upsert(upsert);
    return place.inOrder(session -> {
      var result =
          session == null
              ? collection.updateOne(filter, change, options)
              : collection.updateOne(session, filter, change, options);
      return result.getMatchedCount() > 0 || result.getUpsertedId() != null;
    });
  }

  /// @return how many there were
  long delete(BsonDocument filter) {
    return place.inOrder(session ->
        (session == null ? collection.deleteMany(filter) : collection.deleteMany(session, filter))
            .getDeletedCount());
  }

  /// Changes a document of no importance, for the sake of the acknowledgement.
  void touch(String id) {
    update(
        new BsonDocument("_id", new BsonString(id)),
        new BsonDocument("$inc", new BsonDocument("times", new BsonInt64(1))),
        true);
  }

  void index(String... fields) {
    BsonDocument keys = new BsonDocument();
    for (String field : fields) {
      keys.append(field, new BsonInt32(1));
    }
    collection.createIndex(keys);
  }
}
