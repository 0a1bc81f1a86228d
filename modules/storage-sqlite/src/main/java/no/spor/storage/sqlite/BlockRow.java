package no.spor.storage.sqlite;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerFormat;
import no.spor.ledger.PartGroups;
import no.spor.ledger.Tag;
import org.jspecify.annotations.Nullable;

/// A block as a row of the table `block`. What is asked for most (the head) comes first, so that it
/// lies in the row's own page; what may be rewritten (the groups) comes last.
///
/// @param head `previous(32) || commit(16) || epoch(8) || key store(16) || generation(8) ||
///   flags(1) || hash(32)`
/// @param headers packed `length(2)* || bytes*`
/// @param groups packed `count(2) || (label length(1) || label || length(4) || bytes)*`
record BlockRow(
    long n,
    long first,
    int count,
    byte[] head,
    byte[] tags,
    byte[] salts,
    byte[] entries,
    byte[] headers,
    byte[] groups) {

  static final String HEAD_COLUMNS = "n, first, count, head";
  static final String COLUMNS = HEAD_COLUMNS + ", tags, salts, entries, headers, groups";
  static final String INSERT =
      "insert into block(" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final byte[] NOTHING = new byte[0];
  private static final int HEAD_BYTES = 32 + 16 + 8 + 16 + 8 + 1 + 32;
  private static final int TAG_BYTES = 16;

  /// A block's limit counts no framing; this is more than enough for it.
  private static final int MAX_COLUMN_BYTES = 2 * LedgerFormat.MAX_BLOCK_BYTES;

  static BlockRow of(Block block) {
    var head = block.head();
    return new BlockRow(
        head.number(),
        head.firstPosition(),
        head.count(),
        packHead(head),
        packTags(block.tags()),
        block.salts(),
        block.entries(),
        packHeaders(block.headers()),
        packGroups(block.groups()));
  }

  void insert(PreparedStatement statement) throws SQLException {
    statement.setLong(1, n);
    statement.setLong(2, first);
    statement.setInt(3, count);
    statement.setBytes(4, head);
    statement.setBytes(5, tags);
    statement.setBytes(6, salts);
    statement.setBytes(7, entries);
    statement.setBytes(8, headers);
    statement.setBytes(9, groups);
    statement.executeUpdate();
  }

  /// Reads a row of [#COLUMNS].
  static Block read(UUID ledger, ResultSet row) throws SQLException {
    return read(ledger, row, null);
  }

  /// Reads a row of [#COLUMNS], of its records only some: the others' headers are empty and their
  /// parts left out, as if they had been dropped.
  ///
  /// @param positions of the records; null for all
  static Block read(UUID ledger, ResultSet row, @Nullable SortedSet<Long> positions)
      throws SQLException {
    var head = readHead(ledger, row);
    var entries = bytes(row, 7);
    if (entries.length != head.count() * LedgerFormat.HASH_BYTES) {
      throw damage();
    }
    var wanted = positions == null ? null : wanted(head, positions);
    return new Block(
        head,
        entries,
        bytes(row, 6),
        unpackHeaders(head.count(), bytes(row, 8), wanted),
        unpackGroups(bytes(row, 9), wanted),
        unpackTags(bytes(row, 5)));
  }

  private static BitSet wanted(BlockHead head, SortedSet<Long> positions) {
    var wanted = new BitSet(head.count());
    for (long position : positions.subSet(head.firstPosition(), head.endPosition())) {
      wanted.set((int) (position - head.firstPosition()));
    }
    return wanted;
  }

  /// Reads a row that begins with [#HEAD_COLUMNS].
  static BlockHead readHead(UUID ledger, ResultSet row) throws SQLException {
    var packed = bytes(row, 4);
    int count = row.getInt(3);
    if (packed.length != HEAD_BYTES || count < 1 || count > LedgerFormat.MAX_BLOCK_RECORDS) {
      throw damage();
    }
    var from = ByteBuffer.wrap(packed);
    var previous = bytes(from, 32);
    var commit = uuid(from);
    long epoch = from.getLong();
    var keys = new KeyStoreMark(uuid(from), from.getLong());
    byte flags = from.get();
    if ((flags & ~1) != 0) {
      throw damage();
    }
    return new BlockHead(
        ledger,
        row.getLong(1),
        row.getLong(2),
        count,
        previous,
        commit,
        epoch,
        keys,
        flags == 1,
        bytes(from, 32));
  }

  private static byte[] packHead(BlockHead head) {
    var to = ByteBuffer.allocate(HEAD_BYTES).put(head.previousHash());
    put(to, head.commit());
    to.putLong(head.epoch());
    put(to, head.keys().keyStore());
    to.putLong(head.keys().generation());
    return to.put((byte) (head.control() ? 1 : 0)).put(head.hash()).array();
  }

  private static byte[] packHeaders(List<byte[]> headers) {
    int length = 0;
    for (var header : headers) {
      length += 2 + header.length;
    }
    return AtRest.pack(
        length,
        to -> {
          headers.forEach(header -> to.putShort((short) header.length));
          headers.forEach(to::put);
        });
  }

  private static List<byte[]> unpackHeaders(int count, byte[] packed, @Nullable BitSet wanted) {
    return AtRest.unpack(
        packed, MAX_COLUMN_BYTES + 2 * count, from -> headers(count, from, wanted));
  }

  private static List<byte[]> headers(int count, ByteBuffer from, @Nullable BitSet wanted) {
    try {
      var lengths = new int[count];
      for (int i = 0; i < count; i++) {
        lengths[i] = Short.toUnsignedInt(from.getShort());
      }
      var headers = new byte[count][];
      for (int i = 0; i < count; i++) {
        if (wanted == null || wanted.get(i)) {
          headers[i] = bytes(from, lengths[i]);
        } else {
          headers[i] = NOTHING;
          skip(from, lengths[i]);
        }
      }
      return requireEnd(from, List.of(headers));
    } catch (BufferUnderflowException e) {
      throw damage();
    }
  }

  static byte[] packGroups(List<PartGroup> groups) {
    var labels =
        groups.stream().map(group -> group.label().getBytes(StandardCharsets.UTF_8)).toList();
    int length = 2;
    for (int i = 0; i < groups.size(); i++) {
      length += 1 + labels.get(i).length + 4 + groups.get(i).bytes().length;
    }
    return AtRest.pack(
        length,
        to -> {
          to.putShort((short) groups.size());
          for (int i = 0; i < groups.size(); i++) {
            var bytes = groups.get(i).bytes();
            to.put((byte) labels.get(i).length).put(labels.get(i)).putInt(bytes.length).put(bytes);
          }
        });
  }

  static List<PartGroup> unpackGroups(byte[] packed) {
    return unpackGroups(packed, null);
  }

  private static List<PartGroup> unpackGroups(byte[] packed, @Nullable BitSet wanted) {
    return AtRest.unpack(packed, 2 * MAX_COLUMN_BYTES, from -> groups(from, wanted));
  }

  private static List<PartGroup> groups(ByteBuffer from, @Nullable BitSet wanted) {
    try {
      int count = Short.toUnsignedInt(from.getShort());
      var groups = new ArrayList<PartGroup>();
      for (int i = 0; i < count; i++) {
        var label = new String(bytes(from, Byte.toUnsignedInt(from.get())), StandardCharsets.UTF_8);
        int length = from.getInt();
        if (wanted == null) {
          groups.add(new PartGroup(label, bytes(from, length)));
        } else {
          int begin = from.position();
          skip(from, length);
          var bytes = PartGroups.only(from.array(), begin, from.position(), wanted);
          if (bytes.length > 0) {
            groups.add(new PartGroup(label, bytes));
          }
        }
      }
      return requireEnd(from, List.copyOf(groups));
    } catch (BufferUnderflowException e) {
      throw damage();
    }
  }

  static byte[] pack(Tag tag) {
    return ByteBuffer.allocate(TAG_BYTES).putLong(tag.high()).putLong(tag.low()).array();
  }

  private static byte[] packTags(Collection<Tag> tags) {
    var to = ByteBuffer.allocate(tags.size() * TAG_BYTES);
    tags.forEach(tag -> to.putLong(tag.high()).putLong(tag.low()));
    return to.array();
  }

  private static Set<Tag> unpackTags(byte[] packed) {
    if (packed.length % TAG_BYTES != 0) {
      throw damage();
    }
    var from = ByteBuffer.wrap(packed);
    var tags = new LinkedHashSet<Tag>();
    while (from.hasRemaining()) {
      tags.add(new Tag(from.getLong(), from.getLong()));
    }
    return tags;
  }

  /// SQLite answers null for an empty blob where it was bound as one.
  private static byte[] bytes(ResultSet row, int column) throws SQLException {
    var bytes = row.getBytes(column);
    return bytes == null ? new byte[0] : bytes;
  }

  private static byte[] bytes(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw damage();
    }
    var bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static void skip(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw damage();
    }
    from.position(from.position() + length);
  }

  private static UUID uuid(ByteBuffer from) {
    return new UUID(from.getLong(), from.getLong());
  }

  private static void put(ByteBuffer to, UUID uuid) {
    to.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
  }

  private static <T> T requireEnd(ByteBuffer from, T read) {
    if (from.hasRemaining()) {
      throw damage();
    }
    return read;
  }

  private static LedgerDamageException damage() {
    return new LedgerDamageException("a stored block is not in the form it was written in");
  }
}
