package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.in;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.storage.mongodb.MongoPlace.Duty;
import no.spor.vault.EpochStore;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Lookup;
import org.bson.BsonBoolean;
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
  private final Documents forgotten;

  private MongoEpochStore(MongoPlace place) {
    this.place = place;
    this.epochs = place.documents("epochs");
    this.forgotten = place.documents("forgotten");
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
      List<BsonString> over = new ArrayList<>();
      for (BsonDocument one : noted(keyStore)) {
        if (one.getInt32("epoch").getValue() <= number) {
          over.add(one.getString("_id"));
        }
      }
      if (!over.isEmpty()) {
        forgotten.delete(with("_id", in(over)));
      }
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

  private List<BsonDocument> noted(UUID keyStore) {
    BsonDocument range =
        new BsonDocument("$gte", text(keyStore + "/")).append("$lt", text(keyStore + "0"));
    return forgotten.find(with("_id", range));
  }

  @Override
  public void note(UUID keyStore, Forgotten one) {
    UUID person = one.person();
    Lookup fence = one.fence();
    BsonDocument document =
        new BsonDocument("ledger", text(one.ledger()))
            .append("job", text(one.job()))
            .append("tenant", text(one.tenant()))
            .append("account", BsonBoolean.valueOf(one.account()))
            .append("epoch", number(one.epoch()));
    if (person != null) {
      document.append("person", text(person));
    }
    if (fence != null) {
      document.append("fence", bytes(fence.bytes()));
    }
    String whom = person != null ? person.toString() : "";
    String fenced = fence == null ? "" : HexFormat.of().formatHex(fence.bytes());
    asked(() -> {
      new Changes(place, forgotten)
          .make(
              text(keyStore + "/" + one.job() + "/" + whom + "/" + fenced),
              now -> now == null ? document : null);
      return true;
    });
  }

  @Override
  public List<Forgotten> forgotten(UUID keyStore) {
    return asked(() -> noted(keyStore).stream().map(MongoEpochStore::forgotten).toList());
  }

  private static Forgotten forgotten(BsonDocument document) {
    BsonValue person = document.get("person");
    BsonValue fence = document.get("fence");
    return new Forgotten(
        UUID.fromString(document.getString("ledger").getValue()),
        UUID.fromString(document.getString("job").getValue()),
        document.getString("tenant").getValue(),
        person == null ? null : UUID.fromString(person.asString().getValue()),
        fence == null ? null : Lookup.of(fence.asBinary().getData()),
        document.getBoolean("account").getValue(),
        document.getInt32("epoch").getValue());
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
