package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// What a key store says of itself: id, generation, open epoch, and `floor`: no key stands under an
/// epoch below it but such as were never used.
final class KeyStoreDocument {
  private static final BsonString ID = text("store");
  private static final BsonDocument FILTER = with("_id", ID);

  private final MongoPlace place;
  private final Documents documents;

  record State(UUID id, long generation, int epoch, int floor, boolean lossAccepted) {}

  KeyStoreDocument(MongoPlace place, Documents documents) {
    this.place = place;
    this.documents = documents;
  }

  void createIfAbsent(UUID idOfNew) {
    if (documents.withId(ID).isPresent()) {
      return;
    }
    try {
      documents.insert(
          new BsonDocument("_id", ID)
              .append("id", text(idOfNew))
              .append("generation", number(0L))
              .append("epoch", number(0))
              .append("floor", number(0))
              .append("lossAccepted", BsonBoolean.FALSE));
    } catch (MongoException e) {
      if (!MongoPlace.isDuplicate(e)) {
        throw e;
      }
    }
  }

  State read() {
    BsonDocument found =
        documents
            .awaited(ID)
            .orElseThrow(() -> new MongoException("the key store's own document is not there"));
    return new State(
        UUID.fromString(found.getString("id").getValue()),
        found.getInt64("generation").getValue(),
        found.getInt32("epoch").getValue(),
        found.getInt32("floor").getValue(),
        found.getBoolean("lossAccepted").getValue());
  }

  /// @return whether that epoch was still the open one: then everything that was durable before is
  ///   known to whoever opens the next one
  boolean raiseWhileOpen(int epoch) {
    return surely(() ->
        documents.update(
            new BsonDocument("_id", ID).append("epoch", number(epoch)),
            with("$inc", with("generation", number(1L)))));
  }

  void raise() {
    surely(() -> documents.update(FILTER, with("$inc", with("generation", number(1L)))));
  }

  void raiseTo(long generation) {
    surely(() -> documents.update(FILTER, with("$max", with("generation", number(generation)))));
  }

  void raiseFloor(int epoch) {
    surely(() -> documents.update(FILTER, with("$max", with("floor", number(epoch)))));
  }

  /// See [no.spor.vault.MovableKeys#become].
  void become(long generation, int epoch, boolean lossAccepted) {
    BsonDocument now =
        new BsonDocument("generation", number(generation))
            .append("epoch", number(epoch))
            .append("floor", number(0))
            .append("lossAccepted", BsonBoolean.valueOf(lossAccepted));
    surely(() -> documents.update(FILTER, with("$set", now)));
  }

  void acceptLoss() {
    surely(() -> documents.update(FILTER, with("$set", with("lossAccepted", BsonBoolean.TRUE))));
  }

  /// @return whether this call opened it
  boolean openEpoch(int epoch) {
    BsonString mine = text(UUID.randomUUID());
    BsonDocument below = new BsonDocument("_id", ID).append("epoch", with("$lt", number(epoch)));
    BsonDocument change =
        with("$set", new BsonDocument("epoch", number(epoch)).append("openedBy", mine));
    return surely(() ->
        documents.update(below, change)
            || documents.withId(ID).filter(now -> mine.equals(now.get("openedBy"))).isPresent());
  }

  /// Repeats what is harmless to repeat, until the server has answered.
  private boolean surely(BooleanSupplier write) {
    Patience patience = place.patient();
    MongoException failure;
    do {
      try {
        return write.getAsBoolean();
      } catch (MongoException e) {
        failure = e;
      }
    } while (patience.again());
    throw failure;
  }
}
