package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import no.spor.storage.mongodb.Changes.Change;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.Rewrapped;
import no.spor.vault.PeriodId;
import no.spor.vault.StaleEpochException;
import no.spor.vault.WrappedKey;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Finds keys of closed epochs and replaces them.
final class KeyRewrapping {
  private final KeyCollections all;

  KeyRewrapping(KeyCollections all) {
    this.all = all;
  }

  /// Says that there is none only after it has made sure that none can come: a key that arrives
  /// after the floor was raised was never used, and counts as not there.
  Map<KeyName, WrappedKey> before(int epoch, int max) {
    KeyStoreDocument.State store = all.self().read();
    Map<KeyName, WrappedKey> found = scan(epoch, max);
    int floor = Math.min(epoch, store.epoch());
    if (found.isEmpty() && floor > store.floor()) {
      all.self().raiseFloor(floor);
      found = scan(epoch, max);
    }
    return found;
  }

  private Map<KeyName, WrappedKey> scan(int epoch, int max) {
    Map<KeyName, WrappedKey> old = new LinkedHashMap<>();
    for (BsonDocument document : some(all.secrets(), epoch, max)) {
      put(old, name(document), WrappedKey.of(document.getBinary("wrapped").getData()), epoch, max);
    }
    for (BsonDocument document : some(all.periods(), epoch, max - old.size())) {
      new SeriesDocument(document)
          .keys()
          .forEach((period, key) -> put(old, new KeyName.OfPeriod(period), key, epoch, max));
    }
    for (BsonDocument document : some(all.people(), epoch, max - old.size())) {
      Person person = new PersonDocument(document).person();
      if (person != null) {
        put(old, PersonDocument.name(person, false), person.history(), epoch, max);
        WrappedKey account = person.account();
        if (account != null) {
          put(old, PersonDocument.name(person, true), account, epoch, max);
        }
      }
    }
    return old;
  }

  private static List<BsonDocument> some(Documents documents, int epoch, int max) {
    return max <= 0
        ? List.of()
        : documents.find(KeyCollections.wrappedBefore(epoch), Bson.ALL, Bson.ASCENDING, max);
  }

  private static void put(
      Map<KeyName, WrappedKey> old, KeyName name, WrappedKey key, int epoch, int max) {
    if (key.epoch() < epoch && old.size() < max) {
      old.put(name, key);
    }
  }

  static KeyName.Secret name(BsonDocument document) {
    int what = document.getInt32("purpose").getValue();
    for (KeyName.Purpose purpose : KeyName.Purpose.values()) {
      if (purpose.code() == what) {
        return new KeyName.Secret(purpose, document.getString("owner").getValue());
      }
    }
    throw new IllegalStateException("no key has the purpose " + what);
  }

  void rewrap(List<Rewrapped> keys) {
    int open = all.self().read().epoch();
    Map<BsonString, List<Rewrapped>> secrets = new LinkedHashMap<>();
    Map<BsonString, List<Rewrapped>> people = new LinkedHashMap<>();
    Map<BsonString, List<Rewrapped>> periods = new LinkedHashMap<>();
    for (Rewrapped key : keys) {
      if (key.after().epoch() != open) {
        throw new StaleEpochException(open);
      }
      switch (key.name()) {
        case KeyName.Secret secret -> add(secrets, KeyCollections.id(secret), key);
        case KeyName.OfPerson person ->
            add(
                people,
                PersonDocument.id(
                    new no.spor.vault.KeyStore.PersonRef(person.tenant(), person.lookup())),
                key);
        case KeyName.OfPeriod(PeriodId period) ->
            add(periods, SeriesDocument.id(period.series()), key);
      }
    }
    all.secretChanges().make(changes(secrets, KeyRewrapping::secret));
    all.personChanges().make(changes(people, KeyRewrapping::person));
    all.periodChanges().make(changes(periods, KeyRewrapping::period));
  }

  private static void add(Map<BsonString, List<Rewrapped>> to, BsonString id, Rewrapped key) {
    to.computeIfAbsent(id, none -> new ArrayList<>()).add(key);
  }

  /// Replaces a key where it still stands.
  private interface Replacing {
    boolean replace(BsonDocument document, Rewrapped key);
  }

  private static Map<BsonString, Change> changes(
      Map<BsonString, List<Rewrapped>> keys, Replacing replacing) {
    Map<BsonString, Change> changes = new LinkedHashMap<>();
    keys.forEach((id, some) -> changes.put(id, now -> replaced(now, some, replacing)));
    return changes;
  }

  private static @Nullable BsonDocument replaced(
      @Nullable BsonDocument now, List<Rewrapped> keys, Replacing replacing) {
    boolean changed = false;
    if (now != null) {
      for (Rewrapped key : keys) {
        changed |= replacing.replace(now, key);
      }
    }
    return changed ? now : null;
  }

  private static boolean secret(BsonDocument document, Rewrapped key) {
    if (!document.getBinary("wrapped").equals(bytes(key.before().bytes()))) {
      return false;
    }
    document.put("wrapped", bytes(key.after().bytes()));
    document.put(PersonDocument.EPOCHS, Bson.array(List.of(number(key.after().epoch()))));
    return true;
  }

  private static boolean person(BsonDocument document, Rewrapped key) {
    PersonDocument place = new PersonDocument(document);
    Person person = place.person();
    if (!(key.name() instanceof KeyName.OfPerson name)
        || person == null
        || !person.id().equals(name.person())
        || !Objects.equals(key.before(), name.account() ? person.account() : person.history())) {
      return false;
    }
    place.putKey(name.account(), key.after());
    return true;
  }

  private static boolean period(BsonDocument document, Rewrapped key) {
    SeriesDocument series = new SeriesDocument(document);
    if (!(key.name() instanceof KeyName.OfPeriod(PeriodId period))
        || !Objects.equals(key.before(), series.keys().get(period))) {
      return false;
    }
    series.put(period.day(), key.after());
    return true;
  }
}
