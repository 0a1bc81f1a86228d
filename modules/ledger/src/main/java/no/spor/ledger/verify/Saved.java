package no.spor.ledger.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;

/// How maps lie in the state of an interrupted check.
final class Saved {
  private Saved() {}

  static void longs(DataOutput out, Map<String, Long> map) throws IOException {
    out.writeInt(map.size());
    for (var entry : map.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue());
    }
  }

  static void longs(DataInput in, Map<String, Long> map) throws IOException {
    map.clear();
    for (int left = in.readInt(); left > 0; left--) {
      map.put(in.readUTF(), in.readLong());
    }
  }
}
