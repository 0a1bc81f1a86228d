package no.spor.conformance;

import static no.spor.conformance.AxonSamples.activity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import no.spor.ledger.Draft;
import no.spor.ledger.axon.SporAxon;
import no.spor.ledger.axon.StreamedRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What Axon 5.0.1 does wrong or unexpectedly, and that it does not reach us: processors and views.
@Timeout(60)
class AxonProcessorRulesTest extends AxonRules {
  @Test
  void rule4AProcessorBeginsWithTheFirstRecordAndCatchesUpWithoutPauses() {
    record(1);
    List<Draft> drafts =
        IntStream.range(0, 20_000).mapToObj(i -> activity("bygg-as", "login.succeeded")).toList();
    node.ledger.append(drafts).join();
    var view = new RecordingProjection("view");
    SporAxon axon = started(builder().projection(view));
    await().pollInterval(Duration.ofMillis(10)).until(() -> axon.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(20_001));
  }

  @Test
  void rule7AHookThatFailsAfterTheCommitUndoesNeitherRowsNorPosition() {
    var view =
        new RecordingProjection("view") {
          @Override
          public synchronized void committed(long applied) {
            super.committed(applied);
            throw new IllegalStateException("a hook that fails");
          }
        };
    record(3);
    SporAxon axon = started(builder().projection(view));
    await().until(() -> !view.committedPositions().isEmpty());
    await().until(() -> axon.status("view").position() == 3);
    record(1);
    await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").position() == 4);
    assertThat(view.positions()).isEqualTo(range(4));
  }

  @Test
  void rule8AProcessorGoesOnOnceTheStoreCanBeReadAgain() {
    record(1);
    var view = new RecordingProjection("view");
    var faulty = new FaultyLedgerStore(store);
    try (AxonNode other = new AxonNode(faulty, AxonSamples.TURNED, Duration.ZERO);
        SporAxon axon =
            SporAxon.over(other.ledger)
                .node("node-1", InstantSource.system())
                .views(progress, progress)
                .projection(view)
                .build()) {
      faulty.failReads(1);
      axon.start();
      await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").lag() == 0);
      assertThat(view.positions()).containsExactly(0L);
    }
  }

  @Test
  void rule9AFailureStopsAViewBeforeTheBatchAndNothingIsSkipped() {
    record(5);
    var view = new RecordingProjection("view");
    view.failNext(2);
    SporAxon axon = started(builder().projection(view));
    await().until(() -> view.failuresLeft() < 2);
    await().until(() -> axon.status("view").failure() != null);
    assertThat(axon.status("view").failure()).isEqualTo("java.lang.IllegalStateException");
    assertThat(axon.status("view").position()).isZero();
    record(3);
    await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(8));
    assertThat(axon.status("view").failure()).isNull();
  }

  @Test
  void rule9RowsOfABatchWhoseCommitFailsAreNotCountedAsDone() {
    record(4);
    progress.create("view", 0, 0, 0);
    var applied = new AtomicInteger();
    var view =
        new RecordingProjection("view") {
          @Override
          public synchronized void apply(List<StreamedRecord> records, long from, long upTo) {
            super.apply(records, from, upTo);
            if (applied.getAndIncrement() == 0) {
              progress.failNextCommit(new IllegalStateException("disk full"));
            }
          }
        };
    SporAxon axon = started(builder().projection(view));
    await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").lag() == 0);
    assertThat(applied.get()).isGreaterThan(1);
    assertThat(view.committedPositions()).isSorted().doesNotHaveDuplicates().endsWith(4L);
  }

  @Test
  void rule9AViewIsRebuiltWhileTheOthersRun() {
    record(50);
    var view = new RecordingProjection("view");
    var other = new RecordingProjection("other");
    SporAxon axon = started(builder().projection(view).projection(other));
    await().until(() -> axon.status("view").lag() == 0 && axon.status("other").lag() == 0);
    axon.rebuild("view");
    record(5);
    await().until(() -> axon.status("view").lag() == 0 && axon.status("other").lag() == 0);
    assertThat(view.clears()).isEqualTo(1);
    assertThat(view.positions()).isEqualTo(range(55));
    assertThat(other.clears()).isZero();
    assertThat(other.positions()).isEqualTo(range(55));
    assertThatThrownBy(() -> axon.rebuild("nobody")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aViewThatKeepsFailingIsRebuiltAtOnceWhenItIsMended() {
    record(5);
    var view = new RecordingProjection("view");
    view.failNext(Integer.MAX_VALUE);
    SporAxon axon = started(builder().projection(view));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Integer.MAX_VALUE - view.failuresLeft() >= 3);
    view.failNext(0); // the next attempt would be four seconds away
    long before = System.nanoTime();
    axon.rebuild("view");
    await().pollInterval(Duration.ofMillis(20)).until(() -> axon.status("view").lag() == 0);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
    assertThat(view.positions()).isEqualTo(range(5));
  }

  @Test
  void aViewThatIsAheadOfTheLedgerIsThrownAway() {
    record(3);
    progress.create("view", 0, 0, 4_711);
    var view = new RecordingProjection("view");
    SporAxon axon = started(builder().projection(view));
    await().until(() -> axon.status("view").lag() == 0);
    assertThat(view.clears()).isEqualTo(1);
    assertThat(view.positions()).isEqualTo(range(3));
  }

  @Test
  void aViewGoesOnWhereItWasAfterARestart() {
    record(3);
    var view = new RecordingProjection("view");
    try (SporAxon axon = builder().projection(view).build()) {
      axon.start();
      await().until(() -> axon.status("view").lag() == 0);
    }
    record(2);
    SporAxon again = started(builder().projection(view));
    await().until(() -> again.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(5));
    assertThat(view.clears()).isZero();
  }

  @Test
  void ofTwoNodesOneRunsAViewAndTheOtherTakesOverWhenItStops() {
    record(3);
    var first = new RecordingProjection("view");
    var second = new RecordingProjection("view");
    SporAxon one = builder().projection(first).build();
    one.start();
    await().until(() -> one.status("view").lag() == 0);
    SporAxon two = started(builder().node("node-2", InstantSource.system()).projection(second));
    record(3);
    await().until(() -> two.status("view").lag() == 0);
    assertThat(first.positions()).isEqualTo(range(6));
    assertThat(second.positions()).isEmpty();
    assertThatThrownBy(() -> two.rebuild("view")).hasMessageContaining("another node");
    one.close();
    record(3);
    await().until(() -> two.status("view").lag() == 0);
    assertThat(second.positions()).containsExactly(6L, 7L, 8L);
  }

  @Test
  void rule11EveryRecordOfABatchTellsItsOwnPosition() {
    record(500);
    var view = new RecordingProjection("view");
    SporAxon axon = started(builder().projection(view));
    await().until(() -> axon.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(500));
    assertThat(view.committedPositions().size()).as("batches").isLessThan(100);
  }
}
