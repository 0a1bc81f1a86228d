package no.spor.ledger.verify;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 over one digest that is used again and again, and the two hashes of RFC 6962 §2.1. Not
/// thread-safe.
final class Sha256 {
  static final int BYTES = 32;
  private static final int ENTRY_BYTES = 33;

  private final MessageDigest digest = digest();
  private final byte[] leaf = new byte[1 + ENTRY_BYTES];
  private final byte[] node = new byte[1 + 2 * BYTES];

  Sha256() {
    leaf[1] = 1; // the entry's version
    node[0] = 1;
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Sha256 with(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  Sha256 with(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    return this;
  }

  void to(byte[] out, int offset) {
    try {
      digest.digest(out, offset, BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash", e);
    }
  }

  byte[] hash() {
    return digest.digest();
  }

  /// Puts the leaf hash of the entry `01 || hash` into `to`.
  void leaf(byte[] hash, int from, byte[] to, int offset) {
    System.arraycopy(hash, from, leaf, 2, BYTES);
    digest.update(leaf);
    to(to, offset);
  }

  /// Puts the hash of an inner node into `to`, which may be one of its children.
  void node(byte[] left, int leftFrom, byte[] right, int rightFrom, byte[] to, int offset) {
    System.arraycopy(left, leftFrom, node, 1, BYTES);
    System.arraycopy(right, rightFrom, node, 1 + BYTES, BYTES);
    digest.update(node);
    to(to, offset);
  }
}
