package no.spor.storage.sqlite;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerFormat;
import no.spor.ledger.PartGroups;
import org.jspecify.annotations.Nullable;

/// Headers and parts of up to [#RECORDS] records of a block, packed so that a record can be read
/// without its whole block. A block has [#MOST] frames at most.
///
/// ```
/// headers   packed: length(2)* || the first byte of each || the second byte of each that has one …
///           of the first 16 bytes, which count upwards, the difference to the header before
/// parts     length(4) of what is packed || packed || what is left of each kept part
///   packed:   count(2) || (ordinal(2) || label length(1) || label || items(2))*, by ordinal
///             record's difference to the one before(1)* || part(1)* || kind(1)* || length, its highest byte(1)* || middle || low
///             the first HEAD_BYTES of each kept part, the digest of each dropped one
/// ```
///
/// What is alike in the records of a frame lies side by side and packs better than record by
/// record, which pays for packing less at a time. Of a part, only its head is alike in several:
/// what is enciphered does not shrink, and lies as it is.
final class BlockFrames {
  static final int RECORDS = 64;
  static final int MOST = LedgerFormat.MAX_BLOCK_RECORDS / RECORDS;

  /// Of a sealed part these are version, kind, role, pseudonym and commitment. Any number would do.
  private static final int HEAD_BYTES = 51;

  /// A header begins with its sequence and when it was recorded.
  private static final int COUNTING_BYTES = 16;

  /// A block's limit counts no framing; this is more than enough for it.
  private static final int MOST_BYTES = 4 * LedgerFormat.MAX_BLOCK_BYTES;

  private static final byte[] NOTHING = new byte[0];

  private BlockFrames() {}

  /// @return how many frames a block of so many records has
  static int count(int records) {
    return (records + RECORDS - 1) / RECORDS;
  }

  static byte[] packHeaders(List<byte[]> headers) {
    int length = 0;
    int longest = 0;
    for (var header : headers) {
      length += 2 + header.length;
      longest = Math.max(longest, header.length);
    }
    int columns = longest;
    return AtRest.pack(
        length,
        to -> {
          headers.forEach(header -> to.putShort((short) header.length));
          for (int at = 0; at < columns; at++) {
            byte before = 0;
            for (var header : headers) {
              if (at < header.length) {
                to.put((byte) (header[at] - before));
                before = at < COUNTING_BYTES ? header[at] : 0;
              }
            }
          }
        });
  }

  /// @param count how many records are in the frame
  /// @param wanted which of them to read, null for all; the others' are empty
  static List<byte[]> headers(byte[] packed, int count, @Nullable BitSet wanted) {
    return AtRest.unpack(packed, MOST_BYTES, from -> headers(from, count, wanted));
  }

  private static List<byte[]> headers(ByteBuffer from, int count, @Nullable BitSet wanted) {
    require(from.remaining() >= 2 * count);
    var headers = new byte[count][];
    var lengths = new int[count];
    int all = 0;
    int longest = 0;
    int shortest = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      lengths[i] = Short.toUnsignedInt(from.getShort());
      all += lengths[i];
      longest = Math.max(longest, lengths[i]);
      shortest = Math.min(shortest, lengths[i]);
      headers[i] = wanted == null || wanted.get(i) ? new byte[lengths[i]] : NOTHING;
    }
    require(from.remaining() == all);
    var bytes = from.array();
    int begin = from.arrayOffset() + from.position();
    // From here to there every header has a byte, and it stands for itself.
    int even = Math.min(COUNTING_BYTES, longest);
    int uneven = Math.max(even, shortest);
    int next = columns(bytes, begin, 0, even, lengths, headers);
    if (shortest > even) {
      for (int i = 0; i < count; i++) {
        for (int at = even; at < Math.min(shortest, headers[i].length); at++) {
          headers[i][at] = bytes[next + (at - even) * count + i];
        }
      }
      next += (shortest - even) * count;
    }
    columns(bytes, next, uneven, longest, lengths, headers);
    return List.of(headers);
  }

  /// @return where the bytes after these columns begin
  private static int columns(
      byte[] bytes, int begin, int from, int to, int[] lengths, byte[][] headers) {
    int next = begin;
    for (int at = from; at < to; at++) {
      byte before = 0;
      for (int i = 0; i < lengths.length; i++) {
        if (at < lengths[i]) {
          byte value = (byte) (bytes[next++] + before);
          before = at < COUNTING_BYTES ? value : 0;
          if (at < headers[i].length) {
            headers[i][at] = value;
          }
        }
      }
    }
    return next;
  }

  /// One item of a group.
  private record Item(byte[] group, int record, int part, byte kind, int offset, int length) {
    int headBytes() {
      return Math.min(length, kind == LedgerFormat.KIND_KEPT ? HEAD_BYTES : length);
    }
  }

  /// @return a frame each; of items beyond the block's records none is lost, they stand in the last
  static List<byte[]> packGroups(List<PartGroup> groups, int frames) {
    var byFrame = new ArrayList<List<List<Item>>>(frames);
    for (int frame = 0; frame < frames; frame++) {
      var lists = new ArrayList<List<Item>>(groups.size());
      groups.forEach(group -> lists.add(new ArrayList<>()));
      byFrame.add(lists);
    }
    for (int g = 0; g < groups.size(); g++) {
      int ordinal = g;
      var group = groups.get(g).bytes();
      PartGroups.read(
          group,
          (record, part, kind, offset, length) ->
              byFrame
                  .get(Math.min(record / RECORDS, frames - 1))
                  .get(ordinal)
                  .add(new Item(group, record, part, kind, offset, length)));
    }
    return byFrame.stream().map(lists -> pack(groups, lists)).toList();
  }

  private static byte[] pack(List<PartGroup> groups, List<List<Item>> lists) {
    var items = new ArrayList<Item>();
    lists.forEach(items::addAll);
    var index = new ByteArrayOutputStream(64 + items.size() * (6 + HEAD_BYTES));
    u16(index, (int) lists.stream().filter(list -> !list.isEmpty()).count());
    for (int ordinal = 0; ordinal < lists.size(); ordinal++) {
      if (!lists.get(ordinal).isEmpty()) {
        var label = groups.get(ordinal).label().getBytes(StandardCharsets.UTF_8);
        u16(index, ordinal);
        index.write(label.length);
        index.writeBytes(label);
        u16(index, lists.get(ordinal).size());
      }
    }
    int before = 0;
    for (var item : items) {
      index.write(item.record - before);
      before = item.record;
    }
    items.forEach(item -> index.write(item.part));
    items.forEach(item -> index.write(item.kind));
    for (int shift = 16; shift >= 0; shift -= 8) {
      for (var item : items) {
        index.write(item.length >>> shift);
      }
    }
    int rest = 0;
    for (var item : items) {
      index.write(item.group, item.offset, item.headBytes());
      rest += item.length - item.headBytes();
    }
    var packed = AtRest.pack(index.size(), to -> to.put(index.toByteArray()));
    var to = ByteBuffer.allocate(4 + packed.length + rest).putInt(packed.length).put(packed);
    for (var item : items) {
      to.put(item.group, item.offset + item.headBytes(), item.length - item.headBytes());
    }
    return to.array();
  }

  private static void u16(ByteArrayOutputStream to, int value) {
    to.write(value >>> 8);
    to.write(value);
  }

  /// Puts groups together again, frame by frame.
  static final class Groups {
    private final SortedMap<Integer, String> labels = new TreeMap<>();
    private final SortedMap<Integer, ByteArrayOutputStream> groups = new TreeMap<>();

    /// @param wanted records of the block to read, null for all
    void read(byte[] frame, @Nullable BitSet wanted) {
      var from = ByteBuffer.wrap(frame);
      require(frame.length >= 4);
      int length = from.getInt();
      require(length >= 0 && length <= from.remaining());
      var packed = new byte[length];
      from.get(packed);
      AtRest.unpack(
          packed,
          MOST_BYTES,
          index -> {
            try {
              read(index, from, wanted);
            } catch (BufferUnderflowException e) {
              throw damage();
            }
            return true;
          });
    }

    private void read(ByteBuffer index, ByteBuffer rest, @Nullable BitSet wanted) {
      int count = Short.toUnsignedInt(index.getShort());
      var ordinals = new int[count];
      var items = new int[count];
      int all = 0;
      for (int i = 0; i < count; i++) {
        ordinals[i] = Short.toUnsignedInt(index.getShort());
        require(i == 0 || ordinals[i] > ordinals[i - 1]);
        var label = new byte[Byte.toUnsignedInt(index.get())];
        index.get(label);
        var name = new String(label, StandardCharsets.UTF_8);
        require(name.equals(labels.computeIfAbsent(ordinals[i], ordinal -> name)));
        items[i] = Short.toUnsignedInt(index.getShort());
        all += items[i];
      }
      int at = index.position();
      require(index.remaining() >= 6 * all);
      index.position(at + 6 * all);
      int item = at;
      byte record = 0;
      for (int i = 0; i < count; i++) {
        var to = groups.computeIfAbsent(ordinals[i], ordinal -> new ByteArrayOutputStream());
        for (int end = item + items[i]; item < end; item++) {
          record += index.get(item);
          item(index, rest, item, all, Byte.toUnsignedInt(record), to, wanted);
        }
      }
      require(!index.hasRemaining() && !rest.hasRemaining());
    }

    /// @param at where the item begins; what else is told of it stands `all` bytes apart each
    private static void item(
        ByteBuffer index,
        ByteBuffer rest,
        int at,
        int all,
        int record,
        ByteArrayOutputStream to,
        @Nullable BitSet wanted) {
      byte kind = index.get(at + 2 * all);
      int length =
          Byte.toUnsignedInt(index.get(at + 3 * all)) << 16
              | Byte.toUnsignedInt(index.get(at + 4 * all)) << 8
              | Byte.toUnsignedInt(index.get(at + 5 * all));
      boolean kept = kind == LedgerFormat.KIND_KEPT;
      int head = kept ? Math.min(length, HEAD_BYTES) : length;
      require(head <= index.remaining() && length - head <= rest.remaining());
      if (wanted == null || wanted.get(record)) {
        if (to.size() == 0) {
          to.write(LedgerFormat.VERSION);
        }
        u16(to, record);
        to.write(index.get(at + all));
        to.write(kind);
        if (kept) {
          u16(to, length >>> 16);
          u16(to, length);
        }
        to.write(index.array(), index.arrayOffset() + index.position(), head);
        to.write(rest.array(), rest.arrayOffset() + rest.position(), length - head);
      }
      index.position(index.position() + head);
      rest.position(rest.position() + length - head);
    }

    /// @return as [#all]; none is missing
    List<PartGroup> whole() {
      require(labels.isEmpty() || labels.lastKey() == labels.size() - 1);
      return all();
    }

    /// @return those of which anything was read
    List<PartGroup> all() {
      var all = new ArrayList<PartGroup>(groups.size());
      groups.forEach((ordinal, bytes) -> {
        if (bytes.size() > 0) {
          all.add(new PartGroup(labels.getOrDefault(ordinal, ""), bytes.toByteArray()));
        }
      });
      return all;
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw damage();
    }
  }

  private static LedgerDamageException damage() {
    return new LedgerDamageException("a stored block is not in the form it was written in");
  }
}
