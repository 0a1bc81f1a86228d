package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import no.spor.ledger.Draft;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.Outcome;
import org.junit.jupiter.api.Test;

/// Where many append at a time they are given a moment to gather; where few do, nobody waits.
class LedgerGatheringTest extends LedgerFixture {
  private final List<Long> pauses = Collections.synchronizedList(new ArrayList<>());

  @Override
  protected LedgerStore createStore(UUID ledger) {
    return new InMemoryLedgerStore(ledger);
  }

  /// @return nanoseconds that the appender has waited after an attempt that so many calls shared
  private List<Long> waitedAfter(int calls) throws Exception {
    Ledger ledger = open(options().withPause(pauses::add));
    CountDownLatch gate = new CountDownLatch(1);
    Draft first = draft(0);
    List<CompletableFuture<List<Outcome>>> appended = new ArrayList<>();
    appended.add(
        ledger.append(
            List.of(
                new Draft(
                    first.stream(),
                    first.body(),
                    first.parts(),
                    first.key(),
                    first.tags(),
                    first.control(),
                    () -> {
                      await(gate);
                      return null;
                    }))));
    for (int i = 1; i <= calls; i++) {
      appended.add(ledger.append(List.of(draft(i))));
    }
    gate.countDown();
    for (var one : appended) {
      assertThat(one.get(30, TimeUnit.SECONDS)).hasOnlyElementsOfType(Outcome.Appended.class);
    }
    ledger.close();
    return List.copyOf(pauses);
  }

  @Test
  void fewNeverWait() throws Exception {
    assertThat(waitedAfter(6)).isEmpty();
  }

  @Test
  void manyGatherForAMomentOnce() throws Exception {
    assertThat(waitedAfter(40)).containsExactly(TimeUnit.MICROSECONDS.toNanos(500));
  }
}
