package no.spor.ledger.tree;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import no.spor.ledger.LedgerFormat;

/// The hashes of RFC 6962 §2.1 with SHA-256, over one digest that is used again and again. Not
/// thread-safe.
public final class MerkleHasher {
  /// First byte of an entry: the version of what it commits to (`FORMAT.md`, "Entry").
  static final byte ENTRY_VERSION = 1;

  /// Bytes of an entry.
  static final int ENTRY_BYTES = 1 + LedgerFormat.HASH_BYTES;

  private static final int HASH = LedgerFormat.HASH_BYTES;
  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private final MessageDigest sha256 = sha256();

  /// @return root of the tree without entries: `H("")`
  public static byte[] emptyRoot() {
    return sha256().digest();
  }

  /// @return `H(00 || entry)`
  public byte[] leaf(byte[] entry) {
    sha256.update(LEAF);
    return sha256.digest(entry);
  }

  /// @return `H(01 || left || right)`
  public byte[] node(byte[] left, byte[] right) {
    sha256.update(NODE);
    sha256.update(left);
    return sha256.digest(right);
  }

  /// Puts the leaf hashes of consecutive records into `to`.
  ///
  /// @param headerHashes `H(header)` of each record, as a store keeps them
  void leaves(byte[] headerHashes, int from, int count, byte[] to, int at) {
    for (int i = 0; i < count; i++) {
      sha256.update(LEAF);
      sha256.update(ENTRY_VERSION);
      sha256.update(headerHashes, from + i * HASH, HASH);
      digest(to, at + i * HASH);
    }
  }

  /// @param hashes of subtrees of one height, side by side
  /// @param count of them, a power of two
  /// @return the hash of the perfect tree over them
  byte[] perfect(byte[] hashes, int from, int count) {
    var level = new byte[count * HASH];
    System.arraycopy(hashes, from * HASH, level, 0, count * HASH);
    for (int left = count; left > 1; left /= 2) {
      for (int i = 0; i < left / 2; i++) {
        sha256.update(NODE);
        sha256.update(level, 2 * i * HASH, 2 * HASH);
        digest(level, i * HASH);
      }
    }
    return level.length == HASH ? level : Arrays.copyOf(level, HASH);
  }

  private void digest(byte[] to, int at) {
    try {
      sha256.digest(to, at, HASH);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
