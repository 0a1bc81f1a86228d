package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Lookup;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/// Whoever stands under one lookup of a tenant, in one document, so that forgetting is one write:
/// the person with keys and pseudonyms, the fence, the jobs of erasures that are not completed.
///
/// `names` holds the pseudonyms, `00` or `01` (of the account) and 16 bytes each; `epochs` under
/// which epochs its keys are wrapped; `fresh` says that the generation may not yet cover what it
/// holds.
final class PersonDocument {
  static final String ID_OF_PERSON = "person.id";
  static final String NAMES = "names";
  static final String JOB_IDS = "jobIds";
  static final String EPOCHS = "epochs";
  static final String FRESH = "fresh";

  private final BsonDocument document;

  /// @param document is changed with this
  PersonDocument(BsonDocument document) {
    this.document = document;
  }

  static PersonDocument empty(PersonRef ref) {
    return new PersonDocument(
        new BsonDocument("tenant", text(ref.tenant()))
            .append("lookup", bytes(ref.lookup().bytes())));
  }

  static BsonString id(PersonRef ref) {
    return text(HexFormat.of().formatHex(ref.lookup().bytes()) + "/" + ref.tenant());
  }

  static BsonBinary name(Pseudonym pseudonym, boolean account) {
    byte[] name = new byte[1 + Pseudonym.BYTES];
    name[0] = (byte) (account ? 1 : 0);
    System.arraycopy(pseudonym.bytes(), 0, name, 1, Pseudonym.BYTES);
    return bytes(name);
  }

  static Pseudonym pseudonym(BsonValue name) {
    byte[] bytes = name.asBinary().getData();
    return Pseudonym.of(java.util.Arrays.copyOfRange(bytes, 1, bytes.length));
  }

  BsonDocument document() {
    return document;
  }

  BsonString id() {
    return document.getString("_id");
  }

  String tenant() {
    return document.getString("tenant").getValue();
  }

  PersonRef ref() {
    return new PersonRef(tenant(), Lookup.of(document.getBinary("lookup").getData()));
  }

  /// @return false for a document that holds a job alone, moved here from another store
  boolean hasLookup() {
    return document.containsKey("lookup");
  }

  boolean isFresh() {
    return document.containsKey(FRESH);
  }

  void fresh() {
    document.put(FRESH, BsonBoolean.TRUE);
  }

  /// Forgets keys that were never used: made under an epoch that no key can be under any more, by a
  /// write that came too late.
  void withoutThoseBelow(int floor) {
    Person person = person();
    if (!isFresh() || person == null) {
      return;
    }
    WrappedKey account = person.account();
    if (person.history().epoch() < floor) {
      takePerson();
    } else if (account != null && account.epoch() < floor) {
      document.getDocument("person").remove("account");
      takeNames(true);
      epochs();
    }
  }

  @Nullable Person person() {
    BsonValue value = document.get("person");
    if (value == null) {
      return null;
    }
    BsonDocument person = value.asDocument();
    BsonValue account = person.get("account");
    return new Person(
        Bson.uuid(person.get("id", BsonNull.VALUE)),
        ref(),
        WrappedKey.of(person.getBinary("history").getData()),
        account == null ? null : WrappedKey.of(account.asBinary().getData()),
        person.getInt64("closedAt").getValue(),
        person.getInt64("closedPosition").getValue());
  }

  boolean holds(UUID person) {
    Person standing = person();
    return standing != null && standing.id().equals(person);
  }

  void put(Person person) {
    BsonDocument put =
        new BsonDocument("id", bytes(person.id()))
            .append("history", bytes(person.history().bytes()))
            .append("closedAt", number(person.accountClosedAtMillis()))
            .append("closedPosition", number(person.accountClosedPosition()));
    WrappedKey account = person.account();
    if (account != null) {
      put.append("account", bytes(account.bytes()));
    }
    document.put("person", put);
    epochs();
  }

  void put(NewPerson person) {
    document.put(
        "person",
        new BsonDocument("id", bytes(person.id()))
            .append("history", bytes(person.history().bytes()))
            .append("closedAt", number(Long.MIN_VALUE))
            .append("closedPosition", number(-1L)));
    epochs();
  }

  void putKey(boolean account, WrappedKey key) {
    document.getDocument("person").put(account ? "account" : "history", bytes(key.bytes()));
    epochs();
  }

  static KeyName.OfPerson name(Person person, boolean account) {
    return new KeyName.OfPerson(account, person.ref().tenant(), person.id(), person.ref().lookup());
  }

  /// Takes the person away.
  ///
  /// @return the pseudonyms, which are nobody's now
  List<Pseudonym> takePerson() {
    List<Pseudonym> ownerless = new ArrayList<>(takeNames(false));
    ownerless.addAll(takeNames(true));
    document.remove("person");
    epochs();
    return ownerless;
  }

  List<Pseudonym> closeAccount(long atMillis, long position) {
    BsonDocument person = document.getDocument("person");
    person.remove("account");
    person.put("closedAt", number(atMillis));
    person.put("closedPosition", number(position));
    epochs();
    return takeNames(true);
  }

  /// @return whether the account's closing stood at a later position, and does not any more
  boolean countClosingAt(long position) {
    Person person = person();
    if (person == null || person.accountClosedPosition() <= position) {
      return false;
    }
    document.getDocument("person").put("closedPosition", number(position));
    return true;
  }

  List<BsonValue> names() {
    return document.getArray(NAMES, new BsonArray()).getValues();
  }

  void addName(BsonBinary name) {
    BsonArray names = document.getArray(NAMES, new BsonArray());
    names.add(name);
    document.put(NAMES, names);
  }

  private List<Pseudonym> takeNames(boolean account) {
    List<Pseudonym> taken = new ArrayList<>();
    BsonArray left = new BsonArray();
    for (BsonValue name : names()) {
      if ((name.asBinary().getData()[0] == 1) == account) {
        taken.add(pseudonym(name));
      } else {
        left.add(name);
      }
    }
    if (left.isEmpty()) {
      document.remove(NAMES);
    } else {
      document.put(NAMES, left);
    }
    return taken;
  }

  @Nullable Fence fence() {
    BsonValue value = document.get("fence");
    if (value == null) {
      return null;
    }
    BsonDocument fence = value.asDocument();
    return new Fence(
        fence.getInt64("erasedAt").getValue(),
        fence.getInt64("notBefore").getValue(),
        fence.getInt64("position").getValue());
  }

  void put(Fence fence) {
    document.put(
        "fence",
        new BsonDocument("erasedAt", number(fence.erasedAtMillis()))
            .append("notBefore", number(fence.notBeforeMillis()))
            .append("position", number(fence.position())));
  }

  /// A job that has not been finished, as far as it concerns this lookup.
  record JobHere(UUID id, long position, Set<UUID> people, List<Pseudonym> pseudonyms) {}

  List<JobHere> jobs() {
    List<JobHere> jobs = new ArrayList<>();
    for (BsonValue value : document.getArray("jobs", new BsonArray())) {
      BsonDocument job = value.asDocument();
      Set<UUID> people = new LinkedHashSet<>();
      job.getArray("people").forEach(person -> people.add(Bson.uuid(person)));
      List<Pseudonym> pseudonyms =
          job.getArray("pseudonyms").stream()
              .map(bytes -> Pseudonym.of(bytes.asBinary().getData()))
              .toList();
      UUID id = UUID.fromString(job.getString("id").getValue());
      jobs.add(new JobHere(id, job.getInt64("position").getValue(), people, pseudonyms));
    }
    return jobs;
  }

  /// Adds to a job, makes it where there is none.
  void leaveToJob(UUID id, long position, @Nullable UUID person, List<Pseudonym> pseudonyms) {
    Set<UUID> people = new LinkedHashSet<>();
    List<Pseudonym> all = new ArrayList<>();
    List<JobHere> jobs = new ArrayList<>();
    for (JobHere job : jobs()) {
      if (job.id().equals(id)) {
        people.addAll(job.people());
        all.addAll(job.pseudonyms());
      } else {
        jobs.add(job);
      }
    }
    if (person != null) {
      people.add(person);
    }
    all.addAll(pseudonyms);
    jobs.add(new JobHere(id, position, people, all));
    put(jobs);
  }

  void finish(UUID id) {
    put(jobs().stream().filter(job -> !job.id().equals(id)).toList());
  }

  void put(List<JobHere> jobs) {
    if (jobs.isEmpty()) {
      document.remove("jobs");
      document.remove(JOB_IDS);
      return;
    }
    BsonArray all = new BsonArray();
    for (JobHere job : jobs) {
      all.add(
          new BsonDocument("id", text(job.id()))
              .append("position", number(job.position()))
              .append("people", Bson.array(job.people().stream().map(Bson::bytes).toList()))
              .append(
                  "pseudonyms",
                  Bson.array(job.pseudonyms().stream().map(name -> bytes(name.bytes())).toList())));
    }
    document.put("jobs", all);
    document.put(JOB_IDS, Bson.array(jobs.stream().map(job -> text(job.id())).toList()));
  }

  boolean holdsNothing() {
    return !document.containsKey("person")
        && !document.containsKey("fence")
        && !document.containsKey("jobs");
  }

  private void epochs() {
    Person person = person();
    Set<BsonInt32> epochs = new LinkedHashSet<>();
    if (person != null) {
      epochs.add(number(person.history().epoch()));
      WrappedKey account = person.account();
      if (account != null) {
        epochs.add(number(account.epoch()));
      }
    }
    document.put(EPOCHS, Bson.array(epochs));
  }
}
