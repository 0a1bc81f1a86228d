package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import org.junit.jupiter.api.Test;

/// The suite itself: it must see that a store does nothing, or does one thing wrong.
class LedgerStoreSuiteTest {
  private static final UUID ID = new UUID(3, 4);

  @Test
  void aStoreThatDoesNothingFailsEveryTest() {
    SuiteRun.of(DoesNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void aStoreThatForgetsWhenClosedIsSeen() {
    assertThat(SuiteRun.of(Forgets.class).failed()).contains("everythingIsThereAfterReopening()");
  }

  @Test
  void aStoreThatOverwritesIsSeen() {
    assertThat(SuiteRun.of(Overwrites.class).failed())
        .contains("onlyTheNextNumberIsTaken()", "ofRacingWritersOneWinsEachNumber()");
  }

  @Test
  void aStoreThatDropsTheWholeBlockIsSeen() {
    assertThat(SuiteRun.of(DropsTooMuch.class).failed())
        .contains("aDroppedPartLeavesItsDigestAndNothingElseChanges()");
  }

  @Test
  void aStoreWhoseDropsOverwriteEachOtherIsSeen() {
    assertThat(SuiteRun.of(LosesDrops.class).failed()).contains("racingDropsOfOneBlockAllCount()");
  }

  @Test
  void aStoreThatIgnoresWhereToBeginIsSeen() {
    assertThat(SuiteRun.of(BeginsAtZero.class).failed())
        .contains("blocksAndHeadsAreReadInOrderFromAnyNumber()", "controlBlocksAreFound()");
  }

  @Test
  void aStoreThatReadsFromACopyThatIsBehindIsSeen() {
    assertThat(SuiteRun.of(ReadsBehind.class).failed())
        .contains("readersSeeWholeBlocksOnlyAndNoneVanishes()");
  }

  @Test
  void aStoreThatDoesNotSayThatItsReadEndedEarlyIsSeen() {
    assertThat(SuiteRun.of(EndsEarly.class).failed()).contains("controlBlocksAreFound()");
  }

  static class DoesNothing extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(new StoreThatDoesNothing());
    }
  }

  static class Forgets extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return new Fixture() {
        private LedgerStore store = new InMemoryLedgerStore(ID);

        @Override
        public LedgerStore store() {
          return store;
        }

        @Override
        public LedgerStore reopened() {
          store = new InMemoryLedgerStore(ID);
          return store;
        }

        @Override
        public void close() {}
      };
    }
  }

  static class Overwrites extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(
          new InMemoryLedgerStore(ID) {
            @Override
            public synchronized int append(List<Block> proposed) {
              for (var block : proposed) {
                int number = (int) block.head().number();
                if (number < standing().size()) {
                  standing().set(number, block);
                } else {
                  standing().add(block);
                }
              }
              return proposed.size();
            }
          });
    }
  }

  static class DropsTooMuch extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(
          new InMemoryLedgerStore(ID) {
            @Override
            public synchronized int drop(long number, Collection<PartAddress> parts) {
              var all = new HashSet<PartAddress>(parts);
              for (int i = 0; !parts.isEmpty() && i < 256; i++) {
                all.add(new PartAddress(i, 0));
              }
              return super.drop(number, all);
            }
          });
    }
  }

  static class LosesDrops extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(
          new InMemoryLedgerStore(ID) {
            private List<Block> stale = List.of();
            private Set<PartAddress> last = Set.of();

            /// Each second drop is made upon what the one before it had read.
            @Override
            public synchronized int drop(long number, Collection<PartAddress> parts) {
              if (number < standing().size() && !stale.isEmpty() && last.size() == 1) {
                standing().set((int) number, stale.getFirst());
                stale = List.of();
              } else if (number < standing().size()) {
                stale = new ArrayList<>(List.of(standing().get((int) number)));
                last = Set.copyOf(parts);
              }
              return super.drop(number, parts);
            }
          });
    }
  }

  static class ReadsBehind extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(
          new InMemoryLedgerStore(ID) {
            private boolean appended;

            @Override
            public synchronized int append(List<Block> proposed) {
              appended = true;
              return super.append(proposed);
            }

            /// The first read after a write does not see it yet.
            @Override
            public synchronized Optional<Block> blockAt(long position) {
              boolean behind = appended;
              appended = false;
              return behind ? Optional.empty() : super.blockAt(position);
            }
          });
    }
  }

  static class EndsEarly extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(
          new InMemoryLedgerStore(ID) {
            @Override
            public synchronized List<Block> controlBlocks(long from, long end, int max) {
              return super.controlBlocks(from, Math.min(end, standing().size()), max);
            }
          });
    }
  }

  static class BeginsAtZero extends LedgerStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryLedgerStoreTest.inMemory(
          new InMemoryLedgerStore(ID) {
            @Override
            public synchronized List<Block> blocks(long from, int max) {
              return super.blocks(from > standing().size() ? from : 0, max);
            }

            @Override
            public synchronized List<Block> controlBlocks(long from, long end, int max) {
              return super.controlBlocks(0, end, max);
            }
          });
    }
  }
}
