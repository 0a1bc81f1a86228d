package no.spor.ledger.tree;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import no.spor.ledger.Tag;

/// A ledger of which only the entries can be read.
///
/// @param size how many of them stand
record EntriesAlone(byte[] hashes, int size) implements LedgerStore {
  @Override
  public byte[] entries(long position, int max) {
    int from = (int) Math.min(position, size);
    return Arrays.copyOfRange(hashes, from * 32, Math.min(size, from + max) * 32);
  }

  @Override
  public Optional<BlockHead> newest() {
    return size == 0
        ? Optional.empty()
        : Optional.of(
            new BlockHead(
                ledger(),
                0,
                0,
                size,
                new byte[32],
                ledger(),
                0,
                KeyStoreMark.NONE,
                false,
                new byte[32]));
  }

  @Override
  public UUID ledger() {
    return new UUID(1, 2);
  }

  @Override
  public int append(List<Block> blocks) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Block> blocks(long from, int max) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<BlockHead> heads(long from, int max) {
    throw new UnsupportedOperationException();
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
