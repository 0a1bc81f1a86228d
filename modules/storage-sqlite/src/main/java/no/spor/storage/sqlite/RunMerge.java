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
  private final RunBuilder builder;
  private long postings;
  private int pages;
  private @Nullable SqliteSession session;

  RunMerge(SqliteSession session, long id, List<Run> sources) throws SQLException {
    this.id = id;
    this.sources = List.copyOf(sources);
    this.cursors = new ArrayList<>();
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
      for (long left = most; left > 0 && !cursors.isEmpty(); left--) {
        take(within);
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

  private void take(SqliteSession within) throws SQLException {
    var first = cursors.getFirst();
    for (int i = 1; i < cursors.size(); i++) {
      var other = cursors.get(i);
      if (other.compareTo(first) < 0) {
        first = other;
      }
    }
    builder.add(first.high(), first.low(), first.time(), first.position());
    postings++;
    if (!first.next(within)) {
      cursors.remove(first);
    }
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
  private static final class RunCursor implements Comparable<RunCursor> {
    private final Run run;
    private int pageIndex = -1;
    private int listIndex;
    private @Nullable PostingPage page;
    private @Nullable PostingCursor places;
    private long high;
    private int low;
    private long time;
    private long position;

    RunCursor(Run run) {
      this.run = run;
    }

    long high() {
      return high;
    }

    int low() {
      return low;
    }

    long time() {
      return time;
    }

    long position() {
      return position;
    }

    boolean next(SqliteSession session) throws SQLException {
      while (places == null || !places.next()) {
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
        places = page.cursor(listIndex);
      }
      time = places.time();
      position = places.position();
      return true;
    }

    @Override
    public int compareTo(RunCursor other) {
      int by = Long.compare(high, other.high);
      if (by == 0) {
        by = Integer.compare(low, other.low);
      }
      if (by == 0) {
        by = Long.compare(other.time, time);
      }
      return by != 0 ? by : Long.compare(other.position, position);
    }
  }
}
