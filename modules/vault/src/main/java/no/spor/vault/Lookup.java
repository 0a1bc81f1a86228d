package no.spor.vault;

import java.nio.ByteBuffer;

/// What a person is found by: `HMAC(tenant's lookup key, namespace, external id)`. Opens nothing,
/// but who holds the tenant's lookup key can test guesses against it, so `toString` shows nothing.
public record Lookup(long a, long b, long c, long d) {
  public static final int BYTES = 32;

  /// @throws IllegalArgumentException unless there are 32 bytes
  public static Lookup of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a lookup has 32 bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new Lookup(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(a).putLong(b).putLong(c).putLong(d).array();
  }

  @Override
  public String toString() {
    return "Lookup[…]";
  }
}
