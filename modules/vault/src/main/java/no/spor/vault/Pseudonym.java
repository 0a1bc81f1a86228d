package no.spor.vault;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// What stands in a part for a person, for one UTC month (`FORMAT.md`, "Pseudonym"). Nobody's once
/// the person is erased.
public record Pseudonym(long high, long low) {
  public static final int BYTES = 16;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// @throws IllegalArgumentException unless there are 16 bytes
  public static Pseudonym of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a pseudonym has 16 bytes");
    }
    return at(bytes, 0);
  }

  static Pseudonym at(byte[] bytes, int offset) {
    return new Pseudonym((long) LONG.get(bytes, offset), (long) LONG.get(bytes, offset + 8));
  }

  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    write(bytes, 0);
    return bytes;
  }

  void write(byte[] to, int offset) {
    LONG.set(to, offset, high);
    LONG.set(to, offset + 8, low);
  }

  @Override
  public String toString() {
    return "Pseudonym[…]";
  }
}
