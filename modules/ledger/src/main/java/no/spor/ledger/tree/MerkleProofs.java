package no.spor.ledger.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import no.spor.ledger.LedgerFormat;

/// Roots and proofs of RFC 6962 §2.1: made from the hashes of perfect subtrees, and checked (RFC
/// 9162 §2.1.3.2, §2.1.4.2). Holds no state.
public final class MerkleProofs {

  /// Gives what trees are put together of.
  @FunctionalInterface
  interface Subtrees {
    /// @param height of the subtree
    /// @param index among the subtrees of its height, from the left
    /// @return the hash over the entries from `index << height` on, `1 << height` of them
    byte[] hash(int height, long index);
  }

  private MerkleProofs() {}

  /// @return the root of the tree over the first `size` entries
  static byte[] root(long size, Subtrees subtrees) {
    return size == 0 ? MerkleHasher.emptyRoot() : hash(0, size, subtrees, new MerkleHasher());
  }

  /// @return `PATH(index, D[size])` of RFC 6962 §2.1.1, from the leaf's sibling up
  static List<byte[]> inclusion(long index, long size, Subtrees subtrees) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("no such entry in a tree of that size");
    }
    var hasher = new MerkleHasher();
    var path = new ArrayList<byte[]>();
    long begin = 0;
    long end = size;
    while (end - begin > 1) {
      long middle = begin + split(end - begin);
      if (index < middle) {
        path.add(hash(middle, end, subtrees, hasher));
        end = middle;
      } else {
        path.add(hash(begin, middle, subtrees, hasher));
        begin = middle;
      }
    }
    return List.copyOf(path.reversed());
  }

  /// @return `PROOF(from, D[size])` of RFC 6962 §2.1.2; empty for `from` 0, which everything
  ///   continues
  static List<byte[]> consistency(long from, long size, Subtrees subtrees) {
    if (from < 0 || from > size) {
      throw new IllegalArgumentException("a tree continues smaller ones only");
    }
    if (from == 0 || from == size) {
      return List.of();
    }
    var hasher = new MerkleHasher();
    var path = new ArrayList<byte[]>();
    long begin = 0;
    long end = size;
    while (end > from) {
      long middle = begin + split(end - begin);
      if (from <= middle) {
        path.add(hash(middle, end, subtrees, hasher));
        end = middle;
      } else {
        path.add(hash(begin, middle, subtrees, hasher));
        begin = middle;
      }
    }
    if (begin > 0) {
      path.add(hash(begin, end, subtrees, hasher));
    }
    return List.copyOf(path.reversed());
  }

  /// @param leaf hash of the entry
  /// @return whether the path shows that it stands at `index` of the tree with this size and root
  public static boolean includes(
      byte[] leaf, long index, long size, List<byte[]> path, byte[] root) {
    if (index < 0 || index >= size || leaf.length != LedgerFormat.HASH_BYTES) {
      return false;
    }
    var hasher = new MerkleHasher();
    var hash = leaf;
    long place = index;
    long last = size - 1;
    for (var step : path) {
      if (last == 0 || step.length != LedgerFormat.HASH_BYTES) {
        return false;
      }
      if (place % 2 == 1 || place == last) {
        hash = hasher.node(step, hash);
        int passed = place % 2 == 1 ? 0 : Long.numberOfTrailingZeros(place);
        place = place == 0 ? 0 : place >> passed;
        last >>= passed;
      } else {
        hash = hasher.node(hash, step);
      }
      place >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(hash, root);
  }

  /// @return whether the path shows that the tree with `size` and `root` begins with the tree of
  ///   `from` entries and `fromRoot`; of an empty tree that is never shown, and nothing to show
  public static boolean isConsistent(
      long from, byte[] fromRoot, long size, byte[] root, List<byte[]> path) {
    if (from <= 0 || from > size) {
      return false;
    }
    if (from == size) {
      return path.isEmpty() && Arrays.equals(fromRoot, root);
    }
    int perfect = Long.numberOfTrailingZeros(from);
    long place = (from - 1) >> perfect;
    long last = (size - 1) >> perfect;
    // Where the old tree is one perfect subtree, its root begins the path and is left out of it.
    boolean whole = place == 0;
    if (!whole && path.isEmpty()) {
      return false;
    }
    var hasher = new MerkleHasher();
    var before = whole ? fromRoot : path.getFirst();
    var now = before;
    for (var step : path.subList(whole ? 0 : 1, path.size())) {
      if (last == 0 || step.length != LedgerFormat.HASH_BYTES) {
        return false;
      }
      if (place % 2 == 1 || place == last) {
        before = hasher.node(step, before);
        now = hasher.node(step, now);
        if (place % 2 == 0 && place > 0) {
          int passed = Long.numberOfTrailingZeros(place);
          place >>= passed;
          last >>= passed;
        }
      } else {
        now = hasher.node(now, step);
      }
      place >>= 1;
      last >>= 1;
    }
    return last == 0 && Arrays.equals(before, fromRoot) && Arrays.equals(now, root);
  }

  /// @return the largest power of two below `size`: where a tree divides
  private static long split(long size) {
    return Long.highestOneBit(size - 1);
  }

  /// @param begin a multiple of the largest power of two that fits, as in every division of a tree
  private static byte[] hash(long begin, long end, Subtrees subtrees, MerkleHasher hasher) {
    long size = end - begin;
    if (Long.bitCount(size) == 1) {
      int height = Long.numberOfTrailingZeros(size);
      return subtrees.hash(height, begin >> height);
    }
    long middle = begin + split(size);
    return hasher.node(hash(begin, middle, subtrees, hasher), hash(middle, end, subtrees, hasher));
  }
}
