package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.storage.mongodb.MongoPlace.Duty;
import no.spor.vault.EpochStore;
import no.spor.vault.KeysUnavailableException;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/// Epoch keys in MongoDB, where every node of a cluster finds them. Thread-safe; every write is in
/// the journals of a majority when it returns. In no backup but its one escrow copy: leave this
/// database out of dumps and snapshots, or destroying an epoch destroys nothing.
public final class MongoEpochStore implements EpochStore {
  private static final Duty DUTY = new Duty("spor epochs", 1, false);

  private final MongoPlace place;
  private final Documents epochs;

  private MongoEpochStore(MongoPlace place) {
    this.place = place;
    this.epochs = place.documents("epochs");
  }

  /// @throws MongoStoreException if the database cannot be used, or does not keep what is asked
  public static MongoEpochStore open(MongoSettings settings) {
    return new MongoEpochStore(MongoPlace.open(settings, DUTY));
  }

  private static BsonString id(UUID keyStore, int number) {
    return text(keyStore + "/%010d".formatted(number));
  }

  @Override
  public List<Epoch> epochs(UUID keyStore) {
    BsonDocument range =
        new BsonDocument("$gte", id(keyStore, 0)).append("$lte", id(keyStore, Integer.MAX_VALUE));
    return asked(
        () -> epochs.find(with("_id", range)).stream().map(MongoEpochStore::epoch).toList());
  }

  @Override
  public Epoch add(UUID keyStore, Epoch epoch) {
    BsonString id = id(keyStore, epoch.number());
    return asked(() -> {
      new Changes(place, epochs).make(id, now -> now == null ? document(epoch) : null);
      return epoch(epochs.awaited(id).orElseThrow());
    });
  }

  @Override
  public void destroy(UUID keyStore, int number, long destroyedAtMillis) {
    asked(() -> {
      new Changes(place, epochs)
          .make(
              id(keyStore, number),
              now -> {
                if (now == null || now.remove("wrapped") == null) {
                  return null;
                }
                now.put("destroyedAt", number(destroyedAtMillis));
                return now;
              });
      return true;
    });
  }

  private static BsonDocument document(Epoch epoch) {
    BsonDocument document =
        new BsonDocument("number", number(epoch.number()))
            .append("createdAt", number(epoch.createdAtMillis()))
            .append("destroyedAt", number(epoch.destroyedAtMillis()));
    byte[] wrapped = epoch.wrapped();
    if (wrapped != null) {
      document.append("wrapped", bytes(wrapped));
    }
    return document;
  }

  private static Epoch epoch(BsonDocument document) {
    BsonValue wrapped = document.get("wrapped");
    return new Epoch(
        document.getInt32("number").getValue(),
        document.getInt64("createdAt").getValue(),
        wrapped == null ? null : wrapped.asBinary().getData(),
        document.getInt64("destroyedAt").getValue());
  }

  private static <T> T asked(Supplier<T> work) {
    try {
      return work.get();
    } catch (MongoException e) {
      throw new KeysUnavailableException("The epochs are out of reach: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
