package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The runs of the timeline as they lie in the file, read and written. A run is written once and
/// changed by forgetting alone, page by page, where it lies. Thread-safe: what it remembers is told
/// apart by a number that no two states of a run have.
final class TimelineRuns {
  static final String TABLES =
      """
      create table run(
        id integer primary key,
        state integer not null,
        postings integer not null,
        pages integer not null,
        directories integer not null,
        version integer not null);
      create table page(id integer primary key, bytes blob not null);
      """;

  /// Being written; not read.
  static final int OPEN = 0;

  static final int LIVE = 1;

  /// To be deleted; not read.
  static final int GARBAGE = 2;

  private static final int PAGE_BITS = 20;
  private static final long FIRST_DIRECTORY = 1L << (PAGE_BITS - 1);
  private static final String COLUMNS = "id, postings, pages, directories, version";
  private static final String INSERT_PAGE = "insert into page values (?, ?)";
  private static final String SELECT_PAGE = "select bytes from page where id = ?";

  private final Map<Version, RunDirectory> directories = new ConcurrentHashMap<>();

  /// @param postings how many places
  /// @param pages with places
  /// @param directories rows that tell what pages begin with; 0 where there is one page
  record Run(long id, long postings, int pages, int directories, long version) {}

  private record Version(long run, long version) {}

  static List<Run> inState(SqliteSession session, int state) throws SQLException {
    return session.list(
        "select " + COLUMNS + " from run where state = ? order by id",
        row ->
            new Run(row.getLong(1), row.getLong(2), row.getInt(3), row.getInt(4), row.getLong(5)),
        state);
  }

  /// @return what can be read, and nothing remembered of what cannot any more
  List<Run> live(SqliteSession session) throws SQLException {
    var live = inState(session, LIVE);
    if (directories.size() > 2 * live.size() + 16) {
      directories.clear();
    }
    return live;
  }

  RunDirectory directory(SqliteSession session, Run run) throws SQLException {
    var version = new Version(run.id, run.version);
    var known = directories.get(version);
    if (known == null) {
      known = readDirectory(session, run);
      directories.put(version, known);
    }
    return known;
  }

  static RunDirectory readDirectory(SqliteSession session, Run run) throws SQLException {
    var rows = new ArrayList<byte[]>();
    for (int i = 0; i < run.directories; i++) {
      rows.add(bytes(session, directoryId(run, i)));
    }
    if (run.directories > 0) {
      return RunDirectory.of(rows);
    }
    var page = page(session, run, 0);
    var directory = new RunDirectory();
    if (page.count() == 0) {
      directory.add(Long.MAX_VALUE, Integer.MAX_VALUE, 0, 0);
      return directory;
    }
    var first = page.cursor(0);
    first.next();
    directory.add(page.term(0).high(), page.term(0).low(), first.time(), first.position());
    return directory;
  }

  static PostingPage page(SqliteSession session, Run run, int index) throws SQLException {
    return new PostingPage(bytes(session, pageId(run.id, index)));
  }

  private static byte[] bytes(SqliteSession session, long id) throws SQLException {
    var select = session.prepare(SELECT_PAGE);
    select.setLong(1, id);
    try (var rows = select.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("a page of the timeline is not there: rebuild the view");
      }
      return rows.getBytes(1);
    }
  }

  static void open(SqliteSession session, long id) throws SQLException {
    session.update("insert into run values (?, ?, 0, 0, 0, 0)", id, OPEN);
  }

  static void insertPage(SqliteSession session, long run, int index, byte[] row)
      throws SQLException {
    insert(session, pageId(run, index), row);
  }

  /// Makes a run readable whose pages are written.
  static void close(SqliteSession session, long id, long postings, RunDirectory directory)
      throws SQLException {
    var rows = directory.pages() > 1 ? directory.rows() : List.<byte[]>of();
    var run = new Run(id, postings, directory.pages(), rows.size(), 0);
    for (int i = 0; i < rows.size(); i++) {
      insert(session, directoryId(run, i), rows.get(i));
    }
    session.update(
        "update run set state = ?, postings = ?, pages = ?, directories = ? where id = ?",
        LIVE,
        postings,
        run.pages,
        run.directories,
        id);
  }

  /// Writes pages over what they were. Their lengths must be the same: then SQLite leaves nothing
  /// of what they were.
  ///
  /// @param pages by index
  static void replace(
      SqliteSession session, Run run, Map<Integer, byte[]> pages, RunDirectory directory)
      throws SQLException {
    for (var page : pages.entrySet()) {
      overwrite(session, pageId(run.id, page.getKey()), page.getValue());
    }
    var rows = run.directories > 0 ? directory.rows() : List.<byte[]>of();
    for (int i = 0; i < rows.size(); i++) {
      overwrite(session, directoryId(run, i), rows.get(i));
    }
    session.update("update run set version = version + 1 where id = ?", run.id);
  }

  static void discard(SqliteSession session, Run run) throws SQLException {
    session.update("update run set state = ? where id = ?", GARBAGE, run.id);
  }

  /// Deletes discarded pages. @return how many, at most about `most`
  static int sweep(SqliteSession session, int most) throws SQLException {
    int swept = 0;
    for (var run : inState(session, GARBAGE)) {
      long from = pageId(run.id, 0);
      long end = pageId(run.id + 1, 0);
      while (swept < most) {
        var last =
            session.first(
                "select max(id) from (select id from page where id >= ? and id < ? limit 16)",
                row -> row.getLong(1),
                from,
                end);
        long to = last.orElse(0L);
        if (to == 0) {
          session.update("delete from run where id = ?", run.id);
          break;
        }
        swept += session.update("delete from page where id >= ? and id <= ?", from, to);
      }
    }
    return swept;
  }

  private static void insert(SqliteSession session, long id, byte[] row) throws SQLException {
    var insert = session.prepare(INSERT_PAGE);
    insert.setLong(1, id);
    insert.setBytes(2, row);
    insert.executeUpdate();
  }

  private static void overwrite(SqliteSession session, long id, byte[] row) throws SQLException {
    session.update("update page set bytes = ? where id = ?", row, id);
  }

  private static long pageId(long run, int index) {
    return run << PAGE_BITS | index;
  }

  private static long directoryId(Run run, int index) {
    return run.id << PAGE_BITS | FIRST_DIRECTORY + index;
  }
}
