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
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockExcerpt;
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
/// @param form [#FRAMED], or null for how blocks were written once, headers and groups in one
///   piece: headers packed `length(2)* || bytes*`, groups packed `count(2) || (label length(1) ||
///   label || length(4) || bytes)*`
/// @param headers of each frame ([BlockFrames]), or of the whole block
/// @param groups likewise
record BlockRow(
    long n,
    long first,
    int count,
    byte[] head,
    byte[] tags,
    byte[] salts,
    byte[] entries,
    @Nullable Integer form,
    List<byte[]> headers,
    List<byte[]> groups) {

  static final String HEAD_COLUMNS = "n, first, count, head";
  private static final String FRAMES =
      "headers, groups, headers1, groups1, headers2, groups2, headers3, groups3";
  static final String COLUMNS = HEAD_COLUMNS + ", tags, salts, entries, form, " + FRAMES;

  /// As [#COLUMNS], of a file that has none for frames.
  static final String COLUMNS_IN_ONE_PIECE =
      HEAD_COLUMNS
          + ", tags, salts, entries, null, headers, groups, null, null, null, null, null, null";

  static final String INSERT =
      "insert into block(" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /// Writes form and frames anew.
  static final String UPDATE =
      "update block set form = ?, headers = ?, groups = ?, headers1 = ?, groups1 = ?, headers2 = ?, groups2 = ?, headers3 = ?, groups3 = ? where n = ?";

  /// Of the frame that holds the record at position `?1`; of a block in one piece, all of it.
  static final String EXCERPT_COLUMNS =
      HEAD_COLUMNS
          + """
          , salts, form,
          case when form is null then entries
            else substr(entries, 1 + ((?1 - first) >> 6) * 2048, 2048) end,
          case when form is null then headers else
            case (?1 - first) >> 6
              when 0 then headers when 1 then headers1 when 2 then headers2 else headers3 end end,
          case when form is null then groups else
            case (?1 - first) >> 6
              when 0 then groups when 1 then groups1 when 2 then groups2 else groups3 end end
          """;

  private static final int FRAMED = 1;
  private static final int FORM = 8;

  private static final byte[] NOTHING = new byte[0];
  private static final int HEAD_BYTES = 32 + 16 + 8 + 16 + 8 + 1 + 32;
  private static final int TAG_BYTES = 16;

  /// A block's limit counts no framing; this is more than enough for it.
  private static final int MAX_COLUMN_BYTES = 2 * LedgerFormat.MAX_BLOCK_BYTES;

  static BlockRow of(Block block) {
    try {
      var groups = BlockFrames.packGroups(block.groups(), frames(block));
      var headers = new ArrayList<byte[]>(groups.size());
      int count = block.head().count();
      for (int from = 0; from < count; from += BlockFrames.RECORDS) {
        headers.add(
            BlockFrames.packHeaders(
                block.headers().subList(from, Math.min(count, from + BlockFrames.RECORDS))));
      }
      return of(block, FRAMED, headers, groups);
    } catch (LedgerDamageException e) {
      return inOnePiece(block); // it is kept as it was given, whatever it is
    }
  }

  static BlockRow inOnePiece(Block block) {
    return of(
        block, null, List.of(packHeaders(block.headers())), List.of(packGroups(block.groups())));
  }

  private static BlockRow of(
      Block block, @Nullable Integer form, List<byte[]> headers, List<byte[]> groups) {
    var head = block.head();
    return new BlockRow(
        head.number(),
        head.firstPosition(),
        head.count(),
        packHead(head),
        packTags(block.tags()),
        block.salts(),
        block.entries(),
        form,
        headers,
        groups);
  }

  private static int frames(Block block) {
    int count = block.head().count();
    if (count < 1 || count > LedgerFormat.MAX_BLOCK_RECORDS || block.headers().size() != count) {
      throw damage();
    }
    return BlockFrames.count(count);
  }

  void insert(PreparedStatement statement) throws SQLException {
    statement.setLong(1, n);
    statement.setLong(2, first);
    statement.setInt(3, count);
    statement.setBytes(4, head);
    statement.setBytes(5, tags);
    statement.setBytes(6, salts);
    statement.setBytes(7, entries);
    setFrames(statement, FORM);
    statement.executeUpdate();
  }

  /// Writes form and frames in place of those that stand.
  void update(PreparedStatement statement) throws SQLException {
    setFrames(statement, 1);
    statement.setLong(2 + 2 * BlockFrames.MOST, n);
    statement.executeUpdate();
  }

  private void setFrames(PreparedStatement statement, int column) throws SQLException {
    statement.setObject(column, form);
    for (int i = 0; i < BlockFrames.MOST; i++) {
      statement.setBytes(column + 1 + 2 * i, i < headers.size() ? headers.get(i) : null);
      statement.setBytes(column + 2 + 2 * i, i < groups.size() ? groups.get(i) : null);
    }
  }

  /// Reads a row of [#COLUMNS].
  static Block read(UUID ledger, ResultSet row) throws SQLException {
    var head = readHead(ledger, row);
    var entries = bytes(row, 7);
    if (entries.length != head.count() * LedgerFormat.HASH_BYTES) {
      throw damage();
    }
    List<byte[]> headers;
    List<PartGroup> groups;
    if (framed(row, FORM)) {
      headers = new ArrayList<>(head.count());
      var read = new BlockFrames.Groups();
      for (int i = 0; i < BlockFrames.MOST; i++) {
        var packed = bytes(row, FORM + 1 + 2 * i);
        var parts = bytes(row, FORM + 2 + 2 * i);
        int count = Math.min(BlockFrames.RECORDS, head.count() - i * BlockFrames.RECORDS);
        if (count > 0) {
          headers.addAll(BlockFrames.headers(packed, count, null));
          read.read(parts, null);
        } else if (packed.length > 0 || parts.length > 0) {
          throw damage();
        }
      }
      groups = read.whole();
    } else {
      headers = unpackHeaders(head.count(), bytes(row, FORM + 1), null);
      groups = unpackGroups(bytes(row, FORM + 2), null);
    }
    return new Block(head, entries, bytes(row, 6), headers, groups, unpackTags(bytes(row, 5)));
  }

  /// Reads a row of [#EXCERPT_COLUMNS], of its records only some: the others' headers are empty and
  /// their parts left out, as if they had been dropped.
  ///
  /// @param position that the columns were asked for; where the row's block ends before it, nothing
  /// @param positions of the records
  static Optional<BlockExcerpt> readExcerpt(
      UUID ledger, ResultSet row, long position, SortedSet<Long> positions) throws SQLException {
    var head = readHead(ledger, row);
    if (position >= head.endPosition()) {
      return Optional.empty();
    }
    boolean framed = framed(row, 6);
    int from = framed ? (int) (position - head.firstPosition()) & -BlockFrames.RECORDS : 0;
    int count = framed ? Math.min(BlockFrames.RECORDS, head.count() - from) : head.count();
    var entries = bytes(row, 7);
    if (entries.length != count * LedgerFormat.HASH_BYTES) {
      throw damage();
    }
    var wanted = wanted(head, positions);
    List<byte[]> headers;
    List<PartGroup> groups;
    if (framed) {
      headers = BlockFrames.headers(bytes(row, 8), count, wanted.get(from, from + count));
      var read = new BlockFrames.Groups();
      read.read(bytes(row, 9), wanted);
      groups = read.all();
    } else {
      headers = unpackHeaders(count, bytes(row, 8), wanted);
      groups = unpackGroups(bytes(row, 9), wanted);
    }
    return Optional.of(
        new BlockExcerpt(new Block(head, entries, bytes(row, 5), headers, groups, Set.of()), from));
  }

  private static boolean framed(ResultSet row, int column) throws SQLException {
    int form = row.getInt(column);
    if (form != FRAMED && !row.wasNull()) {
      throw damage();
    }
    return form == FRAMED;
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

  private static byte[] packGroups(List<PartGroup> groups) {
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
