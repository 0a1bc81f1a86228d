package no.spor.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Holds the blocks it is given, sound or not; takes no more.
record GivenStore(List<Block> all) implements LedgerStore {
  @Override
  public UUID ledger() {
    return all.getFirst().head().ledger();
  }

  @Override
  public Optional<BlockHead> newest() {
    return Optional.of(all.getLast().head());
  }

  @Override
  public int append(List<Block> blocks) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Block> blocks(long from, int max) {
    return all.stream().skip(from).limit(max).toList();
  }

  @Override
  public List<BlockHead> heads(long from, int max) {
    return blocks(from, max).stream().map(Block::head).toList();
  }

  @Override
  public Optional<Block> blockAt(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Block> controlBlocks(long from, long end, int max) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Long> labelledBlocks(String label, long from, int max) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int drop(long block, Collection<PartAddress> parts) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reclaim() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
