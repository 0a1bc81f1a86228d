package no.spor.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import no.spor.conformance.FaultyLedgerStore.Fault;
import no.spor.ledger.Block;
import no.spor.ledger.BlockBuilder;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerBusyException;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.Outcome;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PreconditionFailedException;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.Refusal;
import no.spor.ledger.Tag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a [Ledger] must promise over a store. Every test ends with the whole ledger recomputed from
/// its bytes.
@Timeout(60)
public abstract class LedgerSuite {
  protected static final String STREAM = "bygg-as";
  private static final int MANY = 1000;

  private final AtomicLong clockMillis = new AtomicLong(1_700_000_000_000L);
  private final List<Ledger> opened = new ArrayList<>();
  private final ConcurrentLinkedQueue<long[]> acknowledged = new ConcurrentLinkedQueue<>();
  private LedgerStore plain;
  private FaultyLedgerStore store;

  /// @return a new, empty store
  protected abstract LedgerStore createStore(UUID ledger);

  /// @return keys for one opening of a ledger; `run` tells openings apart that share nothing
  protected RecordedKeys createKeys(String run) {
    return RecordedKeys.inMemory();
  }

  @BeforeEach
  void makeStore() {
    plain = createStore(UUID.fromString("5b0e8a1e-6f0c-4a43-9ad0-0c6a3a1f5f01"));
    store = new FaultyLedgerStore(plain);
  }

  @AfterEach
  void checkLedger() {
    store.mend();
    opened.forEach(Ledger::close);
    var bodies = LedgerChecker.check(plain, SampleDrafts.IDENTITY);
    for (var one : acknowledged) {
      assertThat(one[0]).as("acknowledged position").isLessThan(bodies.size());
      var key = SampleDrafts.IDENTITY.keyOf(STREAM, bodies.get((int) one[0]));
      assertThat(key).as("record at " + one[0]).isEqualTo(new RecordKey(one[1], one[2]));
    }
    plain.close();
  }

  private Ledger open(BlockFollower... followers) {
    return open(options(), followers);
  }

  private Ledger open(LedgerOptions options, BlockFollower... followers) {
    var keys = createKeys("run " + opened.size());
    var ledger = Ledger.open(store, SampleDrafts.IDENTITY, keys, options, followers);
    opened.add(ledger);
    return ledger;
  }

  private LedgerOptions options() {
    return LedgerOptions.of(() -> Instant.ofEpochMilli(clockMillis.get()), new SecureRandom());
  }

  private static RecordKey key(long number) {
    return new RecordKey(number + 1, ~number);
  }

  private static Draft draft(long number) {
    return SampleDrafts.keyed(STREAM, key(number));
  }

  private static List<Draft> drafts(long from, long to) {
    return LongStream.range(from, to).mapToObj(LedgerSuite::draft).toList();
  }

  private List<Outcome> append(Ledger ledger, List<Draft> drafts) throws Exception {
    return note(drafts, ledger.append(drafts).get(20, SECONDS));
  }

  private List<Outcome> note(List<Draft> drafts, List<Outcome> outcomes) {
    assertThat(outcomes).hasSameSizeAs(drafts);
    for (int i = 0; i < outcomes.size(); i++) {
      var key = drafts.get(i).key();
      if (key != null
          && outcomes.get(i) instanceof Outcome.Appended(long position, long sequence)) {
        acknowledged.add(new long[] {position, key.high(), key.low()});
      }
    }
    return outcomes;
  }

  private static Draft asking(Draft draft, no.spor.ledger.Admission admission) {
    return new Draft(
        draft.stream(),
        draft.body(),
        draft.parts(),
        draft.key(),
        draft.tags(),
        draft.control(),
        admission);
  }

  @Test
  void positionsAndSequencesAreDense() throws Exception {
    var ledger = open();
    var random = new Random(7);
    var drafts = new ArrayList<Draft>();
    for (int i = 0; i < MANY; i++) {
      drafts.add(SampleDrafts.draft("stream " + i % 3, key(i), SampleDrafts.parts(random)));
    }
    var outcomes = append(ledger, drafts);
    for (int i = 0; i < MANY; i++) {
      assertThat(outcomes.get(i)).isEqualTo(new Outcome.Appended(i, i / 3));
    }
    assertThat(ledger.size()).isEqualTo(MANY);
  }

  @Test
  void whatWasAppendedReadsBackByteForByte() throws Exception {
    var ledger = open();
    var kept = new byte[] {9, 8, 7};
    var parts = List.of(new DraftPart("a", kept), new DraftPart("b", null));
    var first = SampleDrafts.draft(STREAM, key(1), parts);
    append(ledger, List.of(first, SampleDrafts.free("æøå", "no key")));

    var record = ledger.read(0).orElseThrow();
    assertThat(record.body()).isEqualTo(first.body());
    assertThat(record.recordedAtMillis()).isEqualTo(clockMillis.get());
    assertThat(record.parts()).hasSize(2);
    assertThat(((LedgerRecord.RecordPart.Kept) record.parts().get(0)).bytes()).isEqualTo(kept);
    assertThat(record.parts().get(1)).isInstanceOf(LedgerRecord.RecordPart.None.class);
    assertThat(ledger.read(1).orElseThrow().stream()).isEqualTo("æøå");
    assertThat(ledger.read(2)).isEmpty();
    assertThat(ledger.read(-1)).isEmpty();
  }

  @Test
  void readersGetEveryRecordInOrder() throws Exception {
    var ledger = open();
    for (int from = 0; from < MANY; from += 37) {
      append(ledger, drafts(from, Math.min(MANY, from + 37)));
    }
    for (var reader : List.of(ledger, open())) {
      var positions = new ArrayList<Long>();
      while (positions.size() < MANY) {
        var records = reader.readFrom(positions.size(), 100);
        assertThat(records).hasSizeBetween(1, 100);
        records.forEach(record -> positions.add(record.position()));
      }
      assertThat(positions).isEqualTo(LongStream.range(0, MANY).boxed().toList());
      assertThat(reader.read(List.of(999L, 3L, 5000L, 500L)).keySet())
          .containsExactly(3L, 500L, 999L);
    }
  }

  @Test
  void sayingItAgainRecordsNothing() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 10));
    assertThat(append(ledger, drafts(5, 12)))
        .startsWith(new Outcome.Duplicate(5), new Outcome.Duplicate(6))
        .endsWith(new Outcome.Appended(10, 10), new Outcome.Appended(11, 11));
  }

  @Test
  void theSameRecordTwiceInOneCallStandsOnce() throws Exception {
    var ledger = open();
    assertThat(append(ledger, List.of(draft(1), draft(2), draft(1))))
        .containsExactly(
            new Outcome.Appended(0, 0), new Outcome.Appended(1, 1), new Outcome.Duplicate(0));
  }

  @Test
  void concurrentDuplicatesStandOnceAndAfterReopening() throws Exception {
    var ledger = open();
    int callers = 8;
    var appended = new AtomicLong();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<?>>();
      for (int caller = 0; caller < callers; caller++) {
        calls.add(
            threads.submit(() -> {
              for (int from = 0; from < MANY; from += 10) {
                appended.addAndGet(countAppended(append(ledger, drafts(from, from + 10))));
              }
              return null;
            }));
      }
      for (var call : calls) {
        call.get(30, SECONDS);
      }
    }
    assertThat(appended).hasValue(MANY);
    ledger.close();
    var reopened = open();
    assertThat(reopened.size()).isEqualTo(MANY);
    assertThat(countAppended(append(reopened, drafts(0, MANY)))).isZero();
    assertThat(append(reopened, drafts(MANY, MANY + 1)))
        .containsExactly(new Outcome.Appended(MANY, MANY));
  }

  private static long countAppended(List<Outcome> outcomes) {
    return outcomes.stream().filter(Outcome.Appended.class::isInstance).count();
  }

  @Test
  void anAtomicCallIsAllOrNothing() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 1));
    var withDuplicate = List.of(draft(5), draft(0), draft(6));
    assertThat(ledger.appendAtomically(withDuplicate, null).get(20, SECONDS))
        .containsExactly(
            new Outcome.NotAppended(), new Outcome.Duplicate(0), new Outcome.NotAppended());
    var no = new Refusal("no");
    var withRefused = List.of(draft(5), asking(draft(7), () -> no));
    assertThat(ledger.appendAtomically(withRefused, null).get(20, SECONDS))
        .containsExactly(new Outcome.NotAppended(), new Outcome.Refused(no));
    assertThat(ledger.size()).isOne();

    var whole = drafts(10, 266);
    note(whole, ledger.appendAtomically(whole, null).get(20, SECONDS));
    assertThat(ledger.recordsOf(1)).hasSize(256);
  }

  @Test
  void atomicCallsAmongOthersStayTogether() throws Exception {
    var ledger = open();
    var futures = new ArrayList<CompletableFuture<List<Outcome>>>();
    for (int i = 0; i < 40; i++) {
      futures.add(ledger.append(drafts(1000 * i, 1000 * i + 90)));
      futures.add(ledger.appendAtomically(drafts(1000 * i + 90, 1000 * i + 240), null));
    }
    for (int i = 0; i < futures.size(); i++) {
      var outcomes = futures.get(i).get(20, SECONDS);
      if (i % 2 == 1) {
        var first = ((Outcome.Appended) outcomes.getFirst()).position();
        var last = ((Outcome.Appended) outcomes.getLast()).position();
        assertThat(last - first).isEqualTo(149);
        assertThat(plain.blockAt(first).orElseThrow().head().number())
            .isEqualTo(plain.blockAt(last).orElseThrow().head().number());
      }
    }
  }

  @Test
  void whatTheFormatHasNoRoomForIsRefusedAtOnce() {
    var ledger = open();
    var tooMany = IntStream.range(0, 257).mapToObj(i -> draft(i)).toList();
    assertThatThrownBy(() -> ledger.appendAtomically(tooMany, null))
        .isInstanceOf(IllegalArgumentException.class);
    var parts = IntStream.range(0, 256).mapToObj(i -> new DraftPart("a", null)).toList();
    refused(ledger, SampleDrafts.draft(STREAM, key(1), parts));
    refused(ledger, withPart(new DraftPart("a", new byte[512 * 1024 + 1])));
    refused(ledger, withPart(new DraftPart("a", new byte[0])));
    refused(ledger, withPart(new DraftPart("", new byte[1])));
    refused(ledger, withPart(new DraftPart("ø".repeat(65), new byte[1])));
    refused(ledger, SampleDrafts.keyed("", key(1)));
    refused(ledger, SampleDrafts.keyed("\ud800", key(1)));
    refused(ledger, SampleDrafts.keyed("ø".repeat(128), key(1)));
    refused(ledger, SampleDrafts.free(STREAM, "x".repeat(32 * 1024)));
    var big = new DraftPart("a", new byte[512 * 1024]);
    refused(ledger, SampleDrafts.draft(STREAM, key(1), List.of(big, big, big, big)));
    assertThatThrownBy(() -> ledger.appendAtomically(List.of(draft(1), draft(1)), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ledger.append(List.of())).isCompletedWithValue(List.of());
    assertThat(ledger.size()).isZero();
  }

  private static Draft withPart(DraftPart part) {
    return SampleDrafts.draft(STREAM, key(1), List.of(part));
  }

  private static void refused(Ledger ledger, Draft draft) {
    assertThatThrownBy(() -> ledger.append(List.of(draft)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void largestRecordsFit() throws Exception {
    var ledger = open();
    var big = new DraftPart("a", new byte[512 * 1024]);
    var drafts =
        LongStream.range(0, 9)
            .mapToObj(i -> SampleDrafts.draft(STREAM, key(i), List.of(big, big, big)))
            .toList();
    append(ledger, drafts);
    append(ledger, List.of(SampleDrafts.free(STREAM, "x".repeat(32 * 1024 - 66 - 7 - 16))));
    assertThat(ledger.read(9).orElseThrow().header()).hasSize(32 * 1024);
  }

  @Test
  void aFullQueueRefusesAtOnceAndRecovers() throws Exception {
    var gate = new CountDownLatch(1);
    store.next(Fault.after(() -> await(gate)));
    var ledger = open(options().withQueue(100, 1 << 20));
    var waiting = new ArrayList<CompletableFuture<List<Outcome>>>();
    waiting.add(ledger.append(drafts(0, 60)));
    waiting.add(ledger.append(drafts(60, 100)));
    assertThatThrownBy(() -> ledger.append(drafts(100, 101)))
        .isInstanceOfSatisfying(
            LedgerBusyException.class, busy -> assertThat(busy.retryAfter()).isPositive());
    gate.countDown();
    for (var one : waiting) {
      assertThat(countAppended(one.get(20, SECONDS))).isPositive();
    }
    append(ledger, drafts(100, 150));
    assertThatThrownBy(() -> ledger.append(drafts(200, 301)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theQueueIsBoundedInBytesToo() throws Exception {
    var gate = new CountDownLatch(1);
    store.next(Fault.after(() -> await(gate)));
    var ledger = open(options().withQueue(1000, 300_000));
    var big = List.of(new DraftPart("a", new byte[100_000]));
    var first =
        ledger.append(
            List.of(
                SampleDrafts.draft(STREAM, key(0), big), SampleDrafts.draft(STREAM, key(1), big)));
    assertThatThrownBy(() -> ledger.append(List.of(SampleDrafts.draft(STREAM, key(2), big))))
        .isInstanceOf(LedgerBusyException.class);
    gate.countDown();
    assertThat(countAppended(first.get(20, SECONDS))).isEqualTo(2);
  }

  private static void await(CountDownLatch gate) {
    try {
      assertThat(gate.await(20, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

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

  /// Another node's block.
  private Block plant(Draft... drafts) {
    var builder = new BlockBuilder(plain.ledger(), new SecureRandom());
    var newest = plain.newest().orElse(null);
    long sequence =
        LedgerChecker.check(plain, SampleDrafts.IDENTITY).size(); // one stream in these tests
    for (var draft : drafts) {
      builder.add(draft, sequence++, clockMillis.get());
    }
    var block = builder.build(newest, KeyStoreMark.NONE);
    assertThat(plain.append(List.of(block))).isOne();
    return block;
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

  private static boolean failed(CompletableFuture<?> future) {
    try {
      future.get(20, SECONDS);
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
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
  void aClockThatJumpsBackChangesNoOrder() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 1));
    long before = clockMillis.getAndAdd(-86_400_000);
    append(ledger, drafts(1, 2));
    ledger.close();
    var reopened = open();
    append(reopened, drafts(2, 3));
    assertThat(reopened.readFrom(0, 10)).allMatch(one -> one.recordedAtMillis() == before);
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
  void theKeyStoresGenerationIsTakenAfterTheAdmissions() throws Exception {
    var generation = new AtomicLong(1);
    var keyStore = new UUID(1, 2);
    var ledger = open(options().withKeyStore(() -> new KeyStoreMark(keyStore, generation.get())));
    append(
        ledger,
        List.of(
            asking(
                draft(1),
                () -> {
                  generation.set(5);
                  return null;
                })));
    assertThat(plain.newest().orElseThrow().keys()).isEqualTo(new KeyStoreMark(keyStore, 5));
  }

  @Test
  void taggedAndControlRecordsAreFound() throws Exception {
    var ledger = open();
    var tag = new Tag(3, 4);
    append(ledger, drafts(0, 300));
    append(ledger, List.of(SampleDrafts.control(draft(500), tag)));
    var blocks = ledger.taggedBlocks(List.of(tag, new Tag(9, 9)), 10, 100);
    assertThat(blocks).hasSize(1);
    assertThat(ledger.recordsOf(blocks.getFirst()).getLast().position()).isEqualTo(300);
    assertThat(ledger.taggedBlocks(List.of(tag), 301, 100)).isEmpty();
    assertThat(plain.controlBlocks(0, 10)).hasSize(1);
  }

  @Test
  void droppedPartsReadAsDroppedAtOnce() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 2));
    assertThat(ledger.read(1).orElseThrow().parts().getFirst())
        .isInstanceOf(LedgerRecord.RecordPart.Kept.class);
    assertThat(ledger.drop(0, List.of(new PartAddress(1, 0)))).isOne();
    assertThat(ledger.read(1).orElseThrow().parts().getFirst())
        .isInstanceOf(LedgerRecord.RecordPart.Dropped.class);
    assertThat(ledger.read(0).orElseThrow().parts().getFirst())
        .isInstanceOf(LedgerRecord.RecordPart.Kept.class);
  }

  @Test
  void commitsWakeThoseWhoWait() throws Exception {
    var ledger = open();
    var sizes = new ConcurrentLinkedQueue<Long>();
    try (var waiting = ledger.onCommitted(() -> sizes.add(ledger.size()))) {
      assertThat(waiting).isNotNull();
      append(ledger, drafts(0, 2));
      assertThat(sizes).containsExactly(2L);
    }
    append(ledger, drafts(2, 3));
    assertThat(sizes).containsExactly(2L);
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
  void closingWritesWhatWasTaken() {
    var ledger = open();
    var futures = new ArrayList<CompletableFuture<List<Outcome>>>();
    for (int i = 0; i < 200; i++) {
      futures.add(ledger.append(drafts(100 * i, 100 * i + 100)));
    }
    ledger.close();
    assertThat(futures).allMatch(CompletableFuture::isDone);
    futures.forEach(future -> assertThat(countAppended(future.join())).isEqualTo(100));
    assertThatThrownBy(() -> ledger.append(drafts(0, 1))).isInstanceOf(IllegalStateException.class);
    assertThat(plain.newest().orElseThrow().endPosition()).isEqualTo(20_000);
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
