package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import no.spor.storage.mongodb.PersonDocument.JobHere;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore.Followed;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.MovableKeys.Held;
import no.spor.vault.MovableKeys.HeldAccepted;
import no.spor.vault.MovableKeys.HeldFollowed;
import no.spor.vault.MovableKeys.HeldJob;
import no.spor.vault.MovableKeys.HeldLookup;
import no.spor.vault.MovableKeys.HeldSecret;
import no.spor.vault.MovableKeys.HeldSeries;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// All of a key store, out of its collections and into them.
final class KeyMove {
  static final String FOLLOWED = "followed/";
  static final String ACCEPTED = "accepted/";
  private static final int PAGE = 500;

  private final KeyCollections all;

  KeyMove(KeyCollections all) {
    this.all = all;
  }

  void empty() {
    for (Documents some : List.of(all.secrets(), all.people(), all.periods())) {
      some.delete(Bson.ALL);
    }
    for (String prefix : List.of(FOLLOWED, ACCEPTED)) {
      all.store().delete(with("_id", from(prefix).append("$lt", text(prefix + "~"))));
    }
  }

  private static BsonDocument from(String prefix) {
    return with("$gte", text(prefix));
  }

  void each(Consumer<Held> taker) {
    pages(
        all.secrets(),
        (documents, floor) -> {
          for (BsonDocument secret : documents) {
            if (!KeyCollections.isUnused(secret, floor)) {
              taker.accept(
                  new HeldSecret(
                      KeyRewrapping.name(secret),
                      WrappedKey.of(secret.getBinary("wrapped").getData())));
            }
          }
        });
    Map<UUID, HeldJob> jobs = new LinkedHashMap<>();
    pages(
        all.people(),
        (documents, floor) -> {
          for (BsonDocument document : documents) {
            PersonDocument person = new PersonDocument(document);
            person.withoutThoseBelow(floor);
            for (JobHere job : person.jobs()) {
              jobs.merge(job.id(), held(person.tenant(), job), KeyMove::joined);
            }
            if (person.hasLookup()) {
              taker.accept(
                  new HeldLookup(
                      person.ref(), person.person(), pseudonyms(person), person.fence()));
            }
          }
        });
    jobs.values().forEach(taker);
    pages(
        all.periods(),
        (documents, floor) -> {
          for (BsonDocument document : documents) {
            SeriesDocument series = new SeriesDocument(document);
            series.withoutThoseBelow(floor);
            taker.accept(new HeldSeries(series.series(), series.mark(), series.keys()));
          }
        });
    for (BsonDocument document : all.store().find(Bson.ALL)) {
      String id = document.getString("_id").getValue();
      if (id.startsWith(FOLLOWED)) {
        taker.accept(
            new HeldFollowed(
                UUID.fromString(id.substring(FOLLOWED.length())),
                new Followed(
                    document.getInt64("block").getValue(), document.getBinary("hash").getData())));
      } else if (id.startsWith(ACCEPTED)) {
        taker.accept(
            new HeldAccepted(
                UUID.fromString(id.substring(ACCEPTED.length())),
                document.getInt64("generation").getValue()));
      }
    }
  }

  private interface Page {
    void take(List<BsonDocument> documents, int floor);
  }

  private void pages(Documents documents, Page page) {
    BsonDocument filter = Bson.ALL;
    List<BsonDocument> read;
    do {
      read = documents.find(filter, Bson.ALL, Bson.ASCENDING, PAGE);
      if (!read.isEmpty()) {
        page.take(read, all.covered(documents, read));
        filter = with("_id", with("$gt", read.getLast().getString("_id")));
      }
    } while (read.size() == PAGE);
  }

  private static List<NewPseudonym> pseudonyms(PersonDocument document) {
    Person person = document.person();
    return person == null
        ? List.of()
        : document.names().stream()
            .map(name ->
                new NewPseudonym(
                    PersonDocument.pseudonym(name), person.id(), name.asBinary().getData()[0] == 1))
            .toList();
  }

  private static HeldJob held(String tenant, JobHere job) {
    return new HeldJob(new Job(job.id(), tenant, job.position(), job.pseudonyms()), job.people());
  }

  private static HeldJob joined(HeldJob one, HeldJob other) {
    Set<UUID> people = new LinkedHashSet<>(one.people());
    people.addAll(other.people());
    Set<Pseudonym> pseudonyms = new LinkedHashSet<>(one.job().pseudonyms());
    pseudonyms.addAll(other.job().pseudonyms());
    Job job = one.job();
    return new HeldJob(
        new Job(job.id(), job.tenant(), job.position(), List.copyOf(pseudonyms)), people);
  }

  void put(List<Held> some) {
    Map<BsonString, Changes.Change> secrets = new LinkedHashMap<>();
    Map<BsonString, Changes.Change> people = new LinkedHashMap<>();
    Map<BsonString, Changes.Change> periods = new LinkedHashMap<>();
    Map<BsonString, Changes.Change> store = new LinkedHashMap<>();
    for (Held held : some) {
      switch (held) {
        case HeldSecret secret ->
            secrets.put(
                KeyCollections.id(secret.name()), now -> secret(secret.name(), secret.key()));
        case HeldLookup lookup ->
            people.put(PersonDocument.id(lookup.ref()), now -> lookup(lookup));
        case HeldJob job -> people.put(text("job/" + job.job().id()), now -> job(job));
        case HeldSeries series ->
            periods.put(SeriesDocument.id(series.series()), now -> series(series));
        case HeldFollowed followed ->
            store.put(
                text(FOLLOWED + followed.ledger()),
                now ->
                    with("block", number(followed.followed().block()))
                        .append("hash", bytes(followed.followed().hash())));
        case HeldAccepted accepted ->
            store.put(
                text(ACCEPTED + accepted.store()),
                now -> with("generation", number(accepted.generation())));
      }
    }
    all.secretChanges().make(secrets);
    all.personChanges().make(people);
    all.periodChanges().make(periods);
    all.storeChanges().make(store);
  }

  private static BsonDocument secret(KeyName.Secret name, WrappedKey key) {
    BsonDocument secret = KeyMaking.secret(name, key);
    secret.remove(PersonDocument.FRESH);
    return secret;
  }

  private static BsonDocument lookup(HeldLookup held) {
    PersonDocument document = PersonDocument.empty(held.ref());
    Person person = held.person();
    if (person != null) {
      document.put(person);
      for (NewPseudonym pseudonym : held.pseudonyms()) {
        BsonBinary name = PersonDocument.name(pseudonym.pseudonym(), pseudonym.account());
        document.addName(name);
      }
    }
    if (held.fence() != null) {
      document.put(held.fence());
    }
    return document.document();
  }

  /// Of its own: whose lookups it was of stands nowhere any more.
  private static BsonDocument job(HeldJob held) {
    PersonDocument document = new PersonDocument(with("tenant", text(held.job().tenant())));
    document.put(
        List.of(
            new JobHere(
                held.job().id(), held.job().position(), held.people(), held.job().pseudonyms())));
    return document.document();
  }

  private static BsonDocument series(HeldSeries held) {
    SeriesDocument series = SeriesDocument.empty(held.series());
    Integer mark = held.mark();
    if (mark != null) {
      series.expire(mark);
    }
    held.keys().forEach((period, key) -> series.put(period.day(), key));
    return series.document();
  }
}
