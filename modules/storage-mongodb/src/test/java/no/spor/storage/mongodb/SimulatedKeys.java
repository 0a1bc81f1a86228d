package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import no.spor.storage.mongodb.SimulatedMember.Entry;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Standing;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.StaleEpochException;
import no.spor.vault.WrappedKey;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/// Processes that make keys, use them, erase people and expire days. Whoever is erased stays
/// erased, in every later state that a majority ever has; there is one key for one person and day;
/// a key that was used stands until it is destroyed; and no state has the generation that somebody
/// used a key at without having that key.
final class SimulatedKeys implements ReplicaSetSimulation.Workload {
  private static final String DATABASE = "keys";
  private static final int PEOPLE = 10;
  private static final int DAYS = 12;
  private static final PeriodId.Series SERIES = new PeriodId.Series("bygg-as", "session", 1);

  private final UnaryOperator<KeyStore> altered;
  private final List<UsedPerson> usedPeople = new ArrayList<>();
  private final List<UsedDay> usedDays = new ArrayList<>();
  private final List<Erasure> erased = new ArrayList<>();
  private int expired = -1;
  private int acts;

  /// @param generation that was read after the key
  private record UsedPerson(PersonRef ref, UUID id, WrappedKey key, long generation) {}

  private record UsedDay(int day, WrappedKey key, long generation) {}

  /// @param altered a store with a bug instead of the real one
  SimulatedKeys(UnaryOperator<KeyStore> altered) {
    this.altered = altered;
  }

  int erasures() {
    return erased.size();
  }

  int uses() {
    return usedPeople.size() + usedDays.size();
  }

  @Override
  public void live(SimulatedClient client) {
    KeyStore store = null;
    while (store == null && client.goesOn()) {
      try {
        store =
            altered.apply(
                MongoKeyStore.open(client.settings(DATABASE), new UUID(3, 4), client.around()));
        if (store.epoch() == 0) {
          store.openEpoch(1);
        }
      } catch (MongoStoreException | KeysUnavailableException e) {
        // Comes up again.
      }
    }
    if (store != null) {
      try (KeyStore opened = store) {
        Process process = new Process(client, opened);
        while (client.goesOn()) {
          process.act();
        }
      }
    }
  }

  private final class Process {
    private final SimulatedClient client;
    private final KeyStore store;
    private final Random random;
    private final Set<PersonRef> knownErased = new HashSet<>();
    private long generation;

    Process(SimulatedClient client, KeyStore store) {
      this.client = client;
      this.store = store;
      this.random = client.random;
    }

    void act() {
      acts++;
      try {
        switch (random.nextInt(10)) {
          case 0, 1 -> erase(person());
          case 2 -> expire();
          case 3, 4 -> useDay(random.nextInt(DAYS));
          case 5 -> look(person());
          case 6 -> openEpoch();
          default -> usePerson(person());
        }
      } catch (KeysUnavailableException | StaleEpochException e) {
        // What was asked could not be said, or is to be said again.
      }
    }

    private PersonRef person() {
      return new PersonRef("bygg-as", new Lookup(1, 2, 3, random.nextInt(PEOPLE)));
    }

    private void openEpoch() {
      if (random.nextInt(4) == 0) {
        int next = store.epoch() + 1;
        store.openEpoch(next);
        store.wrappedBefore(next, 100);
      }
    }

    private WrappedKey key() {
      byte[] bytes = new byte[WrappedKey.BYTES];
      random.nextBytes(bytes);
      int epoch = store.epoch();
      bytes[0] = 1;
      bytes[1] = 0;
      bytes[2] = 0;
      bytes[3] = (byte) (epoch >> 8);
      bytes[4] = (byte) epoch;
      return WrappedKey.of(bytes);
    }

    private UUID id() {
      return new UUID(random.nextLong(), random.nextLong());
    }

    private Standing look(PersonRef ref) {
      Standing standing = store.people(List.of(ref)).get(ref);
      if (client.isDead()) {
        throw new KeysUnavailableException("dead", null);
      }
      if (knownErased.contains(ref)) {
        assertThat(standing.person()).as("erased, and shown again").isNull();
      }
      if (standing.fence() != null) {
        knownErased.add(ref);
      }
      return standing;
    }

    private long generation() {
      long now = store.generation();
      if (!client.isDead()) {
        assertThat(now).as("generation").isGreaterThanOrEqualTo(generation);
      }
      generation = Math.max(generation, now);
      return now;
    }

    private void usePerson(PersonRef ref) {
      Standing standing = look(ref);
      if (standing.person() == null && standing.fence() == null) {
        NewPerson made = new NewPerson(id(), ref, key(), 0);
        Pseudonym name = new Pseudonym(random.nextLong(), random.nextLong());
        store.make(
            new NewKeys(
                Map.of(),
                List.of(made),
                List.of(new NewAccount(made.id(), made.history())),
                Map.of(),
                List.of(new NewPseudonym(name, made.id(), false))));
        standing = look(ref);
        assertThat(standing.person() != null || standing.fence() != null)
            .as("made, and not there")
            .isTrue();
      } else if (standing.person() != null && random.nextBoolean()) {
        Pseudonym name = new Pseudonym(random.nextLong(), random.nextLong());
        UUID person = standing.person().id();
        store.make(
            new NewKeys(
                Map.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(new NewPseudonym(name, person, false))));
        standing = look(ref);
      }
      if (standing.person() != null) {
        long mark = generation();
        if (!client.isDead()) {
          var person = standing.person();
          usedPeople.add(new UsedPerson(ref, person.id(), person.history(), mark));
        }
      }
    }

    private void erase(PersonRef ref) {
      Standing standing = look(ref);
      if (random.nextInt(3) > 0 && standing.person() == null) {
        return;
      }
      UUID person = standing.person() == null ? null : standing.person().id();
      Erasure erasure =
          new Erasure(new UUID(7, acts), "bygg-as", person, ref.lookup(), acts, 1000 + acts);
      for (int attempt = 0; attempt < 3 && !client.isDead(); attempt++) {
        try {
          store.erase(erasure);
          if (!client.isDead()) {
            erased.add(erasure);
            knownErased.add(ref);
            look(ref);
          }
          return;
        } catch (KeysUnavailableException e) {
          // Said again.
        }
      }
    }

    private void useDay(int day) {
      PeriodId period = new PeriodId("bygg-as", "session", 1, day);
      if (!store.periods(List.of(period)).containsKey(period)) {
        store.make(new NewKeys(Map.of(), List.of(), List.of(), Map.of(period, key()), List.of()));
      }
      WrappedKey key = store.periods(List.of(period)).get(period);
      if (key != null) {
        long mark = generation();
        if (!client.isDead()) {
          usedDays.add(new UsedDay(day, key, mark));
        }
      }
    }

    private void expire() {
      int firstKept = random.nextInt(DAYS / 2);
      store.expire(SERIES, firstKept);
      if (!client.isDead()) {
        expired = Math.max(expired, firstKept);
      }
    }
  }

  @Override
  public void check(List<Entry> committed) {
    new States().check(committed);
  }

  /// All states that a majority ever had, one after the other.
  private final class States {
    private final CommittedStates states = new CommittedStates(DATABASE);
    private final Map<BsonValue, PersonDocument> people = new HashMap<>();
    private final Set<BsonValue> fenced = new HashSet<>();
    private SeriesDocument series = SeriesDocument.empty(SERIES);
    private int mark = -1;
    private long generation;

    void check(List<Entry> committed) {
      states.replay(
          committed,
          (collection, id) -> {
            switch (collection) {
              case "people" -> person(id);
              case "periods" -> series(id);
              case "store" -> store(id);
              default -> {}
            }
          });
      for (Erasure erasure : erased) {
        BsonString id = PersonDocument.id(new PersonRef("bygg-as", erasure.lookup()));
        assertThat(people.get(id)).as("fence of an erasure").isNotNull();
        assertThat(people.get(id).fence()).as("fence of an erasure").isNotNull();
      }
      assertThat(mark).as("expired").isGreaterThanOrEqualTo(expired);
      generation = Long.MAX_VALUE;
      used();
    }

    private void person(BsonValue id) {
      BsonDocument found = states.read("people", id);
      PersonDocument now = found == null ? null : new PersonDocument(found);
      if (now != null && now.fence() != null) {
        fenced.add(id);
      }
      if (fenced.contains(id)) {
        assertThat(now).as("a fence has gone").isNotNull();
        assertThat(now.fence()).as("a fence has gone").isNotNull();
        assertThat(now.person()).as("erased, and there again").isNull();
      }
      people.put(id, now);
      used();
    }

    private void series(BsonValue id) {
      BsonDocument found = states.read("periods", id);
      assertThat(found).as("a series has gone").isNotNull();
      series = new SeriesDocument(found);
      if (series.mark() != null) {
        assertThat(series.mark()).as("the mark goes back").isGreaterThanOrEqualTo(mark);
        mark = series.mark();
      }
      assertThat(series.keys().keySet())
          .as("expired, and there again")
          .allMatch(day -> day.day() >= mark);
      used();
    }

    private void store(BsonValue id) {
      if (id.equals(new BsonString("store"))) {
        generation = states.read("store", id).getInt64("generation").getValue();
        used();
      }
    }

    /// What was used at this generation or before is there, or was destroyed.
    private void used() {
      for (UsedPerson used : usedPeople) {
        BsonString id = PersonDocument.id(used.ref());
        if (used.generation() <= generation && !fenced.contains(id)) {
          PersonDocument there = people.get(id);
          assertThat(there == null ? null : there.person())
              .as("a person used at generation " + used.generation() + ", now " + generation)
              .isNotNull();
          assertThat(there.person().id()).as("one person").isEqualTo(used.id());
          assertThat(there.person().history()).as("one key").isEqualTo(used.key());
        }
      }
      for (UsedDay used : usedDays) {
        if (used.generation() <= generation && used.day() >= mark) {
          assertThat(series.keys().get(new PeriodId("bygg-as", "session", 1, used.day())))
              .as("a day used at generation " + used.generation() + ", now " + generation)
              .isEqualTo(used.key());
        }
      }
    }
  }
}
