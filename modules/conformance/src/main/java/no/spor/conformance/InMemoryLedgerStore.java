package no.spor.conformance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PartGroups;
import no.spor.ledger.Tag;

/// A [LedgerStore] in memory: the model that other stores are compared with. Loses everything with
/// the process. Faults: put a [FaultyLedgerStore] in front of it.
public class InMemoryLedgerStore implements LedgerStore {
  private final UUID ledger;
  private final List<Block> blocks = new ArrayList<>();

  public InMemoryLedgerStore(UUID ledger) {
    this.ledger = ledger;
  }

  @Override
  public UUID ledger() {
    return ledger;
  }

  @Override
  public synchronized int append(List<Block> proposed) {
    for (int i = 1; i < proposed.size(); i++) {
      if (proposed.get(i).head().number() != proposed.get(i - 1).head().number() + 1) {
        throw new IllegalArgumentException("blocks are not consecutive");
      }
    }
    int written = 0;
    for (var block : proposed) {
      long number = block.head().number();
      boolean stands =
          number < blocks.size()
              && blocks.get((int) number).head().commit().equals(block.head().commit());
      if (!stands && number != blocks.size()) {
        break;
      }
      if (!stands) {
        blocks.add(block);
      }
      written++;
    }
    return written;
  }

  @Override
  public synchronized Optional<BlockHead> newest() {
    return blocks.isEmpty() ? Optional.empty() : Optional.of(blocks.getLast().head());
  }

  @Override
  public synchronized List<Block> blocks(long from, int max) {
    return from(from, max, block -> true);
  }

  @Override
  public synchronized List<BlockHead> heads(long from, int max) {
    return blocks(from, max).stream().map(Block::head).toList();
  }

  @Override
  public synchronized Optional<Block> blockAt(long position) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      var head = blocks.get(middle).head();
      if (position < head.firstPosition()) {
        high = middle - 1;
      } else if (position >= head.endPosition()) {
        low = middle + 1;
      } else {
        return Optional.of(blocks.get(middle));
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized List<Block> controlBlocks(long from, long end, int max) {
    if (end > blocks.size()) {
      throw new LedgerStoreException("block " + (end - 1) + " is not to be seen", null);
    }
    return from(from, max, block -> block.head().control() && block.head().number() < end);
  }

  @Override
  public synchronized List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    return numbers(from, max, block -> !Collections.disjoint(block.tags(), anyOf));
  }

  @Override
  public synchronized List<Long> labelledBlocks(String label, long from, int max) {
    return numbers(
        from, max, block -> block.groups().stream().anyMatch(group -> group.label().equals(label)));
  }

  @Override
  public synchronized int drop(long number, Collection<PartAddress> parts) {
    if (number < 0 || number >= blocks.size()) {
      return 0;
    }
    var block = blocks.get((int) number);
    int count = 0;
    var groups = new ArrayList<Block.PartGroup>();
    for (var group : block.groups()) {
      var drop = PartGroups.drop(group.bytes(), parts);
      count += drop.count();
      groups.add(new Block.PartGroup(group.label(), drop.group()));
    }
    blocks.set(
        (int) number,
        new Block(
            block.head(),
            block.entries(),
            block.salts(),
            block.headers(),
            List.copyOf(groups),
            block.tags()));
    return count;
  }

  @Override
  public void reclaim() {
    // Dropped bytes are garbage already.
  }

  @Override
  public void close() {
    // Stays readable, so that a test can open it again.
  }

  /// For faulty stores and for looking at what stands.
  ///
  /// @return the live list; hold the store's monitor while using it
  protected List<Block> standing() {
    return blocks;
  }

  private List<Block> from(long from, int max, Predicate<Block> wanted) {
    return blocks.stream().skip(Math.max(0, from)).filter(wanted).limit(max).toList();
  }

  private List<Long> numbers(long from, int max, Predicate<Block> wanted) {
    return from(from, max, wanted).stream().map(block -> block.head().number()).toList();
  }
}
