package no.spor.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import no.spor.ledger.Admission;
import no.spor.ledger.Block;
import no.spor.ledger.BlockBuilder;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.Draft;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.Outcome;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// A [Ledger] over a store of your own, with faults in between. Every test ends with the whole
/// ledger recomputed from its bytes.
@Timeout(60)
public abstract class LedgerFixture {
  protected static final String STREAM = "bygg-as";
  protected static final int MANY = 1000;
  protected final AtomicLong clockMillis = new AtomicLong(1_700_000_000_000L);
  protected final List<Ledger> opened = new ArrayList<>();
  protected final ConcurrentLinkedQueue<long[]> acknowledged = new ConcurrentLinkedQueue<>();
  protected LedgerStore plain;
  protected FaultyLedgerStore store;

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

  protected Ledger open(BlockFollower... followers) {
    return open(options(), followers);
  }

  protected Ledger open(LedgerOptions options, BlockFollower... followers) {
    var keys = createKeys("run " + opened.size());
    var ledger = Ledger.open(store, SampleDrafts.IDENTITY, keys, options, followers);
    opened.add(ledger);
    return ledger;
  }

  protected LedgerOptions options() {
    return LedgerOptions.of(() -> Instant.ofEpochMilli(clockMillis.get()), new SecureRandom());
  }

  protected static RecordKey key(long number) {
    return new RecordKey(number + 1, ~number);
  }

  protected static Draft draft(long number) {
    return SampleDrafts.keyed(STREAM, key(number));
  }

  protected static List<Draft> drafts(long from, long to) {
    return LongStream.range(from, to).mapToObj(LedgerFixture::draft).toList();
  }

  protected List<Outcome> append(Ledger ledger, List<Draft> drafts) throws Exception {
    return note(drafts, ledger.append(drafts).get(20, SECONDS));
  }

  protected List<Outcome> note(List<Draft> drafts, List<Outcome> outcomes) {
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

  protected static Draft asking(Draft draft, Admission admission) {
    return new Draft(
        draft.stream(),
        draft.body(),
        draft.parts(),
        draft.key(),
        draft.tags(),
        draft.control(),
        admission);
  }

  protected static long countAppended(List<Outcome> outcomes) {
    return outcomes.stream().filter(Outcome.Appended.class::isInstance).count();
  }

  protected static void await(CountDownLatch gate) {
    try {
      assertThat(gate.await(20, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Another node's block.
  protected Block plant(Draft... drafts) {
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

  protected static boolean failed(CompletableFuture<?> future) {
    try {
      future.get(20, SECONDS);
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
