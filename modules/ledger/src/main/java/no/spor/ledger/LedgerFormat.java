package no.spor.ledger;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The limits and constants of `FORMAT.md`.
public final class LedgerFormat {
  /// Bytes of a hash (SHA-256).
  public static final int HASH_BYTES = 32;

  /// Bytes of a salt.
  public static final int SALT_BYTES = 16;

  /// Bytes of a header that are not stored, for they follow from what lies beside it.
  public static final int FRAME_BYTES = 95;

  /// Bytes of a header beside its stream's label and its body.
  public static final int FIXED_HEADER_BYTES = FRAME_BYTES + 17;

  public static final int MAX_HEADER_BYTES = 32 * 1024;
  public static final int MAX_PARTS = 255;
  public static final int MAX_PART_BYTES = 512 * 1024;
  public static final int MAX_LABEL_BYTES = 128;
  public static final int MAX_STREAM_BYTES = 255;
  public static final int MAX_BLOCK_RECORDS = 256;
  public static final int MAX_BLOCK_BYTES = 2 * 1024 * 1024;

  public static final byte VERSION = 1;
  static final byte KIND_NONE = 0;
  public static final byte KIND_KEPT = 1;
  static final byte KIND_DROPPED = 2;

  private LedgerFormat() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
