package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockExcerpt;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PartGroups;
import no.spor.ledger.Tag;
import no.spor.ledger.tree.TileStore;
import no.spor.rights.RetentionStore;
import no.spor.storage.sqlite.SqliteSession.Work;
import org.jspecify.annotations.Nullable;

/// The ledger in `ledger.db`: a row a block, headers and parts packed at rest.
///
/// Thread-safe. *Appended*: all blocks of one call are one transaction with one fsync; when
/// [#append] returns, neither a crash of the process nor of the machine loses any of them, and a
/// crash before leaves none of them.
///
/// Who can write the file can withhold, roll back and forge blocks: what the ledger's hashes and
/// checkpoints are there to show. Who can read it sees streams, sizes and times, and sealed parts.
public final class SqliteLedgerStore implements LedgerStore {
  static final String FILE = "ledger.db";

  static final SqliteSchema SCHEMA =
      SqliteSchema.of(
              "SpLe",
              """
              create table ledger(
                only integer primary key check (only = 1),
                id blob not null);
              create table block(
                n integer primary key,
                first integer not null,
                count integer not null,
                head blob not null,
                tags blob not null,
                salts blob not null,
                entries blob not null,
                headers blob not null,
                groups blob not null);
              create unique index block_first on block(first);
              create table control_block(n integer primary key);
              create table tag(tag blob not null, n integer not null, primary key (tag, n))
                without rowid;
              create table label(id integer primary key, name text not null unique);
              create table retention(name text primary key, number integer not null) without rowid;
              create table block_label(
                span integer not null, label integer not null, n integer not null,
                primary key (span, label, n)) without rowid;
              """,
              SqliteTileStore.SCHEMA,
              """
              alter table block add column form integer;
              alter table block add column headers1 blob;
              alter table block add column groups1 blob;
              alter table block add column headers2 blob;
              alter table block add column groups2 blob;
              alter table block add column headers3 blob;
              alter table block add column groups3 blob;
              """)
          .readableFrom(2);

  /// The version since which blocks may lie in frames.
  static final int FRAMES_SINCE = 3;

  /// Labels are indexed by spans of blocks: an import of years touches hundreds of labels with each
  /// block, and would write a page of the index for each if one label's blocks lay all together.
  static final long SPAN_BLOCKS = 512;

  private static final String SELECT = "select " + BlockRow.COLUMNS + " from block ";
  private static final String SELECT_EXCERPT =
      "select "
          + BlockRow.EXCERPT_COLUMNS
          + " from block where first <= ?1 order by first desc limit 1";
  private static final String SELECT_HEAD = "select " + BlockRow.HEAD_COLUMNS + " from block ";

  private final SqliteFile file;
  private final UUID ledger;

  /// Numbers of labels that are committed, so for good. There are few: a class and a day each.
  private final Map<String, Long> labels = new ConcurrentHashMap<>();

  private SqliteLedgerStore(SqliteFile file, UUID ledger) {
    this.file = file;
    this.ledger = ledger;
  }

  /// Opens the ledger of a directory, makes it where there is none. Close the store before the
  /// directory.
  ///
  /// @param idOfNew the id that a new ledger gets; an existing one keeps its own
  /// @throws LedgerStoreException if the file cannot be read or written
  /// @throws LedgerDamageException if the file is no sound ledger
  public static SqliteLedgerStore open(DataDirectory directory, UUID idOfNew) {
    return open(directory, idOfNew, SqliteSettings.mustNeverLose());
  }

  static SqliteLedgerStore open(DataDirectory directory, UUID idOfNew, SqliteSettings settings) {
    SqliteFile file;
    try {
      file = SqliteFile.open(directory, FILE, settings, SCHEMA);
    } catch (SqliteStoreException e) {
      throw translated(e);
    }
    try {
      var store = new SqliteLedgerStore(file, identity(file, idOfNew));
      store.checkNewest();
      return store;
    } catch (SqliteStoreException e) {
      file.close();
      throw translated(e);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public UUID ledger() {
    return ledger;
  }

  @Override
  public Optional<BlockHead> newest() {
    return read(this::newest);
  }

  @Override
  public int append(List<Block> blocks) {
    for (int i = 0; i < blocks.size(); i++) {
      var head = blocks.get(i).head();
      if (!head.ledger().equals(ledger) || head.number() != blocks.getFirst().head().number() + i) {
        throw new IllegalArgumentException("not consecutive blocks of this ledger");
      }
    }
    var rows = blocks.stream().map(BlockRow::of).toList();
    var newLabels = new HashMap<String, Long>();
    int stand =
        write(session -> {
          int standing = 0;
          var newest = newest(session).orElse(null);
          for (var block : blocks) {
            var head = block.head();
            if (newest != null && head.number() <= newest.number()) {
              if (!stands(session, head)) {
                break;
              }
            } else if (follows(newest, head)) {
              insert(session, block, rows.get(standing), newLabels);
              newest = head;
            } else {
              break;
            }
            standing++;
          }
          return standing;
        });
    labels.putAll(newLabels);
    return stand;
  }

  @Override
  public List<Block> blocks(long from, int max) {
    return read(session ->
        session.list(
            SELECT + "where n >= ? order by n limit ?",
            row -> BlockRow.read(ledger, row),
            from,
            max));
  }

  @Override
  public List<BlockHead> heads(long from, int max) {
    return read(session ->
        session.list(
            SELECT_HEAD + "where n >= ? order by n limit ?",
            row -> BlockRow.readHead(ledger, row),
            from,
            max));
  }

  @Override
  public Optional<Block> blockAt(long position) {
    return read(session ->
            session.first(
                SELECT + "where first <= ? order by first desc limit 1",
                row -> BlockRow.read(ledger, row),
                position))
        .filter(block -> position < block.head().endPosition());
  }

  @Override
  public Optional<BlockExcerpt> excerptAt(long position, SortedSet<Long> wanted) {
    return read(session ->
            session.first(
                SELECT_EXCERPT,
                row -> BlockRow.readExcerpt(ledger, row, position, wanted),
                position))
        .flatMap(excerpt -> excerpt);
  }

  @Override
  public byte[] entries(long position, int max) {
    return read(session -> {
      var run = new EntryRun(position, max);
      session.list(
          """
          select first, count, entries from block
          where first >= (select max(first) from block where first <= ?) and first < ?
          order by first
          """,
          run::add,
          position,
          position + max);
      return run.bytes();
    });
  }

  @Override
  public List<Block> controlBlocks(long from, long end, int max) {
    return read(session -> {
      // What this connection has seen it still sees in the statement that follows.
      if (end > 0 && session.list("select n from block where n = ?", row -> 1, end - 1).isEmpty()) {
        throw new LedgerStoreException("block " + (end - 1) + " is not to be seen", null);
      }
      return session.list(
          SELECT
              + "where n in"
              + " (select n from control_block where n >= ? and n < ? order by n limit ?)"
              + " order by n",
          row -> BlockRow.read(ledger, row),
          from,
          end,
          max);
    });
  }

  @Override
  public List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    return read(session -> {
      var numbers = new TreeSet<Long>();
      for (var tag : anyOf) {
        numbers.addAll(
            session.list(
                "select n from tag where tag = ? and n >= ? order by n limit ?",
                row -> row.getLong(1),
                BlockRow.pack(tag),
                from,
                max));
      }
      return numbers.stream().limit(max).toList();
    });
  }

  @Override
  public List<Long> labelledBlocks(String label, long from, int max) {
    return read(session -> {
      var found = new ArrayList<Long>();
      var number =
          session.first("select id from label where name = ?", row -> row.getLong(1), label);
      long newest = session.number("select max(n) from block");
      for (long span = Math.max(0, from) / SPAN_BLOCKS;
          number.isPresent() && span <= newest / SPAN_BLOCKS && found.size() < max;
          span++) {
        found.addAll(
            session.list(
                """
                select n from block_label where span = ? and label = ? and n >= ?
                order by n limit ?
                """,
                row -> row.getLong(1),
                span,
                number.get(),
                from,
                max - found.size()));
      }
      return found;
    });
  }

  @Override
  public int drop(long number, Collection<PartAddress> parts) {
    return write(session -> {
      var stored = session.first(SELECT + "where n = ?", row -> BlockRow.read(ledger, row), number);
      if (stored.isEmpty()) {
        return 0;
      }
      var block = stored.get();
      int dropped = 0;
      var left = new ArrayList<PartGroup>();
      for (var group : block.groups()) {
        var drop = PartGroups.drop(group.bytes(), parts);
        dropped += drop.count();
        left.add(new PartGroup(group.label(), drop.group()));
      }
      if (dropped > 0) {
        BlockRow.of(
                new Block(
                    block.head(),
                    block.entries(),
                    block.salts(),
                    block.headers(),
                    left,
                    block.tags()))
            .update(session.prepare(BlockRow.UPDATE));
      }
      return dropped;
    });
  }

  /// @return where the full tiles of this ledger's tree are kept; closed with the ledger
  public TileStore tiles() {
    return new SqliteTileStore(file);
  }

  /// Waits for running reads; makes others wait while the log is copied and cut.
  @Override
  public void reclaim() {
    try {
      file.vacuum();
      file.truncateLog();
    } catch (SqliteStoreException e) {
      throw translated(e);
    }
  }

  @Override
  public void close() {
    file.close();
  }

  /// @return how far retention has come with this ledger's parts; in the same file
  public RetentionStore retention() {
    return new SqliteRetentionStore(file);
  }

  /// For tests that do to the file what its users cannot.
  SqliteFile file() {
    return file;
  }

  private static UUID identity(SqliteFile file, UUID idOfNew) {
    return file.write(session -> {
      session.update(
          "insert or ignore into ledger(only, id) values (1, ?)",
          ByteBuffer.allocate(16)
              .putLong(idOfNew.getMostSignificantBits())
              .putLong(idOfNew.getLeastSignificantBits())
              .array());
      var id =
          session
              .first("select id from ledger", row -> ByteBuffer.wrap(row.getBytes(1)))
              .orElseThrow();
      return new UUID(id.getLong(), id.getLong());
    });
  }

  /// A look at the end, where a damaged or cut file shows first. Everything is for `verify`.
  private void checkNewest() {
    var newest = newest().orElse(null);
    if (newest == null) {
      return;
    }
    var last = blocks(Math.max(0, newest.number() - 1), 2);
    boolean sound = last.getLast().head().number() == newest.number();
    if (newest.number() > 0) {
      var before = last.getFirst().head();
      sound &=
          before.number() == newest.number() - 1
              && before.endPosition() == newest.firstPosition()
              && Arrays.equals(before.hash(), newest.previousHash());
    }
    if (!sound || heads(0, 1).getFirst().number() != 0) {
      throw new LedgerDamageException(
          file.path() + " lacks blocks: restore it from a backup, or ask verify what is missing.");
    }
  }

  private Optional<BlockHead> newest(SqliteSession session) throws SQLException {
    return session.first(
        SELECT_HEAD + "order by n desc limit 1", row -> BlockRow.readHead(ledger, row));
  }

  /// @return whether the very block, not another of its number, is written
  private boolean stands(SqliteSession session, BlockHead head) throws SQLException {
    return session
        .first(SELECT_HEAD + "where n = ?", row -> BlockRow.readHead(ledger, row), head.number())
        .filter(standing -> standing.commit().equals(head.commit()))
        .isPresent();
  }

  private static boolean follows(@Nullable BlockHead newest, BlockHead head) {
    if (head.number() != (newest == null ? 0 : newest.number() + 1)) {
      return false;
    }
    long end = newest == null ? 0 : newest.endPosition();
    var hash = newest == null ? new byte[32] : newest.hash();
    if (head.firstPosition() != end || !Arrays.equals(head.previousHash(), hash)) {
      throw new IllegalArgumentException("the block does not continue the newest one");
    }
    return true;
  }

  private void insert(SqliteSession session, Block block, BlockRow row, Map<String, Long> newLabels)
      throws SQLException {
    row.insert(session.prepare(BlockRow.INSERT));
    long n = row.n();
    if (block.head().control()) {
      session.update("insert into control_block(n) values (?)", n);
    }
    for (var tag : block.tags()) {
      session.update("insert into tag(tag, n) values (?, ?)", BlockRow.pack(tag), n);
    }
    for (var group : block.groups()) {
      var label = labels.get(group.label());
      if (label == null) {
        label = newLabels.get(group.label());
      }
      if (label == null) {
        label = labelNumber(session, group.label());
        newLabels.put(group.label(), label);
      }
      var statement = session.prepare("insert into block_label(span, label, n) values (?, ?, ?)");
      statement.setLong(1, n / SPAN_BLOCKS);
      statement.setLong(2, label);
      statement.setLong(3, n);
      statement.executeUpdate();
    }
  }

  private static long labelNumber(SqliteSession session, String label) throws SQLException {
    session.update("insert or ignore into label(name) values (?)", label);
    return session.number("select id from label where name = ?", label);
  }

  private <T> T read(Work<T> work) {
    try {
      return file.read(work);
    } catch (SqliteStoreException e) {
      throw translated(e);
    }
  }

  private <T> T write(Work<T> work) {
    try {
      return file.write(work);
    } catch (SqliteStoreException e) {
      throw translated(e);
    }
  }

  static RuntimeException translated(SqliteStoreException e) {
    var message = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case DAMAGED -> {
        var damage = new LedgerDamageException(message);
        damage.initCause(e);
        yield damage;
      }
      default -> new LedgerStoreException(message, e);
    };
  }
}
