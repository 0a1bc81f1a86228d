package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.ledger.Freshness;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerStaleException;
import no.spor.ledger.LedgerStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// A node that is cut off from the store notices, by the monotonic clock alone, that it does not
/// know what was forgotten since.
class LedgerFreshnessTest extends LedgerFixture {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // wraps around in the tests

  @Override
  protected LedgerStore createStore(UUID ledger) {
    return new InMemoryLedgerStore(ledger);
  }

  private Ledger openOneOfSeveral() {
    return open(
        options()
            .withFollowEvery(Duration.ofMillis(5))
            .withFreshness(Freshness.within(LIMIT, nanos::get)));
  }

  @Test
  void whoCannotReadTheHeadGoesStaleAndIsFreshAgainOnceItCan() throws Exception {
    Ledger ledger = openOneOfSeveral();
    append(ledger, List.of(draft(1)));
    store.failReads(Integer.MAX_VALUE);
    // What was being read when the fault came is over once a read has failed.
    Awaitility.await().until(() -> store.failedReads() > 0);
    nanos.addAndGet(LIMIT.toNanos());
    ledger.requireFresh();
    nanos.addAndGet(LIMIT.toNanos());
    assertThatThrownBy(ledger::requireFresh).isInstanceOf(LedgerStaleException.class);
    store.mend();
    Awaitility.await()
        .untilAsserted(() -> assertThatCode(ledger::requireFresh).doesNotThrowAnyException());
  }

  @Test
  void anotherNodesBlockIsFollowedBeforeTheHeadCountsAsSeen() {
    Ledger ledger = openOneOfSeveral();
    nanos.addAndGet(LIMIT.toNanos() + 1);
    plant(draft(7));
    Awaitility.await()
        .untilAsserted(() -> assertThatCode(ledger::requireFresh).doesNotThrowAnyException());
    nanos.addAndGet(LIMIT.toNanos() + 1);
    Awaitility.await()
        .untilAsserted(() -> assertThatCode(ledger::requireFresh).doesNotThrowAnyException());
    assertThat(ledger.size()).isOne();
  }

  @Test
  void theOnlyNodeIsAlwaysFreshUnlessItCannotFollowItsOwnBlocks() throws Exception {
    boolean[] fails = {false};
    Ledger ledger =
        open(block -> {
          if (fails[0]) {
            throw new IllegalStateException("a fence that does not open");
          }
        });
    append(ledger, List.of(draft(1)));
    ledger.requireFresh();
    fails[0] = true;
    assertThat(failed(ledger.append(List.of(draft(2))))).isTrue();
    assertThatThrownBy(ledger::requireFresh).isInstanceOf(LedgerStaleException.class);
  }
}
