package no.spor.storage.sqlite;

import java.util.List;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineStore;

/// The timeline view: for each term that events can be found by, their places in order. A page is
/// the newest places that stand in the lists of all terms asked for; each list is read by its key
/// from where the page begins, whatever the size of the view.
final class SqliteTimelineStore implements TimelineStore {
  /// A term's id stands for its hash in the long table. `listed` types are merged where all events
  /// of a tenant are asked for; events of further types are listed under one term together.
  static final String TABLES =
      """
      create table timeline(
        only integer primary key check (only = 1),
        applied integer not null,
        history blob not null,
        terms integer not null);
      create table type(
        tenant text not null,
        own integer not null,
        name text not null,
        term integer not null,
        listed integer not null,
        primary key (tenant, own, name)) without rowid;
      create table term(hash blob primary key, id integer not null) without rowid;
      create table posting(
        term integer not null,
        seconds integer not null,
        nanos integer not null,
        position integer not null,
        primary key (term, seconds, nanos, position)) without rowid;
      """;

  private final SqliteViews views;
  private final TimelineWriter writer = new TimelineWriter();
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
  public void apply(List<TimelineEntry> entries, long applied, byte[] history) {
    save(session -> writer.apply(session, entries, applied, history));
  }

  @Override
  public Found find(TimelineQuery query) {
    return views.read(
        session -> new TimelineSearch(session, query, TimelineSearch.MOST_PLACES).find());
  }

  @Override
  public int forget(String tenant, List<byte[]> pseudonyms) {
    if (views.isOpenHere()) {
      throw new IllegalStateException("what a transaction removes stands in the log until it ends");
    }
    var removed = new int[1];
    save(session -> removed[0] = writer.forget(session, tenant, pseudonyms));
    views.file().rewrite();
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
    views.file().rewrite();
  }

  @Override
  public void clear() {
    save(writer::clear);
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
