package no.spor.storage.sqlite;

import java.sql.SQLException;
import no.spor.storage.sqlite.TimelineTerms.Term;

/// Writes a run, page by page. What is added comes by term, and for each term the newest first. Not
/// thread-safe.
final class RunBuilder {
  private static final int MOST_GATHERED = 16_384;
  private final Sink sink;
  private final RunDirectory directory = new RunDirectory();
  private final PageWriter page = new PageWriter();

  private final PostingList gathered = new PostingList();
  private long high;
  private int low;

  /// Where pages go.
  @FunctionalInterface
  interface Sink {
    void page(byte[] row) throws SQLException;
  }

  RunBuilder(Sink sink) {
    this.sink = sink;
  }

  void add(long termHigh, int termLow, long time, long position) throws SQLException {
    boolean same = high == termHigh && low == termLow;
    if (gathered.size > 0 && (!same || gathered.size == MOST_GATHERED)) {
      write(gathered);
      gathered.size = 0;
    }
    high = termHigh;
    low = termLow;
    gathered.add(time, position);
  }

  /// @param list in order
  void add(Term term, PostingList list) throws SQLException {
    high = term.high();
    low = term.low();
    write(list);
  }

  /// @return where what lies
  RunDirectory finish() throws SQLException {
    if (gathered.size > 0) {
      write(gathered);
    }
    if (page.count() > 0) {
      finishPage();
    }
    return directory;
  }

  private void write(PostingList list) throws SQLException {
    for (int from = 0; from < list.size; ) {
      if (!page.hasRoom()) {
        finishPage();
      }
      if (page.count() == 0) {
        long time = list.times[from];
        long position = list.positions[from];
        page.begin(Math.floorDiv(time, PostingCursor.SECOND), position);
        directory.add(high, low, time, position);
      }
      from = page.put(high, low, list, from);
    }
  }

  private void finishPage() throws SQLException {
    sink.page(page.row());
    page.begin(0, 0);
  }
}
