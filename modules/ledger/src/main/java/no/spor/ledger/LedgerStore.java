package no.spor.ledger;

import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;

/// Port: keeps blocks. Every implementation passes the suite `LedgerStoreSuite` of the module
/// `conformance`.
///
/// Thread-safe. All reads see only blocks that can no longer be lost, and what one read has shown,
/// every later read shows, whichever method and thread (monotonic reads): a store that reads from
/// copies reads from none that is behind what it has answered. A store never re-encodes what it was
/// given: entries, salts, stored headers and groups come back byte for byte (compression at rest is
/// its own affair).
public interface LedgerStore extends AutoCloseable {

  /// @return the ledger's id, set when the store was made
  UUID ledger();

  /// @return the newest block's head; empty for an empty ledger
  Optional<BlockHead> newest();

  /// Writes consecutive blocks, compare-and-set: block n is written only if n−1 is the newest.
  /// Durable when this returns. Either all of a block is written or nothing of it; of several
  /// blocks a prefix may be.
  ///
  /// @return how many of them stand now (fewer than given where somebody else has written another
  ///   block with the number of the first that is missing)
  /// @throws LedgerStoreException if nothing was written, and the same call may be tried again
  ///   later (disk full, read-only, unreachable)
  /// @throws LedgerOutcomeUnknownException if it cannot be said whether something was written: read
  ///   [#newest] and compare commit ids
  int append(List<Block> blocks);

  /// Where several nodes share a store, one may prefer to write for a while. A hint: nothing that
  /// is promised rests on it.
  ///
  /// @return the epoch since which this node does, larger than all before; 0 where it does not, or
  ///   where there are no others
  default long writersEpoch() {
    return 0;
  }

  /// @return up to `max` consecutive blocks from number `from` on, ascending; empty beyond the
  ///   newest
  List<Block> blocks(long from, int max);

  /// @return the heads of up to `max` consecutive blocks from number `from` on
  List<BlockHead> heads(long from, int max);

  /// @return the block that holds the record at this position
  Optional<Block> blockAt(long position);

  /// Reads some records of the block at a position, for one who wants few of many blocks: what a
  /// store need not copy it leaves out. Records that are in the excerpt and were not wanted may be
  /// missing from it, as records are whose header was dropped.
  ///
  /// @param wanted positions; those outside of the excerpt are passed over
  /// @return consecutive records of the block that holds the position, that one among them, with
  ///   those of them at least that are wanted
  default Optional<BlockExcerpt> excerptAt(long position, SortedSet<Long> wanted) {
    return blockAt(position).map(block -> new BlockExcerpt(block, 0));
  }

  /// Reads what the tree commits to, and nothing else of the records: a store need not touch their
  /// headers and parts for it.
  ///
  /// @param position of the first record
  /// @param max how many records, at most 65,536
  /// @return their entries' hashes, `H(header)`, 32 bytes each, in order, none left out; fewer than
  ///   `max` only where the ledger ends
  default byte[] entries(long position, int max) {
    var found = new ByteArrayOutputStream();
    long next = position;
    var block = blockAt(position);
    while (block.isPresent() && found.size() < max * LedgerFormat.HASH_BYTES) {
      var head = block.get().head();
      int from = (int) (next - head.firstPosition()) * LedgerFormat.HASH_BYTES;
      int length = block.get().entries().length - from;
      found.write(
          block.get().entries(),
          from,
          Math.min(length, max * LedgerFormat.HASH_BYTES - found.size()));
      next = head.endPosition();
      block = blocks(head.number() + 1, 1).stream().findFirst();
    }
    return found.toByteArray();
  }

  /// Who follows control records would skip for good what one read leaves out: therefore the end is
  /// said, and a read that does not reach it fails.
  ///
  /// @param end number after the last block that is looked at; it stands, as an earlier read has
  ///   shown
  /// @return up to `max` blocks that hold control records, `from` ≤ number < `end`, ascending
  /// @throws LedgerStoreException also where this very read does not see the block before `end`
  List<Block> controlBlocks(long from, long end, int max);

  /// @return the numbers ≥ `from` of up to `max` blocks that hold a record with one of the tags,
  ///   ascending
  List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max);

  /// @return the numbers ≥ `from` of up to `max` blocks that have a part group with this label,
  ///   ascending
  List<Long> labelledBlocks(String label, long from, int max);

  /// Replaces parts of one block by their digests; parts that are dropped or none already are
  /// passed over. Durable and atomic per block when it returns; the bytes are gone from the store's
  /// files once [#reclaim] has returned.
  ///
  /// @return how many parts were dropped now
  int drop(long block, Collection<PartAddress> parts);

  /// Gives freed space back and makes dropped bytes unrecoverable in the store's files.
  void reclaim();

  @Override
  void close();
}
