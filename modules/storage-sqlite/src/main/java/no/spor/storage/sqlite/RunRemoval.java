package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import no.spor.storage.sqlite.PlaceStream.Spot;
import no.spor.storage.sqlite.TimelineRuns.Run;
import no.spor.storage.sqlite.TimelineTerms.Term;

/// Takes places out of runs: each page that has some is written over itself without them. Not
/// thread-safe.
final class RunRemoval {
  /// No places named: all of them.
  private final Map<Term, Set<Spot>> gone = new HashMap<>();

  void all(Term term) {
    gone.put(term, Set.of());
  }

  void place(Term term, Spot spot) {
    gone.computeIfAbsent(term, _ -> new HashSet<>()).add(spot);
  }

  /// @return how many places were there
  int from(SqliteSession session, Run run) throws SQLException {
    var directory = TimelineRuns.readDirectory(session, run);
    var pages = new TreeMap<Integer, PostingPage>();
    for (var term : gone.keySet()) {
      int index = directory.locate(term, Spot.NEWEST);
      do {
        var page = pages.containsKey(index) ? null : TimelineRuns.page(session, run, index);
        if (page != null && page.find(term) >= 0) {
          pages.put(index, page);
        }
        index++;
      } while (directory.beginsWith(index, term));
    }
    int removed = 0;
    var left = new HashMap<Integer, byte[]>();
    for (var entry : pages.descendingMap().entrySet()) {
      int index = entry.getKey();
      var without = without(entry.getValue());
      if (without.removed > 0) {
        left.put(index, without.row);
        directory.beginAnew(index, new PostingPage(without.row));
        removed += without.removed;
      }
    }
    if (removed > 0) {
      TimelineRuns.replace(session, run, left, directory);
    }
    return removed;
  }

  /// @param row of the same length as before
  private record Without(byte[] row, int removed) {}

  /// A list that is left is never longer than it was: where a place goes, two differences become
  /// one of at most their bytes.
  private Without without(PostingPage page) {
    int removed = 0;
    var lists = page.rewriter();
    for (int i = 0; i < page.count(); i++) {
      var places = gone.get(page.term(i));
      if (places == null) {
        lists.copy(i);
        continue;
      }
      var kept = new PostingList();
      for (var cursor = page.cursor(i); cursor.next(); ) {
        if (places.isEmpty() || places.contains(new Spot(cursor.time(), cursor.position()))) {
          removed++;
        } else {
          kept.add(cursor.time(), cursor.position());
        }
      }
      if (kept.size > 0) {
        lists.put(page.term(i), kept);
      }
    }
    return new Without(lists.row(), removed);
  }
}
