package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.List;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineStore;

/// The timeline view: for each term that events can be found by, their places in order. A page is
/// the newest places that stand in the lists of all terms asked for; each list is read from where
/// the page begins, whatever the size of the view.
///
/// Lists lie in runs: what is added in one go is a run, and runs of about one size are made one in
/// the background of what is added next. So a place is written a few times in all, in long
/// stretches, and there are few runs to look into.
final class SqliteTimelineStore implements TimelineStore {
  static final String TABLES =
      """
      create table timeline(
        only integer primary key check (only = 1),
        applied integer not null,
        history blob not null,
        salt blob not null);
      """
          + TimelineRuns.TABLES;

  private final SqliteViews views;
  private final TimelineRuns runs = new TimelineRuns();
  private final TimelineWriter writer = new TimelineWriter(runs);
  private long undone;

  SqliteTimelineStore(SqliteViews views) {
    this.views = views;
    this.undone = views.undone();
  }

  @Override
  public long applied() {
    return views.read(session -> session.number("select applied from timeline"));
  }

  @Override
  public byte[] history() {
    return views.read(session ->
        session.first("select history from timeline", row -> row.getBytes(1)).orElseThrow());
  }

  @Override
  public void apply(List<TimelineEntry> entries, long from, long applied, byte[] history) {
    save(session -> writer.apply(session, entries, from, applied, history));
  }

  @Override
  public Found find(TimelineQuery query) {
    return views.read(
        session -> new TimelineSearch(session, runs, query, TimelineSearch.MOST_PLACES).find());
  }

  @Override
  public int forget(String tenant, List<byte[]> pseudonyms) {
    if (views.isOpenHere()) {
      throw new IllegalStateException("what a transaction removes stands in the log until it ends");
    }
    var removed = new int[1];
    save(session -> removed[0] = writer.forget(session, tenant, pseudonyms));
    views.file().truncateLog();
    return removed[0];
  }

  @Override
  public int unlink(List<TimelineEntry> entries) {
    var removed = new int[1];
    save(session -> removed[0] = writer.unlink(session, entries));
    return removed[0];
  }

  @Override
  public void reclaim() {
    if (views.isOpenHere()) {
      throw new IllegalStateException("what a transaction removes stands in the log until it ends");
    }
    views.file().truncateLog();
  }

  @Override
  public void clear() {
    save(writer::clear);
  }

  static byte[] salt(SqliteSession session) throws SQLException {
    return session.first("select salt from timeline", row -> row.getBytes(1)).orElseThrow();
  }

  TimelineRuns runs() {
    return runs;
  }

  /// Does nothing: the file is [SqliteViews]' to close.
  @Override
  public void close() {}

  /// What the writer remembers is of the file as it was written; it forgets it where that was
  /// undone. There is one writer at a time.
  private void save(SqliteSession.Task task) {
    views.write(session -> {
      long now = views.undone();
      if (now != undone) {
        undone = now;
        writer.forgetLearned();
      }
      task.in(session);
      return true;
    });
  }
}
