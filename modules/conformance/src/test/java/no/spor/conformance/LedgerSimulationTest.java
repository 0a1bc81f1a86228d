package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class LedgerSimulationTest {
  private static final UUID LEDGER = new UUID(5, 6);
  private static final long SEEDS = Long.getLong("spor.simulation.seeds", 250);
  private static final long SEEDS_FOR_A_BUG = 40;

  @Test
  void nodesKeepTheirPromisesUnderEverySeed() {
    for (long seed = 0; seed < SEEDS; seed++) {
      LedgerSimulation.run(seed, new InMemoryLedgerStore(LEDGER), RecordedKeys::inMemory);
    }
  }

  /// A bug planted in a store or in the keys.
  record Bug(String name, Function<UUID, LedgerStore> store, Supplier<RecordedKeys> keys) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Bug> bugs() {
    return Stream.of(
        new Bug("store loses the newest block", LosesNewest::new, RecordedKeys::inMemory),
        new Bug("store lets a second block n in", Overwrites::new, RecordedKeys::inMemory),
        new Bug("store says more stand than do", SaysTooMuch::new, RecordedKeys::inMemory),
        new Bug("store says fewer stand than do", SaysTooLittle::new, RecordedKeys::inMemory),
        new Bug("store writes the blocks after a missing one", Gaps::new, RecordedKeys::inMemory),
        new Bug("store tears a block", Tears::new, RecordedKeys::inMemory),
        new Bug("keys forget", InMemoryLedgerStore::new, () -> new Wrong(-1)),
        new Bug("keys take others for duplicates", InMemoryLedgerStore::new, () -> new Wrong(0)));
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void aPlantedBugIsCaught(Bug bug) {
    if (bug.name().equals("store says fewer stand than do")) {
      // Not a bug for the ledger: commit ids tell whose blocks stand.
      LongStream.range(0, SEEDS_FOR_A_BUG).forEach(seed -> run(bug, seed));
      return;
    }
    assertThatThrownBy(() -> LongStream.range(0, SEEDS_FOR_A_BUG).forEach(seed -> run(bug, seed)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed ");
  }

  private static void run(Bug bug, long seed) {
    LedgerSimulation.run(seed, bug.store().apply(LEDGER), bug.keys());
  }

  private static final class LosesNewest extends InMemoryLedgerStore {
    private int appends;

    LosesNewest(UUID ledger) {
      super(ledger);
    }

    @Override
    public synchronized int append(List<Block> proposed) {
      int written = super.append(proposed);
      if (++appends == 20 && written > 0) {
        standing().removeLast();
      }
      return written;
    }
  }

  private static final class Overwrites extends InMemoryLedgerStore {
    Overwrites(UUID ledger) {
      super(ledger);
    }

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
  }

  private static final class SaysTooMuch extends InMemoryLedgerStore {
    SaysTooMuch(UUID ledger) {
      super(ledger);
    }

    @Override
    public synchronized int append(List<Block> proposed) {
      super.append(proposed);
      return proposed.size();
    }
  }

  private static final class SaysTooLittle extends InMemoryLedgerStore {
    SaysTooLittle(UUID ledger) {
      super(ledger);
    }

    @Override
    public synchronized int append(List<Block> proposed) {
      return super.append(proposed) / 2;
    }
  }

  private static final class Gaps extends InMemoryLedgerStore {
    Gaps(UUID ledger) {
      super(ledger);
    }

    @Override
    public synchronized int append(List<Block> proposed) {
      if (proposed.size() == 1) {
        return super.append(proposed);
      }
      super.append(proposed);
      standing().remove(standing().size() - 2);
      return proposed.size();
    }
  }

  private static final class Tears extends InMemoryLedgerStore {
    Tears(UUID ledger) {
      super(ledger);
    }

    @Override
    public synchronized int append(List<Block> proposed) {
      int written = super.append(proposed);
      if (written > 0 && standing().size() % 10 == 0) {
        var block = standing().removeLast();
        standing()
            .add(
                new Block(
                    block.head(),
                    block.entries(),
                    block.salts(),
                    block.headers().subList(0, block.headers().size() - 1),
                    block.groups(),
                    block.tags()));
      }
      return written;
    }
  }

  /// Keys that are wrong now and then.
  private static final class Wrong implements RecordedKeys {
    private final RecordedKeys keys = RecordedKeys.inMemory();
    private final long answer;
    private int asked;

    Wrong(long answer) {
      this.answer = answer;
    }

    @Override
    public Covered bind(UUID ledger, Source source) {
      return keys.bind(ledger, source);
    }

    @Override
    public long find(RecordKey key) {
      return ++asked % 10 == 0 ? answer : keys.find(key);
    }

    @Override
    public void add(RecordKey key, long position) {
      keys.add(key, position);
    }

    @Override
    public void covered(BlockHead head, Supplier<Map<String, Long>> nextSequences) {
      keys.covered(head, nextSequences);
    }

    @Override
    public void close() {
      keys.close();
    }
  }
}
