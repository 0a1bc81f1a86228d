package no.spor.conformance;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.tree.LedgerTree;
import no.spor.ledger.tree.TileId;

/// Recomputes a ledger's tree from its blocks, with none of the code it checks: every root, tile
/// and bundle. End every test of publishing with it.
public final class TreeChecker {
  private static final int HASH = 32;

  private final byte[] entries;
  private final List<byte[]> levels = new ArrayList<>();
  private final int size;

  private TreeChecker(LedgerStore store) {
    entries = entries(store);
    size = entries.length / HASH;
    var leaves = new byte[entries.length];
    for (int i = 0; i < size; i++) {
      put(leaves, i, sha256(new byte[] {0, 1}, entries, i * HASH, HASH));
    }
    for (var level = leaves; level.length > 0; level = above(level)) {
      levels.add(level);
    }
  }

  /// @return the tree over all that stands in the store
  public static TreeChecker of(LedgerStore store) {
    return new TreeChecker(store);
  }

  /// @return number of entries
  public int size() {
    return size;
  }

  /// Checks that the checkpoint is one of this ledger: no fork, and not ahead of it.
  public void check(Checkpoint checkpoint) {
    if (checkpoint.size() > size) {
      throw new AssertionError(checkpoint + " is ahead of a ledger of " + size);
    }
    if (!Arrays.equals(checkpoint.root(), root(0, (int) checkpoint.size()))) {
      throw new AssertionError(checkpoint + " has another root: a fork");
    }
  }

  /// Checks every tile and bundle, full and partial, that a tree gives.
  public void check(LedgerTree tree) {
    for (int level = TileId.ENTRIES; level < levels.size(); level++) {
      int shift = 8 * Math.max(0, level);
      int hashes = shift > 30 ? 0 : (int) (tree.size() >> shift);
      for (int from = 0; from < hashes; from += TileId.FULL) {
        int width = Math.min(TileId.FULL, hashes - from);
        var id = new TileId(level, from / TileId.FULL, width);
        var expected = level < 0 ? bundle(from, width) : tile(shift, from, width);
        var found = tree.read(id).orElse(null);
        if (!Arrays.equals(expected, found)) {
          throw new AssertionError("tile " + id.path() + " is not that of the entries");
        }
      }
    }
  }

  private byte[] tile(int shift, int from, int width) {
    return Arrays.copyOfRange(levels.get(shift), from * HASH, (from + width) * HASH);
  }

  private byte[] bundle(int from, int width) {
    var bundle = new byte[35 * width];
    for (int i = 0; i < width; i++) {
      bundle[35 * i + 1] = 33;
      bundle[35 * i + 2] = 1;
      System.arraycopy(entries, (from + i) * HASH, bundle, 35 * i + 3, HASH);
    }
    return bundle;
  }

  /// RFC 6962 §2.1.
  ///
  /// @return the root over the first `size` entries
  public byte[] root(long size) {
    return root(0, (int) size);
  }

  private byte[] root(int begin, int end) {
    int count = end - begin;
    if (count == 0) {
      return sha256(new byte[0], new byte[0], 0, 0);
    }
    if (Integer.bitCount(count) == 1) {
      int height = Integer.numberOfTrailingZeros(count);
      int at = (begin >> height) * HASH;
      return Arrays.copyOfRange(levels.get(height), at, at + HASH);
    }
    int half = Integer.highestOneBit(count);
    var both = new byte[2 * HASH];
    put(both, 0, root(begin, begin + half));
    put(both, 1, root(begin + half, end));
    return sha256(new byte[] {1}, both, 0, 2 * HASH);
  }

  private static byte[] above(byte[] level) {
    var next = new byte[level.length / (2 * HASH) * HASH];
    for (int i = 0; i < next.length / HASH; i++) {
      put(next, i, sha256(new byte[] {1}, level, 2 * i * HASH, 2 * HASH));
    }
    return next;
  }

  private static byte[] entries(LedgerStore store) {
    var all = new ByteArrayOutputStream();
    for (long block = 0; ; ) {
      var blocks = store.blocks(block, 64);
      if (blocks.isEmpty()) {
        return all.toByteArray();
      }
      blocks.forEach(one -> all.writeBytes(one.entries()));
      block += blocks.size();
    }
  }

  private static void put(byte[] to, int index, byte[] hash) {
    System.arraycopy(hash, 0, to, index * HASH, HASH);
  }

  private static byte[] sha256(byte[] prefix, byte[] bytes, int from, int length) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(prefix);
      sha256.update(bytes, from, length);
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
