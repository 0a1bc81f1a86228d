package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import no.spor.storage.sqlite.TimelineRuns.Run;
import no.spor.storage.sqlite.TimelineTerms.Term;

/// Adds runs and keeps them few: as soon as there are [#FEWEST] of about one size they become one.
/// That work is done beside what is added, in proportion to it, so no transaction is long. Used by
/// one thread at a time, within the file's only write transaction.
final class RunMerging {
  private static final int FEWEST = 4;
  private static final int SMALLEST_POSTINGS = 64;

  /// What is no more is merged at once.
  private static final int AT_ONCE_POSTINGS = 1 << 17;

  /// How many places are merged for each that is added: so much that a merge is over long before
  /// there is enough for the next of that size.
  private static final int PACE = 4;

  private static final int PAGES_SWEPT = 256;
  private static final int FREED_PAGES = 1_024;

  private final TimelineRuns runs;
  private final List<RunMerge> merges = new ArrayList<>();
  private long next;
  private boolean learned;

  RunMerging(TimelineRuns runs) {
    this.runs = runs;
  }

  void add(SqliteSession session, Map<Term, PostingList> lists) throws SQLException {
    learn(session);
    long id = next++;
    var pages = new int[1];
    var builder =
        new RunBuilder(row -> {
          TimelineRuns.insertPage(session, id, pages[0], row);
          pages[0]++;
        });
    var byTerm = new ArrayList<>(lists.entrySet());
    byTerm.sort(Map.Entry.comparingByKey());
    long postings = 0;
    for (var entry : byTerm) {
      var list = entry.getValue();
      list.sort();
      builder.add(entry.getKey(), list);
      postings += list.size;
    }
    TimelineRuns.open(session, id);
    TimelineRuns.close(session, id, postings, builder.finish());
    merge(session, postings);
    if (TimelineRuns.sweep(session, PAGES_SWEPT) > 0) {
      shrink(session);
    }
  }

  /// Gives back what merges have freed, unless the next one will need it soon.
  private static void shrink(SqliteSession session) throws SQLException {
    if (session.number("pragma freelist_count") > session.number("pragma page_count") / 4) {
      session.execute("pragma incremental_vacuum(" + FREED_PAGES + ")");
    }
  }

  private void merge(SqliteSession session, long added) throws SQLException {
    for (var merge : List.copyOf(merges)) {
      if (merge.step(session, PACE * added)) {
        merges.remove(merge);
      }
    }
    for (var begun = begin(session); !begun.isEmpty(); begun = begin(session)) {
      for (var merge : begun) {
        boolean ended =
            merge.step(session, merge.size() <= AT_ONCE_POSTINGS ? Long.MAX_VALUE : PACE * added);
        if (!ended) {
          merges.add(merge);
        }
      }
    }
  }

  /// @return merges of runs of which there are enough of a size
  private List<RunMerge> begin(SqliteSession session) throws SQLException {
    Set<Run> taken = new HashSet<>();
    merges.forEach(merge -> taken.addAll(merge.sources()));
    var bySize = new TreeMap<Integer, List<Run>>();
    for (var run : runs.live(session)) {
      if (!taken.contains(run)) {
        bySize.computeIfAbsent(size(run), _ -> new ArrayList<>()).add(run);
      }
    }
    List<RunMerge> begun = new ArrayList<>();
    for (var alike : bySize.values()) {
      if (alike.size() >= FEWEST) {
        begun.add(new RunMerge(session, next++, alike));
      }
    }
    return begun;
  }

  /// @return the same for runs of about one size: those that [#FEWEST] of the size below make
  private static int size(Run run) {
    int size = 0;
    for (long most = SMALLEST_POSTINGS; run.postings() >= most; most *= FEWEST) {
      size++;
    }
    return size;
  }

  /// Lets go of all merges that are not over, and of every byte of them.
  void abandon(SqliteSession session) throws SQLException {
    learned = false;
    learn(session);
    while (TimelineRuns.sweep(session, PAGES_SWEPT) > 0) {
      // Until nothing is left.
    }
  }

  void forgetLearned() {
    learned = false;
  }

  private void learn(SqliteSession session) throws SQLException {
    if (!learned) {
      merges.clear();
      session.update(
          "update run set state = ? where state = ?", TimelineRuns.GARBAGE, TimelineRuns.OPEN);
      next = Math.max(next, 1 + session.number("select max(id) from run"));
      learned = true;
    }
  }
}
