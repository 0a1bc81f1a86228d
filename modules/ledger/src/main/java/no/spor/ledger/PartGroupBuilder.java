package no.spor.ledger;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Collects the parts of one drop label; copies each once. Not thread-safe.
final class PartGroupBuilder {
  private int[] addresses = new int[4];
  private byte[] @Nullable [] parts = new byte[4][];
  private int count;
  private int size = 1;

  void add(int record, int part, byte @Nullable [] bytes) {
    if (count == addresses.length) {
      addresses = Arrays.copyOf(addresses, count * 4);
      parts = Arrays.copyOf(parts, count * 4);
    }
    addresses[count] = record << 8 | part;
    parts[count++] = bytes;
    size += bytes == null ? 4 : 8 + bytes.length;
  }

  byte[] build() {
    var group = new byte[size];
    group[0] = LedgerFormat.VERSION;
    int at = 1;
    for (int i = 0; i < count; i++) {
      Bytes.putShort(group, at, addresses[i] >>> 8);
      group[at + 2] = (byte) addresses[i];
      var bytes = parts[i];
      if (bytes == null) {
        group[at + 3] = LedgerFormat.KIND_NONE;
        at += 4;
      } else {
        group[at + 3] = LedgerFormat.KIND_KEPT;
        Bytes.putInt(group, at + 4, bytes.length);
        System.arraycopy(bytes, 0, group, at + 8, bytes.length);
        at += 8 + bytes.length;
      }
    }
    return group;
  }
}
