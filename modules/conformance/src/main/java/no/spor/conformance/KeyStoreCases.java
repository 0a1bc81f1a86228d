package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Standing;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What the suites for a [KeyStore] share: the store under test, and samples for it.
public abstract class KeyStoreCases {

  /// A store under test.
  public interface Fixture extends AutoCloseable {
    KeyStore store();

    /// Closes the store.
    ///
    /// @return the same store, opened anew as after a restart
    KeyStore reopened();

    /// @return whether these bytes stand anywhere where the store keeps something: in any byte of
    ///   its files, or of its memory where it has none
    boolean holds(byte[] bytes);

    @Override
    void close();
  }

  private static final long SEED = 20_261_122;
  static final UUID LEDGER = new UUID(10, 11);
  static final String TENANT = "bygg-as";
  static final PeriodId.Series SERIES = new PeriodId.Series(TENANT, "session", 1);

  protected Fixture fixture;
  KeyStore store;
  final Random random = new Random(SEED);

  /// @return a fixture over an empty store
  protected abstract Fixture open();

  @BeforeEach
  void openFixture() {
    fixture = open();
    store = fixture.store();
    store.openEpoch(1);
  }

  @AfterEach
  void closeFixture() {
    fixture.close();
  }

  <T> List<T> race(List<Callable<T>> racers) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<T> results = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> racer : racers) {
        futures.add(
            threads.submit(() -> {
              start.await();
              return racer.call();
            }));
      }
      start.countDown();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
    }
    return results;
  }

  void assertHeld(boolean held, WrappedKey... keys) {
    for (WrappedKey key : keys) {
      // without version and epoch, which all share
      byte[] bytes = Arrays.copyOfRange(key.bytes(), 5, WrappedKey.BYTES);
      assertThat(fixture.holds(Arrays.copyOf(bytes, 24))).isEqualTo(held);
      assertThat(fixture.holds(Arrays.copyOfRange(bytes, 36, 60))).isEqualTo(held);
    }
  }

  // samples

  Standing standing(PersonRef ref) {
    return Objects.requireNonNull(store.people(List.of(ref)).get(ref));
  }

  Person active(PersonRef ref) {
    return Objects.requireNonNull(standing(ref).person());
  }

  NewPerson make(NewPerson person) {
    store.make(new NewKeys(Map.of(), List.of(person), List.of(), Map.of(), List.of()));
    return person;
  }

  Pseudonym record(NewPerson person, boolean account) {
    Pseudonym pseudonym = pseudonym();
    store.make(
        new NewKeys(
            Map.of(),
            List.of(),
            List.of(),
            Map.of(),
            List.of(new NewPseudonym(pseudonym, person.id(), account))));
    return pseudonym;
  }

  static NewKeys periods(Map<PeriodId, WrappedKey> periods) {
    return new NewKeys(Map.of(), List.of(), List.of(), periods, List.of());
  }

  static KeyName name(NewPerson person, boolean account) {
    return new KeyName.OfPerson(account, TENANT, person.id(), person.ref().lookup());
  }

  static Erasure erasure(int number, @Nullable NewPerson person, PersonRef ref, long position) {
    return new Erasure(
        job(number),
        ref.tenant(),
        person == null ? null : person.id(),
        ref.lookup(),
        position,
        1_000 + position);
  }

  static UUID job(int number) {
    return new UUID(77, number);
  }

  static PeriodId day(int day) {
    return new PeriodId(TENANT, "session", 1, day);
  }

  static PersonRef ref(int number) {
    return new PersonRef(TENANT, new Lookup(number, 2, 3, 4));
  }

  NewPerson person(PersonRef ref) {
    return new NewPerson(new UUID(random.nextLong(), random.nextLong()), ref, key(), 0);
  }

  Pseudonym pseudonym() {
    return new Pseudonym(random.nextLong(), random.nextLong());
  }

  WrappedKey key() {
    return key(1);
  }

  WrappedKey key(int epoch) {
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
