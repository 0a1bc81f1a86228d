package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import java.util.ArrayList;
import java.util.List;
import no.spor.storage.mongodb.Changes.Changed;
import no.spor.vault.KeyName;
import no.spor.vault.WrappedKey;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// The collections of a key store, and how what is fresh in them gets covered by the generation.
final class KeyCollections {
  private static final BsonDocument SETTLE =
      with("$unset", with(PersonDocument.FRESH, BsonBoolean.TRUE));

  private final MongoPlace place;
  private final Documents store;
  private final Documents secrets;
  private final Documents people;
  private final Documents periods;
  private final KeyStoreDocument self;

  KeyCollections(MongoPlace place) {
    this.place = place;
    store = place.documents("store");
    secrets = place.documents("secrets");
    people = place.documents("people");
    periods = place.documents("periods");
    self = new KeyStoreDocument(place, store);
  }

  void createIndexes() {
    people.index(PersonDocument.ID_OF_PERSON);
    people.index(PersonDocument.NAMES);
    people.index(PersonDocument.JOB_IDS);
    for (Documents some : List.of(secrets, people, periods)) {
      some.index(PersonDocument.EPOCHS);
    }
  }

  KeyStoreDocument self() {
    return self;
  }

  Documents secrets() {
    return secrets;
  }

  Documents people() {
    return people;
  }

  Documents periods() {
    return periods;
  }

  Changes storeChanges() {
    return new Changes(place, store);
  }

  Documents store() {
    return store;
  }

  Changes secretChanges() {
    return new Changes(place, secrets);
  }

  Changes personChanges() {
    return new Changes(place, people);
  }

  Changes periodChanges() {
    return new Changes(place, periods);
  }

  static BsonString id(KeyName.Secret name) {
    return text(name.what() + "/" + name.owner());
  }

  static boolean isFresh(BsonDocument document) {
    return document.containsKey(PersonDocument.FRESH);
  }

  /// @return whether a secret was made by a write that came too late to count: see
  ///   [PersonDocument#withoutThoseBelow]
  static boolean isUnused(BsonDocument secret, int floor) {
    return isFresh(secret) && WrappedKey.of(secret.getBinary("wrapped").getData()).epoch() < floor;
  }

  /// Makes sure that the generation covers what was read, before anybody uses it.
  ///
  /// @param read documents of one collection, as they were read
  /// @return below which epoch a fresh key was never used
  int covered(Documents documents, List<BsonDocument> read) {
    List<BsonDocument> fresh = read.stream().filter(KeyCollections::isFresh).toList();
    if (fresh.isEmpty()) {
      return 0;
    }
    int floor = self.read().floor();
    self.raise();
    List<WriteModel<BsonDocument>> writes = new ArrayList<>();
    for (BsonDocument document : fresh) {
      boolean used =
          document.getArray(PersonDocument.EPOCHS).stream()
              .allMatch(epoch -> epoch.asInt32().getValue() >= floor);
      if (used) {
        writes.add(settling(document.getString("_id"), document.getString(Changes.STATE)));
      }
    }
    write(documents, writes);
    return floor;
  }

  /// Takes the marks away: the generation covers what was changed.
  void settle(Documents documents, Changed changed) {
    List<WriteModel<BsonDocument>> writes = new ArrayList<>();
    changed.ids().forEach(id -> writes.add(settling(id, changed.state())));
    write(documents, writes);
  }

  private static WriteModel<BsonDocument> settling(BsonString id, BsonString state) {
    return new UpdateOneModel<>(new BsonDocument("_id", id).append(Changes.STATE, state), SETTLE);
  }

  private static void write(Documents documents, List<WriteModel<BsonDocument>> writes) {
    try {
      if (!writes.isEmpty()) {
        documents.write(writes);
      }
    } catch (MongoException e) {
      // They stay marked: whoever reads them does it again.
    }
  }

  static BsonDocument wrappedBefore(int epoch) {
    return with(PersonDocument.EPOCHS, with("$lt", number(epoch)));
  }
}
