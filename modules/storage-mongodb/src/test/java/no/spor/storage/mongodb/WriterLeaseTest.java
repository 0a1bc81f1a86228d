package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Which of several nodes prefers to write, and that nothing is lost where that goes wrong.
class WriterLeaseTest {
  private static final UUID LEDGER = new UUID(1, 2);

  @AutoClose private final TestDatabase database = TestDatabase.inMemory();
  @AutoClose private final Node a = new Node(1.0);
  @AutoClose private final Node b = new Node(1.0);

  /// A node with a clock of its own, which goes only when it is told to, and when the node waits.
  private final class Node implements AutoCloseable {
    private final double rate;
    private long nanos = 4_000_000_000_000L;
    private long waited;
    private final MongoLedgerStore store;

    Node(double rate) {
      this.rate = rate;
      var around = new Surroundings(() -> nanos, this::pause, driver -> {});
      store = MongoLedgerStore.open(database.settings(), "main", LEDGER, around);
    }

    private void pause(long pause) {
      nanos += pause;
      waited += pause;
    }

    void pass(Duration time) {
      nanos += (long) (time.toNanos() * rate);
    }

    /// @return whether it stands
    boolean append() {
      var newest = store.newest().orElse(null);
      return store.append(List.of(block(newest))) == 1;
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private int made;

  private Block block(BlockHead newest) {
    return new SampleBlocks(LEDGER, ++made, newest).simple();
  }

  private void pass(Duration time) {
    a.pass(time);
    b.pass(time);
  }

  @Test
  void whoHoldsItWritesAtOnceAndOthersWaitAMoment() {
    for (int i = 0; i < 20; i++) {
      assertThat(a.append()).isTrue();
      pass(Duration.ofMillis(400));
      assertThat(b.append()).isTrue();
    }
    assertThat(a.store.writersEpoch()).isOne();
    assertThat(b.store.writersEpoch()).isZero();
    assertThat(a.waited).isZero();
    assertThat(b.waited).isBetween(1L, TimeUnit.MILLISECONDS.toNanos(20 * 10));
  }

  @Test
  void whereTheHolderDiesAnotherTakesOverInSeconds() {
    a.append();
    b.append();
    long before = b.nanos;
    while (b.store.writersEpoch() == 0) {
      b.pass(Duration.ofMillis(100));
      assertThat(b.append()).as("nobody is stopped meanwhile").isTrue();
      assertThat(b.nanos - before).isLessThan(TimeUnit.SECONDS.toNanos(4));
    }
    assertThat(b.nanos - before).isGreaterThan(TimeUnit.SECONDS.toNanos(2));
    assertThat(b.store.writersEpoch()).isEqualTo(2);
    pass(Duration.ofSeconds(2));
    a.append();
    assertThat(a.store.writersEpoch()).as("it has heard").isZero();
  }

  @Test
  void clocksOfAnySpeedAndTimeOnlyChangeWhoItIs() {
    try (Node fast = new Node(50);
        Node slow = new Node(0.02)) {
      fast.nanos = Long.MAX_VALUE - 1_000_000_000L; // overflows soon, as a monotonic clock may
      slow.nanos = -7;
      int appended = 0;
      for (int i = 0; i < 60; i++) {
        appended += fast.append() ? 1 : 0;
        appended += slow.append() ? 1 : 0;
        fast.pass(Duration.ofMillis(100));
        slow.pass(Duration.ofMillis(100));
      }
      assertThat(appended).isEqualTo(120);
      assertThat(a.store.heads(0, 200)).hasSize(120);
    }
  }

  @Test
  void whoIsRefusedTimeAndAgainGetsItsTurn() {
    a.append();
    for (int i = 0; i < 5; i++) {
      var newest = b.store.newest().orElseThrow();
      a.append();
      assertThat(b.store.append(List.of(block(newest)))).as("too late").isZero();
    }
    b.append();
    assertThat(b.store.writersEpoch()).isEqualTo(2);
    assertThat(b.store.heads(0, 9)).hasSize(7);
  }
}
