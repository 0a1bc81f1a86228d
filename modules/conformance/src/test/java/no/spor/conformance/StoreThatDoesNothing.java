package no.spor.conformance;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import no.spor.ledger.Tag;

/// Says yes to everything, keeps nothing.
class StoreThatDoesNothing implements LedgerStore {
  @Override
  public UUID ledger() {
    return new UUID(3, 4);
  }

  @Override
  public Optional<BlockHead> newest() {
    return Optional.empty();
  }

  @Override
  public int append(List<Block> blocks) {
    return blocks.size();
  }

  @Override
  public List<Block> blocks(long from, int max) {
    return List.of();
  }

  @Override
  public List<BlockHead> heads(long from, int max) {
    return List.of();
  }

  @Override
  public Optional<Block> blockAt(long position) {
    return Optional.empty();
  }

  @Override
  public List<Block> controlBlocks(long from, long end, int max) {
    return List.of();
  }

  @Override
  public List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    return List.of();
  }

  @Override
  public List<Long> labelledBlocks(String label, long from, int max) {
    return List.of();
  }

  @Override
  public int drop(long block, Collection<PartAddress> parts) {
    return 0;
  }

  @Override
  public void reclaim() {}

  @Override
  public void close() {}
}
