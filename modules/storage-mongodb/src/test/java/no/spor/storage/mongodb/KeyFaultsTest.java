package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import no.spor.storage.mongodb.FaultProxy.Fault;
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
import no.spor.vault.WrappedKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the key store makes of writes that fail, saved and not saved, and of a process that dies
/// between any two of them.
class KeyFaultsTest {
  private static final int MORE_WRITES_THAN_ANY = 20;
  private static final PersonRef OLA = new PersonRef("bygg-as", new Lookup(1, 2, 3, 4));
  private static final PeriodId DAY = new PeriodId("bygg-as", "session", 1, 20_000);

  private final TestDatabase database = TestDatabase.inMemory();
  private final Random random = new Random(20_261_122);
  private FaultProxy proxy;
  private MongoKeyStore store;

  @BeforeEach
  void open() throws Exception {
    reopenThroughProxy();
    store.openEpoch(1);
  }

  private void reopenThroughProxy() throws Exception {
    proxy = database.proxy();
    store =
        MongoKeyStore.open(
            new MongoSettings(
                proxy.uri(), database.settings().database(), true, false, Duration.ofMillis(1500)),
            new UUID(3, 4),
            FaultProxy.around());
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    proxy.close();
    assertThat(proxy.violations()).as("what the stores are not to rest on").isEmpty();
    assertThat(proxy.weakWrites()).as("writes that may be lost").isEmpty();
    database.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"CUT_BEFORE", "LOSE_REPLY", "NO_MAJORITY"})
  void everyWriteMayFailAndIsDoneAll(Fault fault) {
    for (int after = 0; after < MORE_WRITES_THAN_ANY; after++) {
      PersonRef ref = new PersonRef("bygg-as", new Lookup(7, 7, 7, after));
      PeriodId day = new PeriodId("bygg-as", "session", 1, after);
      NewPerson person = new NewPerson(id(), ref, key(1), 0);
      Pseudonym name = new Pseudonym(random.nextLong(), random.nextLong());
      long before = store.generation();
      proxy.harm(fault, after);
      long made = store.make(wholePerson(person, day, name)).generation();
      assertThat(made).isGreaterThan(before);
      assertThat(store.people(List.of(ref)).get(ref).person()).isNotNull();
      assertThat(store.periods(List.of(day))).containsOnlyKeys(day);
      assertThat(store.recorded(List.of(name))).containsExactly(name);
      store.erase(new Erasure(id(), "bygg-as", person.id(), ref.lookup(), after + 1, 5));
      store.expire(day.series(), after + 1);
      Standing standing = store.people(List.of(ref)).get(ref);
      assertThat(standing.person()).isNull();
      assertThat(standing.fence()).isNotNull();
      assertThat(store.periods(List.of(day))).isEmpty();
      assertThat(store.recorded(List.of(name))).isEmpty();
      assertThat(store.jobs()).hasSize(after + 1);
      if (!proxy.harmed()) {
        assertThat(after).as("writes of one round").isGreaterThan(4);
        return;
      }
    }
    throw new AssertionError("the harm was always done");
  }

  /// A copy from before has the generation from before: whoever can use a key that it lacks must
  /// see a higher one.
  @ParameterizedTest
  @EnumSource(names = {"CRASH_BEFORE", "CRASH_AFTER"})
  void whoeverFindsAKeyFindsAGenerationThatNoCopyWithoutItHas(Fault crash) throws Exception {
    for (int after = 0; after < MORE_WRITES_THAN_ANY; after++) {
      PersonRef ref = new PersonRef("bygg-as", new Lookup(8, 8, 8, after));
      PeriodId day = new PeriodId("bygg-as", "history", 1, after);
      Pseudonym name = new Pseudonym(random.nextLong(), random.nextLong());
      long before = store.generation();
      proxy.harm(crash, after);
      boolean crashed = false;
      try {
        store.make(wholePerson(new NewPerson(id(), ref, key(1), 0), day, name));
      } catch (KeysUnavailableException e) {
        crashed = true;
      }
      boolean harmed = proxy.harmed();
      if (crashed) {
        store.close();
        proxy.close();
        reopenThroughProxy();
      }
      boolean found =
          store.people(List.of(ref)).get(ref).person() != null
              | !store.periods(List.of(day)).isEmpty()
              | !store.recorded(List.of(name)).isEmpty();
      if (found) {
        assertThat(store.generation()).as("after write " + after).isGreaterThan(before);
      }
      if (!harmed) {
        assertThat(after).isGreaterThan(3);
        return;
      }
    }
    throw new AssertionError("the harm was always done");
  }

  @ParameterizedTest
  @EnumSource(names = {"CRASH_BEFORE", "CRASH_AFTER"})
  void anErasureIsDoneOrNotAndCanBeRepeated(Fault crash) throws Exception {
    NewPerson ola = new NewPerson(id(), OLA, key(1), 0);
    Pseudonym name = new Pseudonym(1, 2);
    store.make(wholePerson(ola, DAY, name));
    Erasure erasure = new Erasure(new UUID(77, 1), "bygg-as", ola.id(), OLA.lookup(), 9, 5);
    proxy.harm(crash, 0);
    assertThatThrownBy(() -> store.erase(erasure)).isInstanceOf(KeysUnavailableException.class);
    store.close();
    proxy.close();
    reopenThroughProxy();
    Standing standing = store.people(List.of(OLA)).get(OLA);
    boolean done = crash == Fault.CRASH_AFTER;
    assertThat(standing.person() == null).isEqualTo(done);
    assertThat(standing.fence() != null).isEqualTo(done);
    assertThat(store.jobs()).hasSize(done ? 1 : 0);
    assertThat(store.erase(erasure).people()).containsExactly(ola.id());
    assertThat(store.jobs().getFirst().pseudonyms()).containsExactly(name);
    assertThat(database.holds(ola.history().bytes())).isFalse();
  }

  @Test
  void aKeyThatArrivesAfterItsEpochWasEmptiedIsNeverUsed() throws Exception {
    NewPerson late = new NewPerson(id(), OLA, key(1), 0);
    proxy.harm(Fault.LATE, 0);
    Thread maker =
        Thread.startVirtualThread(() -> {
          try {
            store.make(new NewKeys(Map.of(), List.of(late), List.of(), Map.of(), List.of()));
          } catch (RuntimeException e) {
            // Nobody relies on it.
          }
        });
    assertThat(proxy.awaitHarm()).isTrue();
    store.close(); // the maker dies with its write under way
    maker.join(10_000);
    try (KeyStore rotating = MongoKeyStore.open(database.settings(), new UUID(5, 6))) {
      var standing = rotating.people(List.of(OLA)).get(OLA);
      assertThat(standing.person()).isNull();
      rotating.openEpoch(2);
      assertThat(rotating.wrappedBefore(2, 10)).isEmpty(); // now the epoch's key is destroyed
      proxy.landLate();
      assertThat(database.holds(late.history().bytes())).isTrue();
      assertThat(rotating.people(List.of(OLA)).get(OLA).person()).isNull();
      NewPerson anew = new NewPerson(id(), OLA, key(2), 0);
      rotating.make(new NewKeys(Map.of(), List.of(anew), List.of(), Map.of(), List.of()));
      var person = rotating.people(List.of(OLA)).get(OLA).person();
      assertThat(person).isNotNull();
      assertThat(person.id()).isEqualTo(anew.id());
    }
  }

  private NewKeys wholePerson(NewPerson person, PeriodId day, Pseudonym name) {
    return new NewKeys(
        Map.of(),
        List.of(person),
        List.of(new NewAccount(person.id(), key(1))),
        Map.of(day, key(1)),
        List.of(new NewPseudonym(name, person.id(), true)));
  }

  private UUID id() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private WrappedKey key(int epoch) {
    byte[] bytes = new byte[WrappedKey.BYTES];
    random.nextBytes(bytes);
    bytes[0] = 1;
    bytes[1] = 0;
    bytes[2] = 0;
    bytes[3] = 0;
    bytes[4] = (byte) epoch;
    return WrappedKey.of(bytes);
  }
}
