package no.spor.server;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerFormat;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.tree.MerkleHasher;
import no.spor.storage.mongodb.MongoLedgerStore;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteLedgerStore;
import org.jspecify.annotations.Nullable;

/// Copies a ledger from one store to another, block by block, byte for byte: entries, salts,
/// headers, parts and what dropped parts have left. So the tree over the copy is the tree over the
/// ledger.
///
/// An interrupted copy goes on where it stopped. A target that holds anything else is refused. Run
/// it while nobody writes the source: what comes later is copied by running it again.
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
  public record Copied(long blocks, long size, byte[] root) {}

  /// @param progress told the number of blocks that stand in the target
  /// @throws IllegalDataDirectoryException where source or target is not what it must be
  public static Copied copy(Place from, Place to, LongConsumer progress) {
    try (Opened opened = new Opened()) {
      LedgerStore source = open(opened, from, null);
      BlockHead newest =
          source
              .newest()
              .orElseThrow(() -> new IllegalDataDirectoryException("there is nothing to copy"));
      LedgerStore target = open(opened, to, source.ledger());
      requireBeginningOf(target, source);
      long next = target.newest().map(head -> head.number() + 1).orElse(0L);
      while (next <= newest.number()) {
        List<Block> some = source.blocks(next, AT_ONCE);
        if (some.isEmpty() || target.append(some) != some.size()) {
          throw new IllegalDataDirectoryException("somebody else writes the target");
        }
        next += some.size();
        progress.accept(next);
      }
      byte[] root = root(target);
      if (!Arrays.equals(root, root(source))) {
        throw new IllegalDataDirectoryException(
            "the copy is not the ledger: was the source written meanwhile? Copy again");
      }
      long size = target.newest().map(BlockHead::endPosition).orElse(0L);
      return new Copied(next, size, root);
    }
  }

  private static LedgerStore open(Opened opened, Place place, @Nullable UUID idOfNew) {
    UUID id = idOfNew == null ? UUID.randomUUID() : idOfNew;
    MongoOptions mongo = place.mongo();
    if (mongo != null) {
      return opened.add(MongoLedgerStore.open(mongo.ledger(), MongoStores.LEDGER, id));
    }
    Path path = place.directory();
    if (path == null) {
      throw new IllegalArgumentException("a place is a directory or on MongoDB");
    }
    if (idOfNew == null && !java.nio.file.Files.exists(path.resolve("ledger.db"))) {
      throw new IllegalDataDirectoryException("there is no ledger in " + path);
    }
    return opened.add(SqliteLedgerStore.open(opened.add(DataDirectory.open(path)), id));
  }

  private static void requireBeginningOf(LedgerStore target, LedgerStore source) {
    BlockHead last = target.newest().orElse(null);
    List<BlockHead> there = last == null ? List.of() : source.heads(last.number(), 1);
    boolean begins =
        last == null || (there.size() == 1 && Arrays.equals(there.getFirst().hash(), last.hash()));
    if (!target.ledger().equals(source.ledger()) || !begins) {
      throw new IllegalDataDirectoryException(
          "the target holds another ledger: choose one that is empty");
    }
  }

  /// RFC 6962 §2.1, over the entries of all blocks.
  private static byte[] root(LedgerStore store) {
    Deque<Subtree> subtrees = new ArrayDeque<>();
    MerkleHasher hasher = new MerkleHasher();
    for (long next = 0; ; next += AT_ONCE) {
      List<Block> some = store.blocks(next, AT_ONCE);
      for (Block block : some) {
        for (int at = 0; at < block.entries().length; at += LedgerFormat.HASH_BYTES) {
          byte[] entry = new byte[1 + LedgerFormat.HASH_BYTES];
          entry[0] = ENTRY_VERSION;
          System.arraycopy(block.entries(), at, entry, 1, LedgerFormat.HASH_BYTES);
          add(hasher, subtrees, entry);
        }
      }
      if (some.size() < AT_ONCE) {
        return joined(hasher, subtrees);
      }
    }
  }

  private record Subtree(long size, byte[] hash) {}

  private static void add(MerkleHasher hasher, Deque<Subtree> subtrees, byte[] entry) {
    Subtree grown = new Subtree(1, hasher.leaf(entry));
    while (!subtrees.isEmpty() && subtrees.peek().size() == grown.size()) {
      Subtree left = subtrees.pop();
      grown = new Subtree(2 * left.size(), hasher.node(left.hash(), grown.hash()));
    }
    subtrees.push(grown);
  }

  private static byte[] joined(MerkleHasher hasher, Deque<Subtree> subtrees) {
    byte[] root = subtrees.pop().hash();
    while (!subtrees.isEmpty()) {
      root = hasher.node(subtrees.pop().hash(), root);
    }
    return root;
  }
}
