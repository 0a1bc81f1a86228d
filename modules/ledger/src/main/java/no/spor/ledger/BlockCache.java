package no.spor.ledger;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Blocks read or committed lately, ready for reading, bounded in bytes. Thread-safe.
final class BlockCache {
  private static final int BLOCK_OVERHEAD_BYTES = 1024;
  private static final int RECORD_OVERHEAD_BYTES = 64;

  /// So many blocks are kept read: processors follow the ledger one right behind the other, and
  /// each reads every record.
  private static final int READ_BLOCKS = 16;

  private final long maxBytes;
  private final NavigableMap<Long, Slot> byFirstPosition = new TreeMap<>();
  private final Map<Long, Slot> byNumber = new HashMap<>();
  private final Map<Long, Long> bytesByUse = new LinkedHashMap<>(16, 0.75f, true);
  private final ArrayDeque<Slot> read = new ArrayDeque<>();
  private long bytes;

  /// The records of a block, ascending.
  ///
  /// @param end position behind its last
  record ReadBlock(long end, List<LedgerRecord> records) {}

  /// A block, and its reader from the first reading on: what is never read costs nothing.
  static final class Slot {
    private final Block block;
    private @Nullable BlockReader reader;
    private @Nullable ReadBlock records;

    /// Gives the records of a block that this node has just written: they need not be read out of
    /// it, nor checked against it.
    private @Nullable Supplier<List<LedgerRecord>> own;

    Slot(Block block) {
      this.block = block;
    }

    /// @return the records; kept
    synchronized ReadBlock read() {
      var given = own;
      var made =
          new ReadBlock(
              block.head().endPosition(), given == null ? reader().records() : given.get());
      records = made;
      own = null;
      return made;
    }

    synchronized void forgetRecords() {
      records = null;
      own = null;
    }

    synchronized BlockReader reader() {
      var made = reader;
      if (made == null) {
        made = new BlockReader(block);
        reader = made;
      }
      return made;
    }
  }

  /// @return the records of the block that holds the position, read once for all who follow; null
  ///   where it is not here
  @Nullable ReadBlock readHolding(long position) {
    var slot = slot(position);
    if (slot == null) {
      return null;
    }
    ReadBlock records;
    boolean own;
    synchronized (slot) {
      var known = slot.records;
      if (known != null) {
        return known;
      }
      own = slot.own != null;
      records = slot.read();
    }
    if (!own) {
      keepRead(slot);
    }
    return records;
  }

  private synchronized void keepRead(Slot slot) {
    if (byFirstPosition.get(slot.block.head().firstPosition()) == slot) {
      read.addLast(slot);
      if (read.size() > READ_BLOCKS) {
        read.removeFirst().forgetRecords();
      }
    } else {
      slot.forgetRecords();
    }
  }

  BlockCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Nullable BlockReader holding(long position) {
    var slot = slot(position);
    return slot == null ? null : slot.reader();
  }

  /// @return null where the block is not here
  @Nullable BlockReader numbered(long number) {
    Slot slot;
    synchronized (this) {
      slot = byNumber.get(number);
      if (slot != null) {
        bytesByUse.get(slot.block.head().firstPosition());
      }
    }
    return slot == null ? null : slot.reader();
  }

  private synchronized @Nullable Slot slot(long position) {
    var entry = byFirstPosition.floorEntry(position);
    if (entry == null || entry.getValue().block.head().endPosition() <= position) {
      return null;
    }
    bytesByUse.get(entry.getKey());
    return entry.getValue();
  }

  /// @param records of the block, which this node has written
  void put(Block block, Supplier<List<LedgerRecord>> records) {
    var slot = new Slot(block);
    slot.own = records;
    put(slot);
    keepRead(slot);
  }

  Slot put(Block block) {
    return put(new Slot(block));
  }

  private synchronized Slot put(Slot slot) {
    var block = slot.block;
    long first = block.head().firstPosition();
    long size = bytes(block);
    remove(first);
    byFirstPosition.put(first, slot);
    byNumber.put(block.head().number(), slot);
    bytesByUse.put(first, size);
    bytes += size;
    for (Iterator<Map.Entry<Long, Long>> oldest = bytesByUse.entrySet().iterator();
        bytes > maxBytes; ) {
      var entry = oldest.next();
      forgetNumber(byFirstPosition.remove(entry.getKey()));
      bytes -= entry.getValue();
      oldest.remove();
    }
    return slot;
  }

  synchronized void remove(long firstPosition) {
    var removed = byFirstPosition.remove(firstPosition);
    if (removed != null) {
      forgetNumber(removed);
      if (read.remove(removed)) {
        removed.forgetRecords();
      }
      var size = bytesByUse.remove(firstPosition);
      bytes -= size == null ? 0 : size;
    }
  }

  private void forgetNumber(@Nullable Slot slot) {
    if (slot != null) {
      byNumber.remove(slot.block.head().number());
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
