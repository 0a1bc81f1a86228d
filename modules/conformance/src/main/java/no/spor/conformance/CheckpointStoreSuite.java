package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [CheckpointStore] must promise. A subclass gives a fixture; a fixture declares
/// differences, it never skips.
public abstract class CheckpointStoreSuite {

  /// A store under test.
  public interface Fixture extends AutoCloseable {
    CheckpointStore store();

    /// @return the same store as another node sees it; [#store] where one process alone may use it
    default CheckpointStore another() {
      return store();
    }

    /// Closes the store.
    ///
    /// @return the same store, opened anew as after a restart
    CheckpointStore reopened();

    @Override
    void close();
  }

  private static final String ORIGIN = "log.example/ærlig";
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long NOON = 12 * HOUR;

  protected Fixture fixture;
  private CheckpointStore store;

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
  void whatIsPublishedIsThereAfterReopening() {
    assertThat(store.newest()).isEmpty();
    var first = published(0, NOON);
    var second = published(Long.MAX_VALUE >> 8, NOON + 1);
    assertThat(store.publish(null, first)).isTrue();
    assertThat(store.newest()).contains(first);
    assertThat(store.publish(first.checkpoint(), second)).isTrue();
    assertThat(fixture.another().newest()).contains(second);
    store = fixture.reopened();
    assertThat(store.newest()).contains(second);
  }

  @Test
  void onlyWhoKnowsTheNewestPublishes() {
    var first = published(5, NOON);
    var second = published(9, NOON);
    assertThat(store.publish(first.checkpoint(), second)).isFalse();
    assertThat(store.newest()).isEmpty();
    assertThat(store.publish(null, first)).isTrue();
    assertThat(store.publish(null, second)).isFalse();
    assertThat(store.publish(checkpoint(ORIGIN, 4), second)).isFalse();
    assertThat(store.publish(new Checkpoint(ORIGIN, 5, root(6)), second)).isFalse();
    assertThat(store.publish(checkpoint("other", 5), second)).isFalse();
    assertThat(store.newest()).contains(first);
    assertThat(store.publish(first.checkpoint(), second)).isTrue();
    assertThat(store.publish(first.checkpoint(), published(7, NOON))).isFalse();
    assertThat(store.newest()).contains(second);
  }

  @Test
  void ofManyWhoPublishAtOnceOneIsFirst() throws Exception {
    assertThat(store.publish(null, published(0, NOON))).isTrue();
    for (int round = 1; round <= 10; round++) {
      var before = store.newest().orElseThrow().checkpoint();
      var begin = new CountDownLatch(1);
      var attempts = new ArrayList<Callable<Boolean>>();
      for (int writer = 0; writer < 4; writer++) {
        var from = writer % 2 == 0 ? store : fixture.another();
        var next = published(10 * round + writer, NOON);
        attempts.add(() -> {
          begin.await();
          return from.publish(before, next);
        });
      }
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var answers = attempts.stream().map(threads::submit).toList();
        begin.countDown();
        int won = 0;
        for (int writer = 0; writer < answers.size(); writer++) {
          if (answers.get(writer).get()) {
            won++;
            assertThat(store.newest()).contains(published(10 * round + writer, NOON));
          }
        }
        assertThat(won).as("round %s", round).isOne();
      }
    }
  }

  @Test
  void nothingGoesBack() {
    var first = published(5, NOON);
    assertThat(store.publish(null, first)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.publish(first.checkpoint(), published(4, NOON)));
    var fork = new Published(new Checkpoint(ORIGIN, 5, root(6)), "fork", NOON);
    assertThatIllegalArgumentException().isThrownBy(() -> store.publish(first.checkpoint(), fork));
    assertThat(store.newest()).contains(first);
    var signedAgain = new Published(first.checkpoint(), "signed by two keys", NOON + 1);
    assertThat(store.publish(first.checkpoint(), signedAgain)).isTrue();
    assertThat(store.newest()).contains(signedAgain);
  }

  @Test
  void theLastOfEachHourStaysForGood() {
    Published previous = null;
    for (long minute = 0; minute < 180; minute += 20) {
      var next = published(1 + minute, NOON + Duration.ofMinutes(minute).toMillis());
      assertThat(store.publish(previous == null ? null : previous.checkpoint(), next)).isTrue();
      previous = next;
    }
    store = fixture.reopened();
    assertThat(sizes(store.history(ORIGIN, 0, 99))).containsExactly(41L, 101L, 161L);
    assertThat(sizes(store.history(ORIGIN, 42, 1))).containsExactly(101L);
    assertThat(store.history("other", 0, 99)).isEmpty();
    assertThat(store.atMost(ORIGIN, 100)).contains(published(41, NOON + 40 * 60_000));
    assertThat(store.atMost(ORIGIN, 40)).isEmpty();
    assertThat(store.atMost("other", 100)).isEmpty();
  }

  @Test
  void anotherOriginComesAfterAndTakesNothingAway() {
    var last = published(700, NOON);
    assertThat(store.publish(null, last)).isTrue();
    var continued = new Published(checkpoint("log.example/restored", 500), "note", NOON);
    assertThat(store.publish(last.checkpoint(), continued)).isTrue();
    store = fixture.reopened();
    assertThat(store.newest()).contains(continued);
    assertThat(store.history(ORIGIN, 0, 9)).containsExactly(last);
    assertThat(store.atMost("log.example/restored", 900)).contains(continued);
  }

  @Test
  void whatWitnessesCosignedNeverGoesBack() {
    assertThat(store.cosigned(ORIGIN)).isEmpty();
    store.keepCosigned(published(7, NOON));
    store.keepCosigned(published(6, NOON));
    assertThat(store.cosigned(ORIGIN)).contains(published(7, NOON));
    var more = new Published(checkpoint(ORIGIN, 7), "two witnesses", NOON + 1);
    store.keepCosigned(more);
    store.keepCosigned(new Published(checkpoint("other", 1), "another", NOON));
    store = fixture.reopened();
    assertThat(store.cosigned(ORIGIN)).contains(more);
    assertThat(store.newest()).isEmpty();
  }

  @Test
  void statementsOfKeysComeInOrderAndStay() {
    assertThat(store.keyStatements()).isEmpty();
    assertThat(store.addKeyStatement(1, "a gap")).isFalse();
    assertThat(store.addKeyStatement(0, "first\n\n— signed\n")).isTrue();
    assertThat(store.addKeyStatement(0, "another first")).isFalse();
    assertThat(fixture.another().addKeyStatement(1, "second")).isTrue();
    store = fixture.reopened();
    assertThat(store.keyStatements()).containsExactly("first\n\n— signed\n", "second");
  }

  private static List<Long> sizes(List<Published> all) {
    return all.stream().map(one -> one.checkpoint().size()).toList();
  }

  private static Published published(long size, long atMillis) {
    var checkpoint = checkpoint(ORIGIN, size);
    return new Published(checkpoint, checkpoint.text() + "\n— " + ORIGIN + " signed\n", atMillis);
  }

  private static Checkpoint checkpoint(String origin, long size) {
    return new Checkpoint(origin, size, root(size));
  }

  private static byte[] root(long size) {
    var root = new byte[32];
    for (int i = 0; i < 8; i++) {
      root[i] = (byte) (size >> 8 * i);
    }
    return root;
  }
}
