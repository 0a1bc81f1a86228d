package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import no.spor.ledger.Tag;
import org.junit.jupiter.api.Test;

/// The suite itself: it must see that a store does nothing, or does one thing wrong.
class AxonLedgerSuiteTest {
  @Test
  void aStoreThatDoesNothingFailsEveryTest() {
    SuiteRun.of(DoesNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void aStoreThatDoesNotFindTagsIsSeen() {
    assertThat(SuiteRun.of(FindsNoTags.class).failed())
        .contains(
            "racingIncrementsOfTwoNodesLoseNone()", "twoNodesSeeEachOthersEventsAndConflicts()");
  }

  static class DoesNothing extends AxonLedgerSuite {
    @Override
    protected Duration patience() {
      return Duration.ofMillis(300);
    }

    @Override
    protected LedgerStoreSuite.Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(new StoreThatDoesNothing());
    }
  }

  static class FindsNoTags extends AxonLedgerSuite {
    @Override
    protected LedgerStoreSuite.Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(
          new InMemoryLedgerStore(new UUID(5, 6)) {
            @Override
            public synchronized List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
              return List.of();
            }
          });
    }
  }
}
