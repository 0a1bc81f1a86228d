package no.spor.storage.sqlite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import no.spor.storage.sqlite.PlaceStream.Spot;
import no.spor.storage.sqlite.TimelineTerms.Term;

/// What each page of a run begins with: term, time and position. Thread-safe once it is made.
final class RunDirectory {
  private static final int KEY_BYTES = Term.BYTES + 16;
  private static final int KEYS_A_ROW = (PostingPage.MOST_BYTES - 2) / KEY_BYTES;

  private long[] high = new long[4];
  private int[] low = new int[4];
  private long[] times = new long[4];
  private long[] positions = new long[4];
  private int pages;

  void add(long termHigh, int termLow, long time, long position) {
    if (pages == high.length) {
      high = Arrays.copyOf(high, 2 * pages);
      low = Arrays.copyOf(low, 2 * pages);
      times = Arrays.copyOf(times, 2 * pages);
      positions = Arrays.copyOf(positions, 2 * pages);
    }
    high[pages] = termHigh;
    low[pages] = termLow;
    times[pages] = time;
    positions[pages] = position;
    pages++;
  }

  int pages() {
    return pages;
  }

  /// @return the page with the newest place of the term before `bound`, if the run has one: then it
  ///   is there, or where the next page begins
  int locate(Term term, Spot bound) {
    int from = 0;
    int to = pages;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (begins(middle, term, bound)) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return Math.max(0, from - 1);
  }

  /// @return whether the page begins no later than with the term's newest place before `bound`
  private boolean begins(int page, Term term, Spot bound) {
    if (high[page] != term.high()) {
      return high[page] < term.high();
    }
    if (low[page] != term.low()) {
      return low[page] < term.low();
    }
    return !bound.isAfter(times[page], positions[page]);
  }

  /// @return whether the page is there and begins in the middle of the term's list, or with it
  boolean beginsWith(int page, Term term) {
    return page < pages && high[page] == term.high() && low[page] == term.low();
  }

  /// @return whether the page is there and begins with a place of the term that is not before
  ///   `bound`
  boolean beginsAfter(int page, Term term, Spot bound) {
    return beginsWith(page, term) && !bound.isAfter(times[page], positions[page]);
  }

  /// Takes what a page begins with now in place of what it began with. Where it is empty, it begins
  /// with what is next to it.
  void beginAnew(int index, PostingPage page) {
    if (page.count() > 0) {
      var term = page.term(0);
      var first = page.cursor(0);
      first.next();
      put(index, term.high(), term.low(), first.time(), first.position());
    } else if (index + 1 < pages) {
      put(index, high[index + 1], low[index + 1], times[index + 1], positions[index + 1]);
    } else {
      put(index, Long.MAX_VALUE, Integer.MAX_VALUE, Long.MIN_VALUE, 0);
    }
  }

  private void put(int page, long termHigh, int termLow, long time, long position) {
    high[page] = termHigh;
    low[page] = termLow;
    times[page] = time;
    positions[page] = position;
  }

  /// @return as rows, of lengths that depend on the number of pages alone
  List<byte[]> rows() {
    var rows = new ArrayList<byte[]>();
    for (int from = 0; from < pages; from += KEYS_A_ROW) {
      int to = Math.min(pages, from + KEYS_A_ROW);
      var row = PostingPage.rowFor(2 + (to - from) * KEY_BYTES);
      int at = PostingPage.paddingOf(row);
      PostingPage.putShort(row, at, to - from);
      at += 2;
      for (int i = from; i < to; i++, at += KEY_BYTES) {
        PostingPage.putLong(row, at, high[i]);
        PostingPage.putInt(row, at + 8, low[i]);
        PostingPage.putLong(row, at + Term.BYTES, times[i]);
        PostingPage.putLong(row, at + Term.BYTES + 8, positions[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  static RunDirectory of(List<byte[]> rows) {
    var directory = new RunDirectory();
    for (var row : rows) {
      int at = PostingPage.paddingOf(row);
      int count = (row[at] & 0xff) << 8 | row[at + 1] & 0xff;
      at += 2;
      for (int i = 0; i < count; i++, at += KEY_BYTES) {
        directory.add(
            PostingPage.longAt(row, at),
            PostingPage.intAt(row, at + 8),
            PostingPage.longAt(row, at + Term.BYTES),
            PostingPage.longAt(row, at + Term.BYTES + 8));
      }
    }
    return directory;
  }
}
