package no.spor.ledger.tree;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// The tree over the first entries of a ledger, as many as a published checkpoint covers. Never
/// changes; thread-safe. What it gives is checked with [MerkleProofs].
///
/// Every method but [#size] throws [LedgerStoreException] where the store cannot be read now.
public final class LedgerTree {
  private final GrowingTree.Edge edge;
  private final TileReader tiles;

  LedgerTree(GrowingTree.Edge edge, TileReader tiles) {
    this.edge = edge;
    this.tiles = tiles;
  }

  /// @return number of entries
  public long size() {
    return edge.size();
  }

  /// @param size of this or of an earlier tree
  /// @return the root over that many entries
  public byte[] root(long size) {
    requireWithin(size);
    return size == edge.size() ? edge.root() : MerkleProofs.root(size, new Nodes());
  }

  /// @return the inclusion proof of the entry at `index` in the tree of this or an earlier `size`
  ///   (RFC 6962 §2.1.1), from the leaf's sibling up
  public List<byte[]> inclusion(long index, long size) {
    requireWithin(size);
    return MerkleProofs.inclusion(index, size, new Nodes());
  }

  /// @param to size of this or of an earlier tree
  /// @return the proof that the tree of `to` entries begins with that of `from` (RFC 6962 §2.1.2);
  ///   empty where they are one, or `from` is 0
  public List<byte[]> consistency(long from, long to) {
    requireWithin(to);
    return MerkleProofs.consistency(from, to, new Nodes());
  }

  /// @return the bytes of a tile or of a bundle of entries as C2SP `tlog-tiles` has them; empty
  ///   where this tree has none of that width
  public Optional<byte[]> read(TileId id) {
    if (!id.isIn(edge.size())) {
      return Optional.empty();
    }
    return Optional.of(
        id.level() == TileId.ENTRIES
            ? bundle(id)
            : Arrays.copyOf(tile(id.level(), id.index()), id.width() * HASH_BYTES));
  }

  private byte[] bundle(TileId id) {
    var hashes = tiles.headerHashes(id.index() * TileId.FULL, id.width());
    int item = 2 + MerkleHasher.ENTRY_BYTES;
    var bundle = new byte[id.width() * item];
    for (int i = 0; i < id.width(); i++) {
      bundle[i * item + 1] = MerkleHasher.ENTRY_BYTES;
      bundle[i * item + 2] = MerkleHasher.ENTRY_VERSION;
      System.arraycopy(hashes, i * HASH_BYTES, bundle, i * item + 3, HASH_BYTES);
    }
    return bundle;
  }

  /// @return a tile with all hashes that this tree has of it, or more bytes
  private byte[] tile(int level, long index) {
    boolean partial = index == edge.size() >> TileId.HEIGHT * (level + 1);
    return partial ? edge.tiles().get(level) : tiles.full(level, index);
  }

  private void requireWithin(long size) {
    if (size < 0 || size > edge.size()) {
      throw new IllegalArgumentException("the tree has " + edge.size() + " entries");
    }
  }

  /// Subtrees, each read from the tile that holds its height; a proof asks for few tiles, some of
  /// them repeatedly.
  private final class Nodes implements MerkleProofs.Subtrees {
    private final MerkleHasher hasher = new MerkleHasher();
    private final HashMap<TileId, byte[]> read = new HashMap<>();

    @Override
    public byte[] hash(int height, long index) {
      int level = height / TileId.HEIGHT;
      int width = 1 << height % TileId.HEIGHT;
      int perTile = TileId.FULL / width;
      var tile =
          read.computeIfAbsent(
              new TileId(level, index / perTile, TileId.FULL), id -> tile(id.level(), id.index()));
      return hasher.perfect(tile, (int) (index % perTile) * width, width);
    }
  }
}
