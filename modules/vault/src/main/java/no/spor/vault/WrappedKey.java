package no.spor.vault;

import java.util.Arrays;

/// A key under an epoch key (`FORMAT.md`, "Wrapped key"). Opens only at the place it was wrapped
/// for.
public final class WrappedKey {
  /// Length of every wrapped key.
  public static final int BYTES = 65;

  static final byte VERSION = 1;

  private final byte[] bytes;

  private WrappedKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @throws IllegalArgumentException for another length or version
  public static WrappedKey of(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != VERSION) {
      throw new IllegalArgumentException("not a wrapped key of version 1");
    }
    return new WrappedKey(bytes.clone());
  }

  /// @return the epoch whose key opens it
  public int epoch() {
    return (bytes[1] & 0xff) << 24
        | (bytes[2] & 0xff) << 16
        | (bytes[3] & 0xff) << 8
        | (bytes[4] & 0xff);
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WrappedKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "WrappedKey[epoch " + epoch() + "]";
  }
}
