package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import no.spor.storage.mongodb.MongoPlace.Duty;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.MovableKeys;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Wrapped keys in MongoDB, shared by several nodes. Thread-safe.
///
/// Every write is in the journals of a majority when it returns. What concerns one lookup of a
/// tenant is one document, and so are all days of one class and policy version: whatever forgets is
/// one write of one document. Making is several, in an order that a crash may break anywhere
/// ([KeyMaking]); no transactions are needed.
///
/// What is destroyed is in no document when the call returns. The replica set's log and journals
/// have it until they roll over, and the files until their pages are written anew: what lies there
/// is wrapped, and dead once its epoch is destroyed.
///
/// Who can write here can destroy, and deny that someone was ever seen; who can read sees how many
/// people there are.
public final class MongoKeyStore implements KeyStore, MovableKeys {
  private static final Duty DUTY = new Duty("spor keys", 1, false);

  private final MongoPlace place;
  private final KeyCollections all;
  private final UUID id;

  private MongoKeyStore(MongoPlace place, KeyCollections all, UUID id) {
    this.place = place;
    this.all = all;
    this.id = id;
  }

  /// Opens the keys of a database, makes them where there are none.
  ///
  /// @param idOfNew random; the id that a new store gets, an existing one keeps its own
  /// @throws MongoStoreException if the database cannot be used, or does not keep what is asked
  public static MongoKeyStore open(MongoSettings settings, UUID idOfNew) {
    return open(settings, idOfNew, Surroundings.REAL);
  }

  /// Opens keys that are there, to be looked at: makes none.
  ///
  /// @throws MongoStoreException if there are none, or the database cannot be used
  public static MongoKeyStore openToRead(MongoSettings settings) {
    MongoPlace place = MongoPlace.open(settings, DUTY);
    try {
      KeyCollections all = new KeyCollections(place);
      return new MongoKeyStore(place, all, all.self().read().id());
    } catch (MongoException e) {
      place.close();
      throw new MongoStoreException("the keys' database cannot be used: " + e.getMessage(), e);
    }
  }

  static MongoKeyStore open(MongoSettings settings, UUID idOfNew, Surroundings around) {
    MongoPlace place = MongoPlace.open(settings, DUTY, around);
    try {
      KeyCollections all = new KeyCollections(place);
      all.self().createIfAbsent(idOfNew);
      all.createIndexes();
      return new MongoKeyStore(place, all, all.self().read().id());
    } catch (MongoException e) {
      place.close();
      throw new MongoStoreException("the keys' database cannot be used: " + e.getMessage(), e);
    }
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public long generation() {
    return asked(() -> all.self().read().generation());
  }

  @Override
  public int epoch() {
    return asked(() -> all.self().read().epoch());
  }

  @Override
  public boolean openEpoch(int epoch) {
    return asked(() -> all.self().openEpoch(epoch));
  }

  @Override
  public Map<KeyName.Secret, WrappedKey> secrets(Collection<KeyName.Secret> names) {
    return asked(() -> {
      var read = all.secrets().withIds(names.stream().map(KeyCollections::id).toList());
      int floor = all.covered(all.secrets(), read);
      Map<BsonString, BsonDocument> byId = new HashMap<>();
      read.forEach(document -> byId.put(document.getString("_id"), document));
      Map<KeyName.Secret, WrappedKey> found = new HashMap<>();
      for (KeyName.Secret name : names) {
        BsonDocument document = byId.get(KeyCollections.id(name));
        if (document != null && !KeyCollections.isUnused(document, floor)) {
          found.put(name, WrappedKey.of(document.getBinary("wrapped").getData()));
        }
      }
      return found;
    });
  }

  @Override
  public Map<PersonRef, Standing> people(Collection<PersonRef> people) {
    return asked(() -> {
      Map<PersonRef, Standing> standings = new HashMap<>();
      people.forEach(ref -> standings.put(ref, Standing.NEVER_SEEN));
      var read = all.people().withIds(people.stream().map(PersonDocument::id).toList());
      for (PersonDocument document : covered(read)) {
        standings.put(document.ref(), new Standing(document.person(), document.fence()));
      }
      return standings;
    });
  }

  /// @return what was read, without what was never used
  private List<PersonDocument> covered(List<BsonDocument> read) {
    int floor = all.covered(all.people(), read);
    List<PersonDocument> documents = new ArrayList<>();
    for (BsonDocument document : read) {
      PersonDocument person = new PersonDocument(document);
      person.withoutThoseBelow(floor);
      documents.add(person);
    }
    return documents;
  }

  @Override
  public Optional<Person> owner(Pseudonym pseudonym) {
    return asked(() -> {
      for (PersonDocument document : named(List.of(pseudonym))) {
        Person person = document.person();
        if (person != null && names(document).contains(pseudonym)) {
          return Optional.of(person);
        }
      }
      return Optional.<Person>empty();
    });
  }

  @Override
  public Map<Pseudonym, Person> owners(Collection<Pseudonym> pseudonyms) {
    return asked(() -> {
      Map<Pseudonym, Person> found = new HashMap<>();
      for (PersonDocument document : named(pseudonyms)) {
        Person person = document.person();
        if (person != null) {
          names(document).stream()
              .filter(pseudonyms::contains)
              .forEach(name -> found.put(name, person));
        }
      }
      return found;
    });
  }

  private List<PersonDocument> named(Collection<Pseudonym> pseudonyms) {
    List<BsonBinary> names = new ArrayList<>();
    for (Pseudonym pseudonym : pseudonyms) {
      names.add(PersonDocument.name(pseudonym, false));
      names.add(PersonDocument.name(pseudonym, true));
    }
    return covered(all.people().withAny(PersonDocument.NAMES, names));
  }

  private static List<Pseudonym> names(PersonDocument document) {
    return document.names().stream().map(PersonDocument::pseudonym).toList();
  }

  @Override
  public Set<Pseudonym> recorded(Collection<Pseudonym> pseudonyms) {
    return asked(() -> {
      Set<Pseudonym> recorded = new HashSet<>();
      named(pseudonyms).forEach(document -> recorded.addAll(names(document)));
      recorded.retainAll(Set.copyOf(pseudonyms));
      return recorded;
    });
  }

  @Override
  public List<Pseudonym> pseudonyms(UUID person) {
    return asked(() ->
        covered(all.people().find(with(PersonDocument.ID_OF_PERSON, bytes(person)))).stream()
            .filter(document -> document.holds(person))
            .flatMap(document -> names(document).stream())
            .toList());
  }

  @Override
  public List<Person> accounts(@Nullable PersonRef after, int max) {
    return asked(() -> {
      List<Person> found = new ArrayList<>();
      BsonString place = after == null ? text("") : PersonDocument.id(after);
      while (found.size() < max) {
        List<BsonDocument> read = all.people().after(place, max);
        for (PersonDocument document : covered(read)) {
          Person person = document.person();
          if (person != null && person.account() != null && found.size() < max) {
            found.add(person);
          }
        }
        if (read.size() < max) {
          break;
        }
        place = read.getLast().getString("_id");
      }
      return found;
    });
  }

  @Override
  public Map<PeriodId, WrappedKey> periods(Collection<PeriodId> periods) {
    return asked(() -> {
      Map<PeriodId, WrappedKey> found = new HashMap<>();
      Set<PeriodId> wanted = Set.copyOf(periods);
      var series = periods.stream().map(period -> SeriesDocument.id(period.series())).distinct();
      var read = all.periods().withIds(series.toList());
      int floor = all.covered(all.periods(), read);
      for (BsonDocument document : read) {
        SeriesDocument days = new SeriesDocument(document);
        days.withoutThoseBelow(floor);
        found.putAll(days.keys());
      }
      found.keySet().retainAll(wanted);
      return found;
    });
  }

  @Override
  public List<PeriodId> periodsBefore(PeriodId.Series series, int day, int max) {
    return asked(() -> {
      var read = all.periods().withIds(List.of(SeriesDocument.id(series)));
      int floor = all.covered(all.periods(), read);
      List<PeriodId> found = new ArrayList<>();
      for (BsonDocument document : read) {
        SeriesDocument days = new SeriesDocument(document);
        days.withoutThoseBelow(floor);
        days.keys().keySet().stream().filter(period -> period.day() < day).forEach(found::add);
      }
      found.sort(Comparator.comparingInt(PeriodId::day));
      return List.copyOf(found.subList(0, Math.min(max, found.size())));
    });
  }

  @Override
  public Map<PeriodId.Series, Integer> marks(Collection<PeriodId.Series> series) {
    return asked(() -> {
      Map<PeriodId.Series, Integer> marks = new HashMap<>();
      for (BsonDocument read :
          all.periods().withIds(series.stream().map(SeriesDocument::id).toList())) {
        SeriesDocument document = new SeriesDocument(read);
        Integer mark = document.mark();
        if (mark != null) {
          marks.put(document.series(), mark);
        }
      }
      return marks;
    });
  }

  @Override
  public Made make(NewKeys keys) {
    return asked(() -> {
      if (!keys.isEmpty()) {
        new KeyMaking(all).make(keys);
      }
      // Documents that were repeated after a lost reply do not tell whose they are: to be read.
      return Made.untold(all.self().read().generation());
    });
  }

  @Override
  public Erased erase(Erasure erasure) {
    return asked(() -> new Erased(Set.copyOf(new KeyForgetting(all).erase(erasure)), generation()));
  }

  @Override
  public Erased closeAccount(AccountClosing closing) {
    return asked(
        () -> new Erased(Set.copyOf(new KeyForgetting(all).closeAccount(closing)), generation()));
  }

  @Override
  public void permit(PersonRef person, long notBeforeMillis, long position) {
    done(() -> new KeyForgetting(all).permit(person, notBeforeMillis, position));
  }

  @Override
  public int expire(PeriodId.Series series, int firstKept) {
    return asked(() -> new KeyForgetting(all).expire(series, firstKept));
  }

  @Override
  public List<Job> jobs() {
    return asked(() -> new KeyForgetting(all).jobs());
  }

  @Override
  public void finish(Collection<UUID> jobs) {
    done(() -> jobs.forEach(new KeyForgetting(all)::finish));
  }

  @Override
  public Optional<Followed> followed(UUID ledger) {
    return asked(() ->
        all.store()
            .withId(text(KeyMove.FOLLOWED + ledger))
            .map(found ->
                new Followed(
                    found.getInt64("block").getValue(), found.getBinary("hash").getData())));
  }

  @Override
  public void follow(UUID ledger, Followed followed) {
    done(() ->
        all.storeChanges()
            .make(
                text(KeyMove.FOLLOWED + ledger),
                now ->
                    now != null && now.getInt64("block").getValue() >= followed.block()
                        ? null
                        : new BsonDocument("block", number(followed.block()))
                            .append("hash", bytes(followed.hash()))));
  }

  @Override
  public void followAnew(UUID ledger, Followed at, long position) {
    done(() -> {
      new KeyForgetting(all).countAt(position);
      all.storeChanges()
          .make(
              text("followed/" + ledger),
              now ->
                  new BsonDocument("block", number(at.block())).append("hash", bytes(at.hash())));
    });
  }

  @Override
  public Map<KeyName, WrappedKey> wrappedBefore(int epoch, int max) {
    return asked(() -> new KeyRewrapping(all).before(epoch, max));
  }

  @Override
  public void rewrap(List<Rewrapped> keys) {
    done(() -> new KeyRewrapping(all).rewrap(keys));
  }

  @Override
  public void acceptLoss(UUID store, long generation) {
    done(() -> {
      all.self().acceptLoss();
      all.storeChanges().make(accepted(store), now -> accepting(now, generation));
      if (store.equals(id)) {
        all.self().raiseTo(generation);
      }
      all.self().raise();
    });
  }

  @Override
  public Map<UUID, Long> acceptedLosses() {
    return asked(() -> {
      Map<UUID, Long> accepted = new HashMap<>();
      for (BsonDocument document : all.store().find(Bson.ALL)) {
        String name = document.getString("_id").getValue();
        if (name.startsWith(KeyMove.ACCEPTED)) {
          accepted.put(
              UUID.fromString(name.substring(KeyMove.ACCEPTED.length())),
              document.getInt64("generation").getValue());
        }
      }
      return accepted;
    });
  }

  private static BsonString accepted(UUID store) {
    return text(KeyMove.ACCEPTED + store);
  }

  private static @Nullable BsonDocument accepting(@Nullable BsonDocument now, long generation) {
    return now != null && now.getInt64("generation").getValue() >= generation
        ? null
        : with("generation", number(generation));
  }

  @Override
  public boolean covers(UUID store, long generation) {
    if (store.equals(id)) {
      return generation() >= generation;
    }
    return asked(() ->
        all.store()
            .withId(accepted(store))
            .map(found -> found.getInt64("generation").getValue() >= generation)
            .orElse(false));
  }

  @Override
  public boolean lossAccepted() {
    return asked(() -> all.self().read().lossAccepted());
  }

  @Override
  public Self self() {
    return asked(() -> {
      KeyStoreDocument.State self = all.self().read();
      return new Self(self.generation(), self.epoch(), self.lossAccepted());
    });
  }

  @Override
  public void each(Consumer<Held> taker) {
    done(() -> new KeyMove(all).each(taker));
  }

  @Override
  public void empty() {
    done(() -> {
      all.self().become(0, 0, false);
      new KeyMove(all).empty();
    });
  }

  @Override
  public void put(List<Held> some) {
    done(() -> new KeyMove(all).put(some));
  }

  @Override
  public void become(Self self) {
    done(() -> all.self().become(self.generation(), self.epoch(), self.lossAccepted()));
  }

  @Override
  public void close() {
    place.close();
  }

  private void done(Runnable work) {
    asked(() -> {
      work.run();
      return true;
    });
  }

  private static <T> T asked(Supplier<T> work) {
    try {
      return work.get();
    } catch (MongoException e) {
      throw new KeysUnavailableException("The keys are out of reach: " + e.getMessage(), e);
    }
  }
}
