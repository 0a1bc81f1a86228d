package no.spor.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import no.spor.conformance.FaultyLedgerStore.Fault;
import no.spor.ledger.Block;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.Outcome;
import no.spor.ledger.PreconditionFailedException;
import no.spor.ledger.Refusal;
import org.junit.jupiter.api.Test;

/// What a [Ledger] must promise over a store when writes fail, other nodes write too, and others
/// rest on what stands.
public abstract class LedgerRaceSuite extends LedgerFixture {
  @Test
  void admissionIsAskedAfterEveryEarlierBlockWasFollowed() throws Exception {
    // The follower learns of an erasure from another node's block that wins the race.
    var erased = new AtomicLong();
    BlockFollower follower =
        block -> {
          if (block.head().control()) {
            erased.incrementAndGet();
          }
        };
    var ledger = open(follower);
    store.next(Fault.after(() -> plant(SampleDrafts.control(draft(900)))));
    var refusal = new Refusal("person-erased");
    var ofPerson = asking(draft(1), () -> erased.get() > 0 ? refusal : null);
    assertThat(append(ledger, List.of(ofPerson, draft(2))))
        .containsExactly(new Outcome.Refused(refusal), new Outcome.Appended(1, 1));
  }

  @Test
  void anAdmissionThatFailsRefuses() throws Exception {
    var ledger = open();
    var failing =
        asking(
            draft(1),
            () -> {
              throw new IllegalStateException("planned");
            });
    assertThat(append(ledger, List.of(failing, draft(2))))
        .containsExactly(new Outcome.Refused(Refusal.ADMISSION_FAILED), new Outcome.Appended(0, 0));
  }

  @Test
  void aDuplicateWrittenByAnotherNodeMeanwhileIsFound() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 3));
    store.next(Fault.after(() -> plant(draft(5))));
    assertThat(append(ledger, List.of(draft(4), draft(5))))
        .containsExactly(new Outcome.Appended(4, 4), new Outcome.Duplicate(3));
  }

  @Test
  void aPreconditionDecidesWithTheLedgerAsItStands() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 3));
    var held = List.of(draft(10));
    note(held, ledger.appendAtomically(held, size -> size == 3).get(20, SECONDS));
    var future = ledger.appendAtomically(List.of(draft(11)), size -> size == 3);
    assertThatThrownBy(() -> future.get(20, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PreconditionFailedException.class);
    store.next(Fault.after(() -> plant(draft(20))));
    var raced = ledger.appendAtomically(List.of(draft(12)), size -> size == 4);
    assertThatThrownBy(() -> raced.get(20, SECONDS))
        .hasCauseInstanceOf(PreconditionFailedException.class);
    assertThat(ledger.size()).isEqualTo(5);
  }

  @Test
  void manyAtomicCallsThatRepeatOneAnotherAllGetTheirAnswer() throws Exception {
    var gate = new CountDownLatch(1);
    store.next(Fault.after(() -> await(gate)));
    var ledger = open();
    var futures = new ArrayList<CompletableFuture<List<Outcome>>>();
    futures.add(ledger.append(drafts(1000, 1001)));
    for (int i = 0; i < 400; i++) {
      futures.add(ledger.appendAtomically(drafts(i / 2, i / 2 + 1), null));
    }
    gate.countDown();
    for (int i = 0; i < 400; i++) {
      var outcome = futures.get(i + 1).get(20, SECONDS).getFirst();
      assertThat(outcome)
          .isEqualTo(
              i % 2 == 0
                  ? new Outcome.Appended(1 + i / 2, 1 + i / 2)
                  : new Outcome.Duplicate(1 + i / 2));
    }
  }

  @Test
  void ofTwoWithOnePreconditionOneWins() throws Exception {
    var ledger = open();
    var futures = new ArrayList<CompletableFuture<List<Outcome>>>();
    for (int i = 0; i < 50; i++) {
      futures.add(ledger.appendAtomically(drafts(i, i + 1), size -> size == 0));
    }
    long won = futures.stream().filter(future -> !failed(future)).count();
    assertThat(won).isOne();
    assertThat(ledger.size()).isOne();
  }

  @Test
  void aWriteThatFailedAndWasNotSavedFailsItsDraftsAndNoOthers() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 3));
    store.next(Fault.notSaved());
    var failing = ledger.append(drafts(3, 6));
    assertThatThrownBy(() -> failing.get(20, SECONDS))
        .hasCauseInstanceOf(LedgerStoreException.class);
    assertThat(ledger.size()).isEqualTo(3);
    assertThat(append(ledger, drafts(3, 6))).contains(new Outcome.Appended(3, 3));
  }

  @Test
  void aWriteThatFailedButWasSavedIsAcknowledged() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 3));
    store.next(Fault.unknownAfter(1));
    assertThat(append(ledger, drafts(3, 5)))
        .containsExactly(new Outcome.Appended(3, 3), new Outcome.Appended(4, 4));
  }

  @Test
  void aWriteOfUnknownOutcomeThatWasNotSavedIsTriedAgain() throws Exception {
    var ledger = open();
    store.next(Fault.unknownAfter(0));
    assertThat(append(ledger, drafts(3, 4))).containsExactly(new Outcome.Appended(0, 0));
  }

  @Test
  void ofSeveralBlocksAPrefixMayStand() throws Exception {
    var ledger = open();
    for (var fault : List.of(Fault.prefix(2), Fault.unknownAfter(2), Fault.unknownAfter(3))) {
      long from = ledger.size();
      store.next(fault);
      var outcomes = append(ledger, drafts(from, from + MANY));
      for (int i = 0; i < MANY; i++) {
        assertThat(outcomes.get(i)).isEqualTo(new Outcome.Appended(from + i, from + i));
      }
    }
  }

  @Test
  void anUnknownOutcomeIsResolvedOnceTheStoreCanBeReadAgain() throws Exception {
    var ledger = open();
    store.next((behind, blocks) -> {
      behind.append(blocks);
      store.failReads(3);
      throw new LedgerOutcomeUnknownException("injected", null);
    });
    assertThat(append(ledger, drafts(0, 2))).contains(new Outcome.Appended(1, 1));
  }

  @Test
  void anOutcomeThatStaysUnknownIsSaidAndSayingItAgainIsSafe() throws Exception {
    var ledger = open();
    store.next((behind, blocks) -> {
      behind.append(blocks);
      store.failReads(Integer.MAX_VALUE);
      throw new LedgerOutcomeUnknownException("injected", null);
    });
    var future = ledger.append(drafts(0, 2));
    assertThatThrownBy(() -> future.get(20, SECONDS))
        .hasCauseInstanceOf(LedgerOutcomeUnknownException.class);
    store.mend();
    assertThat(append(ledger, drafts(0, 2)))
        .containsExactly(new Outcome.Duplicate(0), new Outcome.Duplicate(1));
  }

  @Test
  void aBlockThatLandsLateIsStillOurs() throws Exception {
    // No verdict, nothing there when looked for; it lands right before the second attempt.
    var ledger = open();
    var late = new ArrayList<Block>();
    store.next(
        (behind, blocks) -> {
          late.addAll(blocks);
          throw new LedgerOutcomeUnknownException("injected", null);
        },
        Fault.after(() -> plain.append(late)));
    var free = List.of(SampleDrafts.free(STREAM, "may stand twice, but was said once"));
    assertThat(append(ledger, free)).containsExactly(new Outcome.Appended(0, 0));
    assertThat(ledger.size()).isOne();
  }

  @Test
  void followersSeeEveryBlockInOrderAndBeforeTheAnswer() throws Exception {
    var seen = new ArrayList<Long>();
    append(open(), drafts(0, 3));
    var ledger =
        open(
            new BlockFollower() {
              @Override
              public void committed(Block block) {
                seen.add(block.head().number());
              }

              @Override
              public long next() {
                return 0;
              }
            });
    assertThat(seen).containsExactly(0L);
    for (int i = 0; i < 20; i++) {
      if (i % 5 == 0) {
        plant(draft(10_000 + i));
      }
      append(ledger, drafts(100 + i, 101 + i));
      assertThat(seen).isEqualTo(LongStream.range(0, seen.size()).boxed().toList());
      assertThat(seen.getLast()).isEqualTo(plain.newest().orElseThrow().number());
    }
  }

  @Test
  void aFollowerOfControlRecordsSeesThoseOnly() throws Exception {
    var writer = open();
    append(writer, drafts(0, 3));
    append(writer, List.of(SampleDrafts.control(draft(4))));
    var seen = new ArrayList<Long>();
    var ledger =
        open(
            new BlockFollower() {
              @Override
              public void committed(Block block) {
                seen.add(block.head().number());
              }

              @Override
              public long next() {
                return 0;
              }

              @Override
              public boolean controlOnly() {
                return true;
              }
            });
    append(ledger, drafts(10, 11));
    append(ledger, List.of(SampleDrafts.control(draft(12))));
    assertThat(seen).containsExactly(1L, 3L);
  }

  @Test
  void aFollowerThatFailsStopsTheLedger() throws Exception {
    var ledger =
        open(block -> {
          throw new IllegalStateException("planned");
        });
    assertThat(failed(ledger.append(drafts(0, 1)))).isTrue();
    var next = ledger.append(drafts(1, 2));
    assertThatThrownBy(() -> next.get(20, SECONDS)).hasCauseInstanceOf(LedgerStoreException.class);
    assertThat(plain.newest().orElseThrow().endPosition()).isOne();
  }

  @Test
  void anIdleLedgerFollowsOtherNodes() throws Exception {
    var ledger = open(options().withFollowEvery(Duration.ofMillis(5)));
    var woken = new CountDownLatch(1);
    try (var waiting = ledger.onCommitted(woken::countDown)) {
      plant(draft(1));
      assertThat(woken.await(20, SECONDS)).isTrue();
      assertThat(waiting).isNotNull();
    }
    assertThat(ledger.size()).isOne();
  }

  @Test
  void twoLedgersOnOneStoreNeitherDoubleNorSkip() throws Exception {
    var ledgers = List.of(open(), open());
    Map<Long, Long> positions = new TreeMap<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<List<Outcome>>>();
      // Every record is said to both.
      for (int from = 0; from < MANY; from += 20) {
        for (var ledger : ledgers) {
          var drafts = drafts(from, from + 20);
          calls.add(threads.submit(() -> append(ledger, drafts)));
        }
      }
      for (int call = 0; call < calls.size(); call++) {
        var outcomes = calls.get(call).get(50, SECONDS);
        for (int i = 0; i < outcomes.size(); i++) {
          long record = call / 2 * 20L + i;
          long position =
              switch (outcomes.get(i)) {
                case Outcome.Appended(long at, long sequence) -> at;
                case Outcome.Duplicate(long at) -> at;
                default -> throw new AssertionError("neither appended nor duplicate");
              };
          var before = positions.put(record, position);
          assertThat(before == null || before == position).as("one position a record").isTrue();
        }
      }
    }
    assertThat(plain.newest().orElseThrow().endPosition()).isEqualTo(MANY);
    assertThat(positions.values().stream().distinct().count()).isEqualTo(MANY);
  }
}
