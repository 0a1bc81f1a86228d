package no.spor.ledger.tree;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The tree's right edge, which is all that has to be known to let it grow: of each level the last,
/// partial tile. Used by one thread; what [#edge] gives may be read by all.
///
/// A tile's bytes are written once, from the left, so that an [Edge] that was handed out and the
/// tree that grows on share them.
final class GrowingTree {
  private final MerkleHasher hasher = new MerkleHasher();
  private final List<byte[]> tiles;
  private long size;

  /// The right edge at one size.
  ///
  /// @param tiles of each level the partial tile, with as many hashes as its level has over full
  ///   tiles; what comes after them is not to be looked at
  record Edge(long size, List<byte[]> tiles) {
    /// Nothing yet.
    static final Edge EMPTY = new Edge(0, List.of());

    /// @return the root over it all: every subtree that it is put together of lies in the edge
    byte[] root() {
      var hasher = new MerkleHasher();
      return MerkleProofs.root(
          size,
          (height, index) -> {
            int width = 1 << height % TileId.HEIGHT;
            int from = (int) (index * width % TileId.FULL);
            return hasher.perfect(tiles.get(height / TileId.HEIGHT), from, width);
          });
    }
  }

  GrowingTree(Edge from) {
    size = from.size();
    tiles = new ArrayList<>();
    for (var tile : from.tiles()) {
      tiles.add(Arrays.copyOf(tile, TileId.FULL_BYTES));
    }
  }

  long size() {
    return size;
  }

  /// @return the edge as it is now
  Edge edge() {
    return new Edge(size, List.copyOf(tiles));
  }

  /// Lets the tree grow by consecutive records.
  ///
  /// @param headerHashes `H(header)` of each
  /// @return the tiles of level 1 and above that have become full, lowest first
  List<TileStore.Tile> append(byte[] headerHashes) {
    var full = new ArrayList<TileStore.Tile>();
    int count = headerHashes.length / HASH_BYTES;
    for (int done = 0; done < count; ) {
      int width = (int) (size % TileId.FULL);
      int some = Math.min(count - done, TileId.FULL - width);
      hasher.leaves(headerHashes, done * HASH_BYTES, some, tile(0), width * HASH_BYTES);
      done += some;
      size += some;
      carry(full);
    }
    return full;
  }

  /// Puts the root of each tile that is full now into the level above.
  private void carry(List<TileStore.Tile> full) {
    long hashes = size;
    for (int level = 0; hashes > 0 && hashes % TileId.FULL == 0; level++) {
      var tile = tiles.get(level);
      hashes /= TileId.FULL;
      int place = (int) ((hashes - 1) % TileId.FULL);
      var root = hasher.perfect(tile, 0, TileId.FULL);
      System.arraycopy(root, 0, tile(level + 1), place * HASH_BYTES, HASH_BYTES);
      if (level > 0) {
        full.add(new TileStore.Tile(level, hashes - 1, tile));
      }
      tiles.set(level, new byte[TileId.FULL_BYTES]);
    }
  }

  private byte[] tile(int level) {
    if (level == tiles.size()) {
      tiles.add(new byte[TileId.FULL_BYTES]);
    }
    return tiles.get(level);
  }
}
