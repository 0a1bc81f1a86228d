package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import no.spor.storage.mongodb.Changes.Change;
import no.spor.storage.mongodb.Changes.Changed;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.PeriodId;
import no.spor.vault.StaleEpochException;
import no.spor.vault.WrappedKey;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Makes keys. Several documents, so not one step; what holds instead, and why that is enough,
/// stands in decision 0012:
///
/// 1. Documents get what is new, each in one step that also asks fence, mark and what stands. They
///    are marked `fresh`.
/// 2. The generation is raised, if the epoch is still open. Whatever copy of the store has this
///    generation has these keys.
/// 3. The marks `fresh` go.
///
/// Whoever reads a fresh document before he uses it does 2 and 3 himself, so a maker may stop
/// anywhere.
final class KeyMaking {
  private final KeyCollections all;

  KeyMaking(KeyCollections all) {
    this.all = all;
  }

  void make(NewKeys keys) {
    KeyStoreDocument.State store = all.self().read();
    mustBeOf(store.epoch(), keys);
    int floor = store.floor();
    Changed secrets = all.secretChanges().make(secrets(keys, floor));
    Changed people = all.personChanges().make(people(keys, floor));
    Changed periods = all.periodChanges().make(periods(keys, floor));
    if (secrets.ids().isEmpty() && people.ids().isEmpty() && periods.ids().isEmpty()) {
      return;
    }
    if (!all.self().raiseWhileOpen(store.epoch())) {
      // Nobody uses what was made under the closed epoch before it is wrapped anew.
      throw new StaleEpochException(all.self().read().epoch());
    }
    all.settle(all.secrets(), secrets);
    all.settle(all.people(), people);
    all.settle(all.periods(), periods);
  }

  private static void mustBeOf(int epoch, NewKeys keys) {
    Stream.of(
            keys.secrets().values().stream(),
            keys.people().stream().map(NewPerson::history),
            keys.accounts().stream().map(NewAccount::key),
            keys.periods().values().stream())
        .flatMap(some -> some)
        .filter(key -> key.epoch() != epoch)
        .findFirst()
        .ifPresent(stale -> {
          throw new StaleEpochException(epoch);
        });
  }

  private Map<BsonString, Change> secrets(NewKeys keys, int floor) {
    Map<BsonString, Change> wanted = new LinkedHashMap<>();
    keys.secrets()
        .forEach((name, key) ->
            wanted.put(
                KeyCollections.id(name),
                now ->
                    now == null || KeyCollections.isUnused(now, floor) ? secret(name, key) : null));
    return wanted;
  }

  static BsonDocument secret(KeyName.Secret name, WrappedKey key) {
    return new BsonDocument("purpose", number(name.what()))
        .append("owner", text(name.owner()))
        .append("wrapped", bytes(key.bytes()))
        .append(PersonDocument.EPOCHS, Bson.array(List.of(number(key.epoch()))))
        .append(PersonDocument.FRESH, BsonBoolean.TRUE);
  }

  private Map<BsonString, Change> periods(NewKeys keys, int floor) {
    Map<PeriodId.Series, Map<PeriodId, WrappedKey>> bySeries = new LinkedHashMap<>();
    keys.periods()
        .forEach((period, key) ->
            bySeries
                .computeIfAbsent(period.series(), series -> new LinkedHashMap<>())
                .put(period, key));
    Map<BsonString, Change> wanted = new LinkedHashMap<>();
    bySeries.forEach((series, some) ->
        wanted.put(SeriesDocument.id(series), now -> periods(now, series, some, floor)));
    return wanted;
  }

  private static @Nullable BsonDocument periods(
      @Nullable BsonDocument now, PeriodId.Series id, Map<PeriodId, WrappedKey> wanted, int floor) {
    SeriesDocument series = now == null ? SeriesDocument.empty(id) : new SeriesDocument(now);
    series.withoutThoseBelow(floor);
    Integer mark = series.mark();
    Map<PeriodId, WrappedKey> standing = series.keys();
    boolean made = false;
    for (var one : wanted.entrySet()) {
      int day = one.getKey().day();
      if (!standing.containsKey(one.getKey()) && (mark == null || day >= mark)) {
        series.put(day, one.getValue());
        made = true;
      }
    }
    if (!made) {
      return null;
    }
    series.fresh();
    return series.document();
  }

  /// What is wanted of one person's document.
  private record Wish(
      @Nullable PersonRef ref,
      List<NewPerson> people,
      List<NewAccount> accounts,
      List<NewPseudonym> pseudonyms) {
    static Wish of(@Nullable PersonRef ref) {
      return new Wish(ref, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  private Map<BsonString, Change> people(NewKeys keys, int floor) {
    Map<UUID, BsonString> places = new HashMap<>();
    Map<BsonString, Wish> wishes = new LinkedHashMap<>();
    for (NewPerson person : keys.people()) {
      BsonString id = PersonDocument.id(person.ref());
      places.put(person.id(), id);
      wishes.computeIfAbsent(id, none -> Wish.of(person.ref())).people().add(person);
    }
    List<UUID> elsewhere =
        Stream.concat(
                keys.accounts().stream().map(NewAccount::person),
                keys.pseudonyms().stream().map(NewPseudonym::person))
            .filter(person -> !places.containsKey(person))
            .distinct()
            .toList();
    if (!elsewhere.isEmpty()) {
      var ids = elsewhere.stream().map(Bson::bytes).toList();
      for (BsonDocument found : all.people().withAny(PersonDocument.ID_OF_PERSON, ids)) {
        PersonDocument document = new PersonDocument(found);
        Person person = document.person();
        if (person != null) {
          places.put(person.id(), document.id());
        }
      }
    }
    for (NewAccount account : keys.accounts()) {
      BsonString id = places.get(account.person());
      if (id != null) {
        wishes.computeIfAbsent(id, none -> Wish.of(null)).accounts().add(account);
      }
    }
    for (NewPseudonym pseudonym : keys.pseudonyms()) {
      BsonString id = places.get(pseudonym.person());
      if (id != null) {
        wishes.computeIfAbsent(id, none -> Wish.of(null)).pseudonyms().add(pseudonym);
      }
    }
    Map<BsonString, Change> wanted = new LinkedHashMap<>();
    wishes.forEach((id, wish) -> wanted.put(id, now -> person(now, wish, floor)));
    return wanted;
  }

  private static @Nullable BsonDocument person(@Nullable BsonDocument now, Wish wish, int floor) {
    PersonRef ref = wish.ref();
    if (now == null && ref == null) {
      return null;
    }
    PersonDocument document =
        now == null && ref != null
            ? PersonDocument.empty(ref)
            : new PersonDocument(java.util.Objects.requireNonNull(now));
    document.withoutThoseBelow(floor);
    boolean made = false;
    for (NewPerson person : wish.people()) {
      Fence fence = document.fence();
      if (document.person() == null && (fence == null || !fence.refuses(person.eventMillis()))) {
        document.put(person);
        made = true;
      }
    }
    boolean late = false;
    for (NewAccount account : wish.accounts()) {
      Person person = document.person();
      if (person == null || !person.id().equals(account.person())) {
        late = true;
      } else if (person.account() == null) {
        document.putKey(true, account.key());
        made = true;
      } else {
        late |= !account.key().equals(person.account());
      }
    }
    for (NewPseudonym pseudonym : wish.pseudonyms()) {
      made |= add(document, pseudonym, late);
    }
    if (!made) {
      return null;
    }
    document.fresh();
    return document.document();
  }

  private static boolean add(PersonDocument document, NewPseudonym pseudonym, boolean late) {
    Person person = document.person();
    if (person == null
        || !person.id().equals(pseudonym.person())
        || (pseudonym.account() && (late || person.account() == null))) {
      return false;
    }
    var name = PersonDocument.name(pseudonym.pseudonym(), pseudonym.account());
    if (document.names().contains(name)
        || document
            .names()
            .contains(PersonDocument.name(pseudonym.pseudonym(), !pseudonym.account()))) {
      return false;
    }
    document.addName(name);
    return true;
  }
}
