package no.spor.vault;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/// Bytes of a key. Not shown by `toString`, compared in constant time, zero after [#close].
/// Thread-safe: whoever uses it gets a whole key or an exception, never one that is half wiped.
///
/// Wiping reaches this array. Copies that the JVM's garbage collector or cipher have made may live
/// on until their memory is used again.
public final class SecretBytes implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  private SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Takes the array over: the caller must not use it any more.
  static SecretBytes owning(byte[] bytes) {
    return new SecretBytes(bytes);
  }

  static SecretBytes random(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new SecretBytes(bytes);
  }

  int length() {
    return bytes.length;
  }

  /// @throws IllegalStateException once closed
  synchronized void copyTo(byte[] target, int offset) {
    if (closed) {
      throw new IllegalStateException("the key was wiped");
    }
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  /// @return a copy, which the caller must wipe
  byte[] exposedCopy() {
    byte[] copy = new byte[bytes.length];
    copyTo(copy, 0);
    return copy;
  }

  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof SecretBytes that)) {
      return false;
    }
    byte[] mine = exposedCopy();
    byte[] theirs = that.exposedCopy();
    boolean same = MessageDigest.isEqual(mine, theirs);
    Arrays.fill(mine, (byte) 0);
    Arrays.fill(theirs, (byte) 0);
    return same;
  }

  /// The same for all, so that it tells nothing.
  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "SecretBytes[…]";
  }
}
