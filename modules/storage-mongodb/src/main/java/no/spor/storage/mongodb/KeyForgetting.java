package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import no.spor.storage.mongodb.Changes.Change;
import no.spor.vault.KeyStore.AccountClosing;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Forgets: each a write of one document.
final class KeyForgetting {
  private final KeyCollections all;

  KeyForgetting(KeyCollections all) {
    this.all = all;
  }

  /// @return the people of the job
  Set<UUID> erase(Erasure erasure) {
    Lookup lookup = erasure.lookup();
    PersonRef ref = lookup == null ? null : new PersonRef(erasure.tenant(), lookup);
    Map<BsonString, Change> changes = new LinkedHashMap<>();
    UUID person = erasure.person();
    if (person != null) {
      placeOf(person)
          .ifPresent(place -> changes.put(place.id(), now -> erased(now, null, erasure)));
    }
    if (ref != null) {
      changes.put(PersonDocument.id(ref), now -> erased(now, ref, erasure));
    }
    all.personChanges().make(changes);
    return people(erasure.job());
  }

  private java.util.Optional<PersonDocument> placeOf(UUID person) {
    return all.people().find(with(PersonDocument.ID_OF_PERSON, bytes(person))).stream()
        .findFirst()
        .map(PersonDocument::new);
  }

  /// @param ref the lookup that the document is of, if the erasure names it
  private static @Nullable BsonDocument erased(
      @Nullable BsonDocument now, @Nullable PersonRef ref, Erasure erasure) {
    if (now == null && ref == null) {
      return null;
    }
    PersonDocument document =
        now != null
            ? new PersonDocument(now)
            : PersonDocument.empty(java.util.Objects.requireNonNull(ref));
    Fence before = document.fence();
    boolean fences = ref != null && (before == null || before.position() < erasure.position());
    Person person = document.person();
    UUID named = erasure.person();
    boolean goes =
        person != null
            && (fences
                || (person.id().equals(named) && document.tenant().equals(erasure.tenant())));
    if (!fences && !goes) {
      return null;
    }
    UUID gone = goes && person != null ? person.id() : null;
    List<Pseudonym> ownerless = goes ? document.takePerson() : List.of();
    if (fences) {
      document.put(new Fence(erasure.erasedAtMillis(), Long.MAX_VALUE, erasure.position()));
    }
    document.leaveToJob(erasure.job(), erasure.position(), gone, ownerless);
    return document.document();
  }

  /// @return the people of the job
  Set<UUID> closeAccount(AccountClosing closing) {
    placeOf(closing.person())
        .ifPresent(place -> all.personChanges().make(place.id(), now -> closed(now, closing)));
    return people(closing.job());
  }

  private static @Nullable BsonDocument closed(@Nullable BsonDocument now, AccountClosing closing) {
    PersonDocument document = now == null ? null : new PersonDocument(now);
    Person person = document == null ? null : document.person();
    if (document == null
        || person == null
        || !person.id().equals(closing.person())
        || !document.tenant().equals(closing.tenant())
        || closing.position() <= person.accountClosedPosition()) {
      return null;
    }
    List<Pseudonym> ownerless = document.closeAccount(closing.closedAtMillis(), closing.position());
    document.leaveToJob(closing.job(), closing.position(), person.id(), ownerless);
    return document.document();
  }

  void permit(PersonRef ref, long notBeforeMillis, long position) {
    all.personChanges()
        .make(
            PersonDocument.id(ref),
            now -> {
              PersonDocument document = now == null ? null : new PersonDocument(now);
              Fence fence = document == null ? null : document.fence();
              if (document == null || fence == null || fence.position() >= position) {
                return null;
              }
              document.put(new Fence(fence.erasedAtMillis(), notBeforeMillis, position));
              return document.document();
            });
  }

  /// What was forgotten at a later position counts as forgotten at this one; jobs from there on are
  /// gone.
  void countAt(long position) {
    Map<BsonString, Change> changes = new LinkedHashMap<>();
    for (BsonDocument found : all.people().find(new BsonDocument())) {
      if (countedAt(new PersonDocument(found), position)) {
        changes.put(
            found.getString("_id"),
            now -> {
              if (now == null) {
                return null;
              }
              PersonDocument document = new PersonDocument(now);
              boolean changed = countedAt(document, position);
              return !changed
                  ? null
                  : document.holdsNothing() ? Changes.NOTHING : document.document();
            });
      }
    }
    if (!changes.isEmpty()) {
      all.personChanges().make(changes);
    }
  }

  /// @return whether anything was changed
  private static boolean countedAt(PersonDocument document, long position) {
    boolean changed = document.countClosingAt(position);
    Fence fence = document.fence();
    if (fence != null && fence.position() > position) {
      document.put(new Fence(fence.erasedAtMillis(), fence.notBeforeMillis(), position));
      changed = true;
    }
    for (PersonDocument.JobHere here : document.jobs()) {
      if (here.position() >= position) {
        document.finish(here.id());
        changed = true;
      }
    }
    return changed;
  }

  /// @return how many keys were destroyed
  int expire(PeriodId.Series series, int firstKept) {
    int[] destroyed = {0};
    all.periodChanges()
        .make(
            SeriesDocument.id(series),
            now -> {
              SeriesDocument document =
                  now == null ? SeriesDocument.empty(series) : new SeriesDocument(now);
              Integer mark = document.mark();
              if (mark != null && mark >= firstKept) {
                return null;
              }
              destroyed[0] = document.expire(firstKept);
              return document.document();
            });
    return destroyed[0];
  }

  private Set<UUID> people(UUID job) {
    Set<UUID> people = new LinkedHashSet<>();
    for (BsonDocument found : all.people().find(with(PersonDocument.JOB_IDS, text(job)))) {
      for (PersonDocument.JobHere here : new PersonDocument(found).jobs()) {
        if (here.id().equals(job)) {
          people.addAll(here.people());
        }
      }
    }
    return people;
  }

  List<Job> jobs() {
    Map<UUID, Job> jobs = new LinkedHashMap<>();
    for (BsonDocument found :
        all.people().find(with(PersonDocument.JOB_IDS, with("$gte", text(""))))) {
      PersonDocument document = new PersonDocument(found);
      for (PersonDocument.JobHere here : document.jobs()) {
        jobs.merge(
            here.id(),
            new Job(here.id(), document.tenant(), here.position(), here.pseudonyms()),
            KeyForgetting::joined);
      }
    }
    return jobs.values().stream()
        .sorted(java.util.Comparator.comparingLong(Job::position))
        .toList();
  }

  private static Job joined(Job one, Job other) {
    List<Pseudonym> pseudonyms = new java.util.ArrayList<>(one.pseudonyms());
    pseudonyms.addAll(other.pseudonyms());
    return new Job(one.id(), one.tenant(), one.position(), List.copyOf(pseudonyms));
  }

  void finish(UUID job) {
    Map<BsonString, Change> changes = new LinkedHashMap<>();
    for (BsonDocument found : all.people().find(with(PersonDocument.JOB_IDS, text(job)))) {
      changes.put(
          found.getString("_id"),
          now -> {
            if (now == null) {
              return null;
            }
            PersonDocument document = new PersonDocument(now);
            if (document.jobs().stream().noneMatch(here -> here.id().equals(job))) {
              return null;
            }
            document.finish(job);
            return document.holdsNothing() ? Changes.NOTHING : document.document();
          });
    }
    all.personChanges().make(changes);
  }
}
