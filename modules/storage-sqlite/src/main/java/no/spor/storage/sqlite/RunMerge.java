package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import no.spor.storage.sqlite.TimelineRuns.Run;
import org.jspecify.annotations.Nullable;

/// Makes one run of several, a step at a time: each within a transaction, so that none is long.
/// What was made so far is in the file and is not read until all of it is. Not thread-safe.
final class RunMerge {
  private final long id;
  private final List<Run> sources;
  private final List<RunCursor> cursors;
  private final RunCursor[] alike;
  private final RunBuilder builder;
  private long postings;
  private int pages;
  private @Nullable SqliteSession session;

  RunMerge(SqliteSession session, long id, List<Run> sources) throws SQLException {
    this.id = id;
    this.sources = List.copyOf(sources);
    this.cursors = new ArrayList<>();
    this.alike = new RunCursor[sources.size()];
    this.builder = new RunBuilder(this::write);
    TimelineRuns.open(session, id);
    for (var source : sources) {
      var cursor = new RunCursor(source);
      if (cursor.next(session)) {
        cursors.add(cursor);
      }
    }
  }

  List<Run> sources() {
    return sources;
  }

  long size() {
    return sources.stream().mapToLong(Run::postings).sum();
  }

  /// @param most how many places to take
  /// @return whether it is done: the new run is read instead of the others from now on
  boolean step(SqliteSession within, long most) throws SQLException {
    session = within;
    try {
      for (long left = most; left > 0 && !cursors.isEmpty(); ) {
        left -= take(within, left);
      }
      if (!cursors.isEmpty()) {
        return false;
      }
      TimelineRuns.close(within, id, postings, builder.finish());
    } finally {
      session = null;
    }
    for (var source : sources) {
      TimelineRuns.discard(within, source);
    }
    return true;
  }

  /// Takes places of the first term that is left: only those who have places of it are compared.
  ///
  /// @return how many, at most `most`
  private long take(SqliteSession within, long most) throws SQLException {
    int count = 0;
    for (var cursor : cursors) {
      int by = count == 0 ? 0 : cursor.compareTerm(alike[0]);
      if (by <= 0) {
        count = by < 0 ? 0 : count;
        alike[count++] = cursor;
      }
    }
    long high = alike[0].high;
    int low = alike[0].low;
    long taken = 0;
    while (count > 0 && taken < most) {
      int newest = 0;
      for (int i = 1; i < count; i++) {
        newest = alike[i].isNewerThan(alike[newest]) ? i : newest;
      }
      var next = alike[newest];
      builder.add(high, low, next.time, next.position);
      taken++;
      boolean more = next.next(within);
      if (!more) {
        cursors.remove(next);
      }
      if (!more || next.high != high || next.low != low) {
        alike[newest] = alike[--count];
      }
    }
    postings += taken;
    return taken;
  }

  private void write(byte[] row) throws SQLException {
    var within = session;
    if (within == null) {
      throw new IllegalStateException("pages are written within a step");
    }
    TimelineRuns.insertPage(within, id, pages, row);
    pages++;
  }

  /// Walks over all places of a run, by term, then the newest first.
  private static final class RunCursor {
    private final Run run;
    private int pageIndex = -1;
    private int listIndex;
    private @Nullable PostingPage page;
    private final PostingCursor places = new PostingCursor();
    private long high;
    private int low;
    private long time;
    private long position;

    RunCursor(Run run) {
      this.run = run;
    }

    boolean next(SqliteSession session) throws SQLException {
      while (!places.next()) {
        if (page != null && listIndex + 1 < page.count()) {
          listIndex++;
        } else {
          listIndex = 0;
          do {
            pageIndex++;
            if (pageIndex == run.pages()) {
              return false;
            }
            page = TimelineRuns.page(session, run, pageIndex);
          } while (page.count() == 0);
        }
        var term = page.term(listIndex);
        high = term.high();
        low = term.low();
        page.read(listIndex, places);
      }
      time = places.time();
      position = places.position();
      return true;
    }

    int compareTerm(RunCursor other) {
      int by = Long.compare(high, other.high);
      return by != 0 ? by : Integer.compare(low, other.low);
    }

    boolean isNewerThan(RunCursor other) {
      return time != other.time ? time > other.time : position > other.position;
    }
  }
}
