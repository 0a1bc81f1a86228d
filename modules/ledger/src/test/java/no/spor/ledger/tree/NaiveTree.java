package no.spor.ledger.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/// RFC 6962 §2.1 word for word, slow: what the real tree is held against.
record NaiveTree(List<byte[]> leafHashes) {
  byte[] root() {
    if (leafHashes.isEmpty()) {
      return sha256();
    }
    if (leafHashes.size() == 1) {
      return leafHashes.getFirst();
    }
    return sha256(new byte[] {1}, left().root(), right().root());
  }

  List<byte[]> path(int m) {
    if (leafHashes.size() == 1) {
      return List.of();
    }
    int k = k();
    return m < k ? with(left().path(m), right().root()) : with(right().path(m - k), left().root());
  }

  List<byte[]> proof(int m) {
    return subproof(m, true);
  }

  private List<byte[]> subproof(int m, boolean whole) {
    if (m == leafHashes.size()) {
      return whole ? List.of() : List.of(root());
    }
    int k = k();
    return m <= k
        ? with(left().subproof(m, whole), right().root())
        : with(right().subproof(m - k, false), left().root());
  }

  private int k() {
    int k = 1;
    while (2 * k < leafHashes.size()) {
      k *= 2;
    }
    return k;
  }

  NaiveTree first(int size) {
    return new NaiveTree(leafHashes.subList(0, size));
  }

  private NaiveTree left() {
    return first(k());
  }

  private NaiveTree right() {
    return new NaiveTree(leafHashes.subList(k(), leafHashes.size()));
  }

  private static List<byte[]> with(List<byte[]> path, byte[] last) {
    var longer = new ArrayList<>(path);
    longer.add(last);
    return longer;
  }

  static byte[] sha256(byte[]... all) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      for (var one : all) {
        sha256.update(one);
      }
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
