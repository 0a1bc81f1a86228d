package no.spor.conformance;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.verify.BlockSource;

class InMemoryTamperTest extends TamperSuite {
  @Override
  protected BlockSource stored(List<Block> honest, List<Block> changed) {
    return new BlockSource() {
      @Override
      public UUID ledger() {
        return SampleHistory.LEDGER;
      }

      @Override
      public OptionalLong newest() {
        return changed.stream().mapToLong(block -> block.head().number()).max();
      }

      @Override
      public List<Block> blocks(long from, int max) {
        return changed.stream()
            .filter(block -> block.head().number() >= from)
            .sorted((one, other) -> Long.compare(one.head().number(), other.head().number()))
            .limit(max)
            .toList();
      }
    };
  }
}
