package no.spor.ledger.verify;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import no.spor.ledger.Block;

/// Blocks as a store would give them, whatever their numbers say.
record BlocksInMemory(UUID ledger, List<Block> all) implements BlockSource {
  @Override
  public OptionalLong newest() {
    return all.isEmpty() ? OptionalLong.empty() : OptionalLong.of(all.size() - 1L);
  }

  @Override
  public List<Block> blocks(long from, int max) {
    int end = (int) Math.min(all.size(), from + max);
    return all.subList((int) Math.min(end, from), end);
  }
}
