package no.spor.ledger;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Blocks read or committed lately, ready for reading, bounded in bytes. Thread-safe.
final class BlockCache {
  private static final int BLOCK_OVERHEAD_BYTES = 1024;
  private static final int RECORD_OVERHEAD_BYTES = 64;

  private final long maxBytes;
  private final NavigableMap<Long, BlockReader> byFirstPosition = new TreeMap<>();
  private final Map<Long, Long> bytesByUse = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  BlockCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized @Nullable BlockReader holding(long position) {
    var entry = byFirstPosition.floorEntry(position);
    if (entry == null || entry.getValue().block().head().endPosition() <= position) {
      return null;
    }
    bytesByUse.get(entry.getKey());
    return entry.getValue();
  }

  synchronized void put(BlockReader reader) {
    long first = reader.block().head().firstPosition();
    long size = bytes(reader.block());
    if (size > maxBytes) {
      return;
    }
    remove(first);
    byFirstPosition.put(first, reader);
    bytesByUse.put(first, size);
    bytes += size;
    for (Iterator<Map.Entry<Long, Long>> oldest = bytesByUse.entrySet().iterator();
        bytes > maxBytes; ) {
      var entry = oldest.next();
      byFirstPosition.remove(entry.getKey());
      bytes -= entry.getValue();
      oldest.remove();
    }
  }

  synchronized void remove(long firstPosition) {
    if (byFirstPosition.remove(firstPosition) != null) {
      var size = bytesByUse.remove(firstPosition);
      bytes -= size == null ? 0 : size;
    }
  }

  private static long bytes(Block block) {
    long sum = BLOCK_OVERHEAD_BYTES + block.entries().length + block.salts().length;
    for (var header : block.headers()) {
      sum += header.length + RECORD_OVERHEAD_BYTES;
    }
    for (var group : block.groups()) {
      sum += group.bytes().length + RECORD_OVERHEAD_BYTES;
    }
    return sum;
  }
}
