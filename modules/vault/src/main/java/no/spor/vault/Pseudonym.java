package no.spor.vault;

import java.nio.ByteBuffer;

/// What stands in a part for a person, for one UTC month (`FORMAT.md`, "Pseudonym"). Nobody's once
/// the person is erased.
public record Pseudonym(long high, long low) {
  public static final int BYTES = 16;

  /// @throws IllegalArgumentException unless there are 16 bytes
  public static Pseudonym of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a pseudonym has 16 bytes");
    }
    return at(bytes, 0);
  }

  static Pseudonym at(byte[] bytes, int offset) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, BYTES);
    return new Pseudonym(in.getLong(), in.getLong());
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  @Override
  public String toString() {
    return "Pseudonym[…]";
  }
}
