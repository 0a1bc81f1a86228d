package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ProcessorProgress.Claim;
import no.spor.ledger.axon.ProcessorProgress.Segment;
import no.spor.ledger.axon.ViewTransactions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store of processors' progress must promise. A subclass gives a fixture; a fixture
/// declares differences, it never skips.
public abstract class ProcessorProgressSuite {

  /// A store under test.
  public interface Fixture extends AutoCloseable {
    ProcessorProgress progress();

    /// @return the transactions that the store takes part in; [ViewTransactions#none] where it has
    ///   none
    ViewTransactions transactions();

    /// @return the same store, opened anew as after a restart
    ProcessorProgress reopened();

    @Override
    void close();
  }

  private static final String A = "node-a";
  private static final String B = "node-b";

  protected Fixture fixture;
  private ProcessorProgress progress;

  /// @return a fixture over an empty store
  protected abstract Fixture open();

  @BeforeEach
  void openFixture() {
    fixture = open();
    progress = fixture.progress();
  }

  @AfterEach
  void closeFixture() {
    fixture.close();
  }

  private static Claim claim(String owner, long now) {
    return new Claim(owner, now, now + 100);
  }

  @Test
  void anUnknownProcessorHasNoSegments() {
    assertThat(progress.segments("timeline")).isEmpty();
    assertThat(progress.claim("timeline", 0, claim(A, 0))).isEmpty();
    assertThat(progress.store("timeline", 0, claim(A, 0), 7)).isFalse();
    assertThat(progress.extend("timeline", 0, claim(A, 0))).isFalse();
    assertThat(progress.delete("timeline", 0, claim(A, 0))).isFalse();
    assertThat(progress.segments("timeline")).isEmpty();
    progress.create("statistics", 0, 0, 1);
    assertThat(progress.segments("timeline")).isEmpty();
    assertThat(progress.segments("statistics")).hasSize(1);
  }

  @Test
  void aSegmentIsCreatedOnceAndKeepsItsMask() {
    assertThat(progress.create("timeline", 0, 0, 5)).isTrue();
    assertThat(progress.create("timeline", 0, 1, 9)).isFalse();
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 5, null, 0));
  }

  @Test
  void processorsAndSegmentsAreApart() {
    progress.create("timeline", 1, 1, 10);
    progress.create("timeline", 0, 1, 20);
    progress.create("statistics", 0, 0, 30);
    assertThat(progress.claim("timeline", 0, claim(A, 0))).hasValue(20);
    assertThat(progress.segments("timeline"))
        .containsExactly(new Segment(0, 1, 20, A, 100), new Segment(1, 1, 10, null, 0));
    assertThat(progress.segments("statistics")).containsExactly(new Segment(0, 0, 30, null, 0));
  }

  @Test
  void aClaimedSegmentIsRefusedToOthersUntilTheClaimLapses() {
    progress.create("timeline", 0, 0, 5);
    assertThat(progress.claim("timeline", 0, claim(A, 1000))).hasValue(5);
    assertThat(progress.claim("timeline", 0, claim(B, 1099))).isEmpty();
    assertThat(progress.store("timeline", 0, claim(B, 1099), 8)).isFalse();
    assertThat(progress.extend("timeline", 0, claim(B, 1099))).isFalse();
    assertThat(progress.delete("timeline", 0, claim(B, 1099))).isFalse();
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 5, A, 1100));

    assertThat(progress.claim("timeline", 0, claim(B, 1100))).hasValue(5);
    assertThat(progress.store("timeline", 0, claim(A, 1150), 9))
        .as("the node that slept must not store any more")
        .isFalse();
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 5, B, 1200));
  }

  @Test
  void theOwnerClaimsAgainAndExtends() {
    progress.create("timeline", 0, 0, 5);
    progress.claim("timeline", 0, claim(A, 0));
    assertThat(progress.claim("timeline", 0, claim(A, 50))).hasValue(5);
    assertThat(progress.extend("timeline", 0, claim(A, 90))).isTrue();
    assertThat(progress.claim("timeline", 0, claim(B, 189))).isEmpty();
    assertThat(progress.extend("timeline", 0, claim(A, 500)))
        .as("a lapsed claim that nobody took is still one's own")
        .isTrue();
  }

  @Test
  void extendingNeedsAClaim() {
    progress.create("timeline", 0, 0, 5);
    assertThat(progress.extend("timeline", 0, claim(A, 0))).isFalse();
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 5, null, 0));
  }

  @Test
  void storingMovesForwardsAndBackwardsAndExtendsTheClaim() {
    progress.create("timeline", 0, 0, 0);
    progress.claim("timeline", 0, claim(A, 0));
    assertThat(progress.store("timeline", 0, claim(A, 50), 1L << 40)).isTrue();
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 1L << 40, A, 150));
    assertThat(progress.store("timeline", 0, claim(A, 60), 0)).isTrue();
    assertThat(progress.claim("timeline", 0, claim(A, 60))).hasValue(0);
  }

  @Test
  void storingNeedsAClaimSoThatASleeperCannotUndoWhatOthersDid() {
    progress.create("timeline", 0, 0, 0);
    assertThat(progress.store("timeline", 0, claim(A, 0), 1)).isFalse();
    progress.claim("timeline", 0, claim(A, 0));
    assertThat(progress.store("timeline", 0, claim(A, 500), 2))
        .as("lapsed, but nobody took it")
        .isTrue();
    progress.claim("timeline", 0, claim(B, 700));
    progress.store("timeline", 0, claim(B, 700), 9);
    progress.release("timeline", 0, B);
    assertThat(progress.store("timeline", 0, claim(A, 710), 3)).isFalse();
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 9, null, 0));
  }

  @Test
  void releasingIsTheOwnersAlone() {
    progress.create("timeline", 0, 0, 5);
    progress.claim("timeline", 0, claim(A, 0));
    progress.release("timeline", 0, B);
    assertThat(progress.claim("timeline", 0, claim(B, 1))).isEmpty();
    progress.release("timeline", 0, A);
    progress.release("timeline", 7, A);
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 5, null, 0));
    assertThat(progress.claim("timeline", 0, claim(B, 1))).hasValue(5);
  }

  @Test
  void aDeletedSegmentIsGone() {
    progress.create("timeline", 0, 0, 5);
    progress.claim("timeline", 0, claim(A, 0));
    assertThat(progress.delete("timeline", 0, claim(A, 1))).isTrue();
    assertThat(progress.segments("timeline")).isEmpty();
    assertThat(progress.create("timeline", 0, 0, 6)).isTrue();
  }

  @Test
  void everythingIsThereAfterARestart() {
    String id = progress.id();
    progress.create("timeline", 0, 0, 0);
    progress.claim("timeline", 0, claim(A, 0));
    progress.store("timeline", 0, claim(A, 0), 77);
    ProcessorProgress reopened = fixture.reopened();
    assertThat(reopened.id()).isEqualTo(id).isNotBlank();
    assertThat(reopened.segments("timeline")).containsExactly(new Segment(0, 0, 77, A, 100));
    assertThat(reopened.claim("timeline", 0, claim(A, 1)))
        .as("a node that restarts under its own id need not wait")
        .hasValue(77);
  }

  @Test
  void aCommittedTransactionStands() {
    ViewTransactions.Transaction transaction = fixture.transactions().begin();
    progress.create("timeline", 0, 0, 0);
    progress.claim("timeline", 0, claim(A, 0));
    progress.store("timeline", 0, claim(A, 0), 12);
    transaction.commit();
    transaction.rollback(); // after the commit: does nothing
    assertThat(fixture.reopened().segments("timeline"))
        .containsExactly(new Segment(0, 0, 12, A, 100));
  }

  @Test
  void aRolledBackTransactionLeavesNothing() {
    progress.create("timeline", 0, 0, 5);
    if (fixture.transactions() == ViewTransactions.none()) { // declared: each write stands
      ViewTransactions.Transaction none = fixture.transactions().begin();
      progress.claim("timeline", 0, claim(A, 0));
      progress.store("timeline", 0, claim(A, 0), 12);
      none.rollback();
      assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 12, A, 100));
      return;
    }
    ViewTransactions.Transaction transaction = fixture.transactions().begin();
    progress.claim("timeline", 0, claim(A, 0));
    progress.store("timeline", 0, claim(A, 0), 12);
    progress.create("statistics", 0, 0, 1);
    transaction.rollback();
    transaction.rollback();
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 5, null, 0));
    assertThat(progress.segments("statistics")).isEmpty();
    ViewTransactions.Transaction next = fixture.transactions().begin();
    progress.claim("timeline", 0, claim(A, 0));
    progress.store("timeline", 0, claim(A, 0), 13);
    next.commit();
    assertThatThrownBy(next::commit).isInstanceOf(RuntimeException.class);
    assertThat(progress.segments("timeline")).containsExactly(new Segment(0, 0, 13, A, 100));
  }

  @Test
  void ofNodesThatClaimAtOnceOneWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      String processor = "p" + round;
      progress.create(processor, 0, 0, 3);
      CountDownLatch go = new CountDownLatch(1);
      AtomicInteger won = new AtomicInteger();
      List<CompletableFuture<Void>> nodes =
          IntStream.range(0, 4)
              .mapToObj(i ->
                  CompletableFuture.runAsync(
                      () -> {
                        awaitLatch(go);
                        OptionalLong at = progress.claim(processor, 0, claim("node-" + i, 0));
                        if (at.isPresent()) {
                          won.incrementAndGet();
                        }
                      },
                      Thread::startVirtualThread))
              .toList();
      go.countDown();
      for (CompletableFuture<Void> node : nodes) {
        node.get(10, TimeUnit.SECONDS);
      }
      assertThat(won.get()).isOne();
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
