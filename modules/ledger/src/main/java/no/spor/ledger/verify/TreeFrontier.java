package no.spor.ledger.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/// A Merkle tree (RFC 6962 §2.1) that grows: of what has been hashed only the roots of its perfect
/// subtrees are kept, 32 bytes a level. Not thread-safe.
final class TreeFrontier {
  private static final int LEVELS = 63;
  private final Sha256 sha256 = new Sha256();
  private final byte[][] roots = new byte[LEVELS][Sha256.BYTES];
  private final byte[] current = new byte[Sha256.BYTES];
  private long size;

  /// Is shown each perfect subtree of a height that a tile's hashes have.
  @FunctionalInterface
  interface TileHashes {
    /// @param level of the tile in which the hash stands
    /// @param index of the hash among all of its level
    void hash(int level, long index, byte[] hash);

    TileHashes NOBODY = (level, index, hash) -> {};
  }

  long size() {
    return size;
  }

  void append(byte[] leaf, int from, TileHashes listener) {
    System.arraycopy(leaf, from, current, 0, Sha256.BYTES);
    listener.hash(0, size, current);
    int height = 0;
    while ((size >>> height & 1) == 1) {
      sha256.node(roots[height], 0, current, 0, current, 0);
      height++;
      if ((height & 7) == 0) {
        listener.hash(height >>> 3, size >>> height, current);
      }
    }
    System.arraycopy(current, 0, roots[height], 0, Sha256.BYTES);
    size++;
  }

  TreeFrontier copy() {
    var copy = new TreeFrontier();
    copy.size = size;
    for (int height = 0; height < LEVELS; height++) {
      System.arraycopy(roots[height], 0, copy.roots[height], 0, Sha256.BYTES);
    }
    return copy;
  }

  /// Appends leaves that lie one after the other.
  TreeFrontier with(byte[] leaves) {
    for (int at = 0; at < leaves.length; at += Sha256.BYTES) {
      append(leaves, at, TileHashes.NOBODY);
    }
    return this;
  }

  byte[] root() {
    if (size == 0) {
      return sha256.hash();
    }
    int lowest = Long.numberOfTrailingZeros(size);
    var root = roots[lowest].clone();
    for (int height = lowest + 1; height < LEVELS; height++) {
      if ((size >>> height & 1) == 1) {
        sha256.node(roots[height], 0, root, 0, root, 0);
      }
    }
    return root;
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(size);
    for (int height = 0; height < LEVELS; height++) {
      if ((size >>> height & 1) == 1) {
        out.write(roots[height]);
      }
    }
  }

  void restore(DataInput in) throws IOException {
    size = in.readLong();
    for (int height = 0; height < LEVELS; height++) {
      if ((size >>> height & 1) == 1) {
        in.readFully(roots[height]);
      }
    }
  }
}
