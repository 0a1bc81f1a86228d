package no.spor.server;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerFormat;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import no.spor.ledger.tree.MerkleHasher;
import no.spor.vault.MovableKeys.Self;
import org.jspecify.annotations.Nullable;

/// Moves house: copies checkpoints, epochs, ledger and keys from one store to another, byte for
/// byte: entries, salts, headers, parts and what dropped parts have left, how far retention has
/// come with them, keys as they are wrapped. So the tree over the copy is the tree over the ledger,
/// and a server with the same root key serves there what it served here. Registry, views and ids
/// are built anew there.
///
/// An interrupted copy is said again: it goes on with the ledger, and does the keys anew. In this
/// order a copy that is not whole is refused by a server: the checkpoints are ahead of the ledger,
/// or the ledger of the keys. A target that holds anything else is refused, and so is one that was
/// used since. Nobody may use source or target meanwhile.
public final class LedgerCopy {
  private static final int AT_ONCE = 64;

  /// First byte of an entry (`FORMAT.md`, "Entry").
  private static final byte ENTRY_VERSION = 1;

  private LedgerCopy() {}

  /// Where a ledger lies.
  ///
  /// @param directory a data directory; null for MongoDB
  public record Place(@Nullable Path directory, @Nullable MongoOptions mongo) {}

  /// @param root RFC 6962 root over the entries of the copy, read back from it
  /// @param checkpoints how many of the last of an hour there are
  /// @param keys how many people, periods' series and secrets
  public record Copied(
      long blocks, long size, byte[] root, int checkpoints, int epochs, long keys) {}

  /// Told how far it has come.
  @FunctionalInterface
  public interface Progress {
    /// @param done of `all`: each block is copied, and compared
    /// @param records of the ledger that stand in the copy
    void at(long done, long all, long records);
  }

  /// @throws IllegalDataDirectoryException where source or target is not what it must be
  public static Copied copy(Place from, Place to, Progress progress) {
    try (Opened opened = new Opened()) {
      CopiedStores source = CopiedStores.source(opened, from);
      BlockHead newest =
          source
              .ledger()
              .newest()
              .orElseThrow(() -> new IllegalDataDirectoryException("there is nothing to copy"));
      UUID ledger = source.ledger().ledger();
      CopiedStores target = CopiedStores.target(opened, to, ledger, source.keys().id());
      requireBeginningOf(target.ledger(), source.ledger());
      KeysCopy.requireNotAhead(source, target);
      int checkpoints = CheckpointsCopy.copy(source.checkpoints(), target.checkpoints());
      int epochs = KeysCopy.epochs(source, target);
      long stood = append(source.ledger(), target.ledger(), newest, progress);
      byte[] root = compare(source.ledger(), target.ledger(), newest, stood, progress);
      source.retention().all().forEach(target.retention()::keep);
      long keys = KeysCopy.keys(source, target);
      requireUnchanged(source, newest, target.keys().self());
      return new Copied(newest.number() + 1, newest.endPosition(), root, checkpoints, epochs, keys);
    }
  }

  private static void requireBeginningOf(LedgerStore target, LedgerStore source) {
    BlockHead last = target.newest().orElse(null);
    List<BlockHead> there = last == null ? List.of() : source.heads(last.number(), 1);
    boolean begins =
        last == null || (there.size() == 1 && Arrays.equals(there.getFirst().hash(), last.hash()));
    if (!target.ledger().equals(source.ledger()) || !begins) {
      throw new IllegalDataDirectoryException(
          "the target holds another ledger, or this one with records of its own: choose one that is"
              + " empty");
    }
  }

  /// @return how many blocks stood there before
  private static long append(
      LedgerStore source, LedgerStore target, BlockHead newest, Progress progress) {
    long stood = target.newest().map(head -> head.number() + 1).orElse(0L);
    long next = stood;
    while (next <= newest.number()) {
      List<Block> some = source.blocks(next, AT_ONCE);
      if (some.isEmpty() || target.append(some) != some.size()) {
        throw new IllegalDataDirectoryException("somebody else writes the target");
      }
      next += some.size();
      progress.at(next, 2 * (newest.number() + 1), some.getLast().head().endPosition());
    }
    return stood;
  }

  /// Reads the copy back, block by block.
  ///
  /// @param stood blocks below this were there before: of them parts may have been dropped since
  /// @return RFC 6962 §2.1, over the entries of all blocks
  private static byte[] compare(
      LedgerStore source, LedgerStore target, BlockHead newest, long stood, Progress progress) {
    Deque<Subtree> subtrees = new ArrayDeque<>();
    MerkleHasher hasher = new MerkleHasher();
    boolean dropped = false;
    long all = newest.number() + 1;
    for (long next = 0; next < all; ) {
      List<Block> originals = source.blocks(next, AT_ONCE);
      List<Block> copies = target.blocks(next, originals.size());
      for (int i = 0; i < originals.size() && originals.get(i).head().number() < all; i++) {
        Block original = originals.get(i);
        Block copy = i < copies.size() ? copies.get(i) : null;
        long number = original.head().number();
        if (copy != null && number < stood && !same(original, copy)) {
          dropped |= target.drop(number, droppedSince(original, copy)) > 0;
          copy = target.blocks(number, 1).getFirst();
        }
        if (copy == null || !same(original, copy)) {
          throw new IllegalDataDirectoryException(
              "block "
                  + number
                  + " of the copy is not the ledger's: was the source used meanwhile? Copy again");
        }
        addAll(hasher, subtrees, copy);
        next = number + 1;
      }
      progress.at(all + next, 2 * all, newest.endPosition());
    }
    if (dropped) {
      target.reclaim();
    }
    return joined(hasher, subtrees);
  }

  private static List<PartAddress> droppedSince(Block original, Block copy) {
    List<LedgerRecord> now = new BlockReader(original).records();
    List<LedgerRecord> then = new BlockReader(copy).records();
    List<PartAddress> dropped = new ArrayList<>();
    for (int record = 0; record < Math.min(now.size(), then.size()); record++) {
      List<RecordPart> parts = now.get(record).parts();
      for (int part = 0; part < parts.size(); part++) {
        if (parts.get(part) instanceof RecordPart.Dropped
            && then.get(record).parts().get(part) instanceof RecordPart.Kept) {
          int place = (int) (now.get(record).position() - original.head().firstPosition());
          dropped.add(new PartAddress(place, part));
        }
      }
    }
    return dropped;
  }

  private static boolean same(Block one, Block other) {
    return Arrays.equals(one.head().hash(), other.head().hash())
        && Arrays.equals(one.entries(), other.entries())
        && Arrays.equals(one.salts(), other.salts())
        && wrapped(one.headers()).equals(wrapped(other.headers()))
        && one.groups().stream()
            .map(Block.PartGroup::label)
            .toList()
            .equals(other.groups().stream().map(Block.PartGroup::label).toList())
        && wrapped(one.groups().stream().map(Block.PartGroup::bytes).toList())
            .equals(wrapped(other.groups().stream().map(Block.PartGroup::bytes).toList()))
        && one.tags().equals(other.tags());
  }

  private static List<ByteBuffer> wrapped(List<byte[]> arrays) {
    return arrays.stream().map(ByteBuffer::wrap).toList();
  }

  private static void requireUnchanged(CopiedStores source, BlockHead newest, Self copied) {
    boolean same =
        source
            .ledger()
            .newest()
            .filter(now -> Arrays.equals(now.hash(), newest.hash()))
            .isPresent();
    if (!same || !source.keys().self().equals(copied)) {
      throw new IllegalDataDirectoryException(
          "the source was used meanwhile: stop every server on it and copy again");
    }
  }

  private record Subtree(long size, byte[] hash) {}

  private static void addAll(MerkleHasher hasher, Deque<Subtree> subtrees, Block block) {
    for (int at = 0; at < block.entries().length; at += LedgerFormat.HASH_BYTES) {
      byte[] entry = new byte[1 + LedgerFormat.HASH_BYTES];
      entry[0] = ENTRY_VERSION;
      System.arraycopy(block.entries(), at, entry, 1, LedgerFormat.HASH_BYTES);
      Subtree grown = new Subtree(1, hasher.leaf(entry));
      while (!subtrees.isEmpty() && subtrees.peek().size() == grown.size()) {
        Subtree left = subtrees.pop();
        grown = new Subtree(2 * left.size(), hasher.node(left.hash(), grown.hash()));
      }
      subtrees.push(grown);
    }
  }

  private static byte[] joined(MerkleHasher hasher, Deque<Subtree> subtrees) {
    byte[] root = subtrees.pop().hash();
    while (!subtrees.isEmpty()) {
      root = hasher.node(subtrees.pop().hash(), root);
    }
    return root;
  }

  static boolean holdsLedger(Path directory) {
    return Files.exists(directory.resolve("ledger.db"));
  }
}
