package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import no.spor.rights.RetentionStore;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// How far retention has come, in the ledger's database. Thread-safe.
final class MongoRetentionStore implements RetentionStore {
  private final MongoPlace place;
  private final Documents numbers;
  private final UUID ledger;

  MongoRetentionStore(MongoPlace place, UUID ledger) {
    this.place = place;
    this.numbers = place.documents("retention");
    this.ledger = ledger;
  }

  private BsonString id(String name) {
    return text(ledger + "/" + name);
  }

  @Override
  public OptionalLong number(String name) {
    try {
      return numbers
          .withId(id(name))
          .map(found -> OptionalLong.of(found.getInt64("number").getValue()))
          .orElse(OptionalLong.empty());
    } catch (MongoException e) {
      throw new MongoStoreException("how far retention has come cannot be read", e);
    }
  }

  @Override
  public Map<String, Long> all() {
    BsonDocument ofLedger =
        new BsonDocument("$gt", id("")).append("$lt", text(ledger + "0")); // the one after "/"
    try {
      Map<String, Long> all = new TreeMap<>();
      for (BsonDocument found : numbers.find(with("_id", ofLedger))) {
        String name = found.getString("_id").getValue().substring(id("").getValue().length());
        all.put(name, found.getInt64("number").getValue());
      }
      return all;
    } catch (MongoException e) {
      throw new MongoStoreException("how far retention has come cannot be read", e);
    }
  }

  @Override
  public void keep(String name, long number) {
    try {
      new Changes(place, numbers)
          .make(id(name), now -> new BsonDocument("number", Bson.number(number)));
    } catch (MongoException e) {
      throw new MongoStoreException("how far retention has come cannot be written", e);
    }
  }
}
