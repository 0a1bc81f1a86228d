package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.spor.vault.EpochStore;
import no.spor.vault.EpochStore.Epoch;
import no.spor.vault.EpochStore.Forgotten;
import no.spor.vault.Lookup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [EpochStore] must promise. A subclass gives a fixture; a fixture declares
/// differences, it never skips.
public abstract class EpochStoreSuite {

  /// A store under test.
  public interface Fixture extends AutoCloseable {
    EpochStore store();

    /// Closes the store.
    ///
    /// @return the same store, opened anew as after a restart
    EpochStore reopened();

    /// @return whether these bytes stand anywhere where the store keeps something: in any byte of
    ///   its files, or of its memory where it has none
    boolean holds(byte[] bytes);

    @Override
    void close();
  }

  private static final UUID KEYS = new UUID(1, 2);

  protected Fixture fixture;
  private EpochStore store;

  /// @return a fixture over an empty store
  protected abstract Fixture open();

  @BeforeEach
  void openFixture() {
    fixture = open();
    store = fixture.store();
  }

  @AfterEach
  void closeFixture() {
    fixture.close();
  }

  @Test
  void epochsAreThereAfterReopeningInOrder() {
    assertThat(store.epochs(KEYS)).isEmpty();
    store.add(KEYS, epoch(2, 20));
    store.add(KEYS, epoch(1, 10));
    store.add(new UUID(1, 3), epoch(7, 70));
    store = fixture.reopened();
    assertThat(store.epochs(KEYS)).extracting(Epoch::number).containsExactly(1, 2);
    Epoch first = store.epochs(KEYS).getFirst();
    assertThat(first.createdAtMillis()).isEqualTo(10);
    assertThat(first.wrapped()).isEqualTo(wrapped(10));
    assertThat(first.destroyedAtMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anEpochIsNeverReplacedNotEvenADestroyedOne() {
    assertThat(store.add(KEYS, epoch(1, 10)).wrapped()).isEqualTo(wrapped(10));
    assertThat(store.add(KEYS, epoch(1, 20)).wrapped()).isEqualTo(wrapped(10));
    store.destroy(KEYS, 1, 99);
    assertThat(store.add(KEYS, epoch(1, 30)).wrapped()).isNull();
    assertThat(store.epochs(KEYS)).hasSize(1);
    assertThat(store.epochs(KEYS).getFirst().wrapped()).isNull();
  }

  @Test
  void ofRacersAllSeeTheSameEpoch() throws Exception {
    for (int number = 1; number <= 10; number++) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Epoch>> futures = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int racer = 0; racer < 8; racer++) {
          Epoch candidate = epoch(number, racer);
          futures.add(
              threads.submit(() -> {
                start.await();
                return store.add(KEYS, candidate);
              }));
        }
        start.countDown();
        for (Future<Epoch> future : futures) {
          assertThat(future.get().wrapped())
              .isEqualTo(store.epochs(KEYS).get(number - 1).wrapped());
        }
      }
    }
  }

  @Test
  void aDestroyedKeyIsInNoByte() {
    store.add(KEYS, epoch(1, 10));
    store.add(KEYS, epoch(2, 20));
    store.add(new UUID(1, 3), epoch(1, 30));
    assertThat(fixture.holds(wrapped(10))).isTrue();
    store.destroy(KEYS, 1, 99);
    assertThat(fixture.holds(wrapped(10))).isFalse();
    assertThat(fixture.holds(wrapped(20))).isTrue();
    assertThat(fixture.holds(wrapped(30))).isTrue();
    store.destroy(KEYS, 1, 200);
    store = fixture.reopened();
    Epoch gone = store.epochs(KEYS).getFirst();
    assertThat(gone.wrapped()).isNull();
    assertThat(gone.createdAtMillis()).isEqualTo(10);
    assertThat(gone.destroyedAtMillis()).isEqualTo(99);
  }

  @Test
  void whatIsForgottenIsNotedUntilNoOlderCopyOfTheKeysOpens() {
    for (int number = 1; number <= 3; number++) {
      store.add(KEYS, epoch(number, number));
    }
    Forgotten person = forgotten(1, new UUID(5, 5), new Lookup(1, 2, 3, 4), false, 1);
    Forgotten neverSeen = forgotten(1, null, new Lookup(5, 6, 7, 8), false, 2);
    Forgotten visitor = forgotten(2, new UUID(5, 6), null, false, 2);
    Forgotten account = forgotten(3, new UUID(5, 7), null, true, 3);
    for (Forgotten one : List.of(person, neverSeen, person, visitor, account)) {
      store.note(KEYS, one);
    }
    store.note(new UUID(1, 3), person);
    store = fixture.reopened();
    assertThat(store.forgotten(KEYS))
        .containsExactlyInAnyOrder(person, neverSeen, visitor, account);
    store.destroy(KEYS, 1, 99);
    assertThat(store.forgotten(KEYS)).containsExactlyInAnyOrder(neverSeen, visitor, account);
    store.destroy(KEYS, 2, 99);
    store.note(KEYS, account);
    assertThat(store.forgotten(KEYS)).containsExactly(account);
    assertThat(store.forgotten(new UUID(1, 3))).containsExactly(person);
    assertThat(store.forgotten(new UUID(1, 4))).isEmpty();
  }

  private static Forgotten forgotten(
      int job, @Nullable UUID person, @Nullable Lookup fence, boolean account, int epoch) {
    return new Forgotten(
        new UUID(8, 8), new UUID(7, job), "bygg-as", person, fence, account, epoch);
  }

  private static Epoch epoch(int number, long createdAt) {
    return new Epoch(number, createdAt, wrapped(createdAt), Long.MAX_VALUE);
  }

  private static byte[] wrapped(long createdAt) {
    byte[] bytes = new byte[61];
    new java.util.Random(createdAt).nextBytes(bytes);
    return bytes;
  }
}
