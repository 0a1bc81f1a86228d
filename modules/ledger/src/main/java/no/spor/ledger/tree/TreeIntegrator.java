package no.spor.ledger.tree;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.InconsistentLedgerException;
import no.spor.ledger.LedgerFormat;
import no.spor.ledger.LedgerStore;
import org.jspecify.annotations.Nullable;

/// The tree as it grows with the ledger. Used by one thread; the trees it gives by all.
///
/// *Integrated*: the entry is in this tree. Nothing of it has to be durable: it follows from the
/// entries, which are.
final class TreeIntegrator {
  private static final Logger LOG = System.getLogger(TreeIntegrator.class.getName());
  private static final int READ_AT_ONCE = 64 * TileId.FULL;

  private final LedgerStore entries;
  private final TileReader tiles;
  private GrowingTree tree = new GrowingTree(GrowingTree.Edge.EMPTY);

  TreeIntegrator(LedgerStore entries, TileStore tiles) {
    this.entries = entries;
    this.tiles = new TileReader(entries, tiles);
  }

  /// Begins where something was published, or from nothing. Tiles are believed only where they hash
  /// to the published root; all others are made anew from the entries.
  ///
  /// @param published what the ledger must continue; null where nothing was published of it
  /// @throws InconsistentLedgerException where the ledger does not continue it
  void begin(@Nullable Checkpoint published) {
    long size = published == null ? 0 : published.size();
    long stands = entries.newest().map(head -> head.endPosition()).orElse(0L);
    if (published != null && stands < size) {
      throw tooShort(published, stands);
    }
    tiles.forgetFrom(size);
    tree = new GrowingTree(published == null ? GrowingTree.Edge.EMPTY : edgeOf(published));
    integrate();
  }

  private GrowingTree.Edge edgeOf(Checkpoint published) {
    var edge = tiles.edge(published.size());
    if (!Arrays.equals(edge.root(), published.root())) {
      LOG.log(Level.WARNING, "the tiles are not those of the published root: they are made anew");
      tiles.forgetFrom(0);
      edge = tiles.edge(published.size());
      if (!Arrays.equals(edge.root(), published.root())) {
        throw differs(published);
      }
    }
    return edge;
  }

  /// Takes in all entries that stand: up to where a read ends, for other nodes may write faster
  /// than this one reads.
  void integrate() {
    byte[] hashes;
    do {
      hashes = entries.entries(tree.size(), READ_AT_ONCE);
      if (hashes.length > 0) {
        tiles.keep(tree.append(hashes));
      }
    } while (hashes.length == READ_AT_ONCE * LedgerFormat.HASH_BYTES);
  }

  long size() {
    return tree.size();
  }

  /// @return the tree as it is now
  LedgerTree tree() {
    return new LedgerTree(tree.edge(), tiles);
  }

  /// @param published of no more entries than are integrated
  /// @return the tree that it covers
  /// @throws InconsistentLedgerException where the ledger does not continue it
  LedgerTree treeOf(Checkpoint published) {
    var edge = tree.edge();
    if (published.size() < edge.size()) {
      edge = edgeOf(published);
    } else if (!Arrays.equals(edge.root(), published.root())) {
      throw differs(published);
    }
    return new LedgerTree(edge, tiles);
  }

  /// @throws InconsistentLedgerException where the ledger is shorter than what others have seen, or
  ///   says something else
  void requireContinues(PublisherOptions.Seen seen) {
    var checkpoint = seen.checkpoint();
    if (checkpoint.size() > tree.size()) {
      throw new InconsistentLedgerException(
          "The ledger holds "
              + tree.size()
              + " entries, but "
              + seen.by()
              + " holds a checkpoint of "
              + checkpoint.size()
              + " ("
              + checkpoint.origin()
              + "): this is an old copy of the ledger. Put the newest one back, or, where it is lost,"
              + " let this one go on under a new origin: ops/spor ledger continue.");
    }
    if (!Arrays.equals(tree().root(checkpoint.size()), checkpoint.root())) {
      throw new InconsistentLedgerException(
          "The ledger's first "
              + checkpoint.size()
              + " entries are not those of the checkpoint that "
              + seen.by()
              + " holds ("
              + checkpoint.origin()
              + "): they were changed, or it is another ledger. Put the right one back, or, where it is"
              + " lost, let this one go on under a new origin: ops/spor ledger continue.");
    }
  }

  private static InconsistentLedgerException tooShort(Checkpoint published, long stands) {
    return new InconsistentLedgerException(
        "The ledger holds "
            + stands
            + " entries, but a checkpoint of "
            + published.size()
            + " was published ("
            + published.origin()
            + "): this is an old copy of the ledger. Put the newest one back, or, where it is lost,"
            + " let this one go on under a new origin: ops/spor ledger continue.");
  }

  private static InconsistentLedgerException differs(Checkpoint published) {
    return new InconsistentLedgerException(
        "The ledger's first "
            + published.size()
            + " entries are not those of the checkpoint that was published ("
            + published.origin()
            + "): they were changed, or it is another ledger. Put the right one back, or, where it is"
            + " lost, let this one go on under a new origin: ops/spor ledger continue.");
  }
}
