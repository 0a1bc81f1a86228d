package no.spor.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import no.spor.conformance.FaultyLedgerStore.Fault;
import no.spor.ledger.Block;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.BlockHead;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerBusyException;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.Outcome;
import no.spor.ledger.PartAddress;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.Refusal;
import no.spor.ledger.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a [Ledger] must promise over a store.
public abstract class LedgerSuite extends LedgerFixture {
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
  void whatStandsIsFoundByItsKey() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 300));
    for (var one : List.of(ledger, open())) {
      assertThat(one.find(key(0))).isZero();
      assertThat(one.find(key(299))).isEqualTo(299);
      assertThat(one.find(key(300))).isEqualTo(-1);
    }
  }

  @Test
  void notSeeingWhatStandsIsNoAnswer(@TempDir Path directory) throws Exception {
    var keys = RecordedKeys.open(directory.resolve("keys"), new SecureRandom(), 1000);
    var ledger = Ledger.open(store, SampleDrafts.IDENTITY, keys, options().withCacheBytes(0));
    opened.add(ledger);
    append(ledger, drafts(0, 2));
    store.hideNewest(1);
    // Taken for another record's fingerprint it would be recorded twice.
    assertThatThrownBy(() -> append(ledger, drafts(1, 2)))
        .hasCauseInstanceOf(LedgerStoreException.class);
    assertThatThrownBy(() -> ledger.find(key(1))).isInstanceOf(LedgerStoreException.class);
    assertThatThrownBy(() -> ledger.read(1)).isInstanceOf(LedgerStoreException.class);
    store.hideNewest(0);
    assertThat(append(ledger, drafts(1, 2))).containsExactly(new Outcome.Duplicate(1));
  }

  @Test
  void aFollowerIsNotToldThatItMissesNothingWhereTheStoreIsBehind() throws Exception {
    var ledger = open();
    append(ledger, drafts(0, 1));
    append(ledger, List.of(SampleDrafts.control(draft(1))));
    var seen = new ArrayList<Long>();
    var follower =
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
        };
    store.hideNewest(1);
    assertThatThrownBy(() -> open(follower)).isInstanceOf(LedgerStoreException.class);
    store.hideNewest(0);
    open(follower);
    assertThat(seen).containsExactly(1L);
  }

  @Test
  void theKeyStoresMarkNeverGoesBackWhicheverNodeWrites() throws Exception {
    var keyStore = UUID.randomUUID();
    var other = UUID.randomUUID();
    var marks =
        List.of(
            new KeyStoreMark(keyStore, 5),
            new KeyStoreMark(keyStore, 3),
            KeyStoreMark.NONE,
            new KeyStoreMark(keyStore, 6),
            new KeyStoreMark(other, 1));
    for (int i = 0; i < marks.size(); i++) {
      var mark = marks.get(i);
      append(open(options().withKeyStore(() -> mark)), drafts(i, i + 1));
    }
    assertThat(plain.heads(0, 9))
        .extracting(BlockHead::keys)
        .containsExactly(marks.get(0), marks.get(0), marks.get(0), marks.get(3), marks.get(4));
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
    append(ledger, List.of(SampleDrafts.free(STREAM, "x".repeat(32 * 1024 - 112 - 7 - 16))));
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
    assertThat(plain.controlBlocks(0, plain.newest().orElseThrow().number() + 1, 10)).hasSize(1);
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
}
