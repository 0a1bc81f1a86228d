package no.spor.ledger.tree;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import org.jspecify.annotations.Nullable;

/// Reads full tiles: those of level 0 follow from the entries, the others are kept, and made anew
/// where they are missing. Thread-safe.
final class TileReader {
  private static final Logger LOG = System.getLogger(TileReader.class.getName());
  private static final int CACHED_TILES = 128;

  private final LedgerStore entries;
  private final TileStore tiles;
  private final Map<TileId, byte[]> cache =
      new LinkedHashMap<>(2 * CACHED_TILES, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TileId, byte[]> eldest) {
          return size() > CACHED_TILES;
        }
      };

  TileReader(LedgerStore entries, TileStore tiles) {
    this.entries = entries;
    this.tiles = tiles;
  }

  /// @return `H(header)` of consecutive records, all of them
  /// @throws LedgerStoreException where the store does not show them, though they stand
  byte[] headerHashes(long position, int count) {
    var hashes = entries.entries(position, count);
    if (hashes.length != count * HASH_BYTES) {
      throw new LedgerStoreException("the store does not show entries that it has shown", null);
    }
    return hashes;
  }

  /// @return the leaf hashes of consecutive records
  byte[] leaves(long position, int count) {
    var leaves = new byte[count * HASH_BYTES];
    new MerkleHasher().leaves(headerHashes(position, count), 0, count, leaves, 0);
    return leaves;
  }

  /// @return the hashes of a full tile
  byte[] full(int level, long index) {
    if (level == 0) {
      return leaves(index * TileId.FULL, TileId.FULL);
    }
    var id = new TileId(level, index, TileId.FULL);
    var hashes = cached(id);
    if (hashes == null) {
      hashes = tiles.tile(level, index).orElse(null);
      if (hashes == null || hashes.length != TileId.FULL_BYTES) {
        hashes = roots(level - 1, index * TileId.FULL, TileId.FULL);
        keep(List.of(new TileStore.Tile(level, index, hashes)));
      }
      cache(id, hashes);
    }
    return hashes;
  }

  /// @return the right edge of the tree over the first `size` entries
  GrowingTree.Edge edge(long size) {
    var edge = new ArrayList<byte[]>();
    long hashes = size;
    for (int level = 0; hashes > 0; level++) {
      int width = (int) (hashes % TileId.FULL);
      long first = hashes - width;
      edge.add(level == 0 ? leaves(first, width) : roots(level - 1, first, width));
      hashes /= TileId.FULL;
    }
    return new GrowingTree.Edge(size, edge);
  }

  /// Keeps tiles where that can be done now; if not, they are made anew when they are asked for.
  void keep(List<TileStore.Tile> full) {
    try {
      if (!full.isEmpty()) {
        tiles.put(full);
      }
    } catch (LedgerStoreException e) {
      LOG.log(Level.WARNING, "tiles could not be kept, they will be made anew: " + e.getMessage());
    }
  }

  /// Forgets all tiles that cover an entry at or after this position.
  void forgetFrom(long position) {
    synchronized (cache) {
      cache.clear();
    }
    tiles.removeFrom(position);
  }

  /// @return the roots of consecutive full tiles
  private byte[] roots(int level, long from, int count) {
    var hasher = new MerkleHasher();
    var roots = new byte[count * HASH_BYTES];
    for (int i = 0; i < count; i++) {
      var root = hasher.perfect(full(level, from + i), 0, TileId.FULL);
      System.arraycopy(root, 0, roots, i * HASH_BYTES, HASH_BYTES);
    }
    return roots;
  }

  private byte @Nullable [] cached(TileId id) {
    synchronized (cache) {
      return cache.get(id);
    }
  }

  private void cache(TileId id, byte[] hashes) {
    synchronized (cache) {
      cache.put(id, hashes);
    }
  }
}
