package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import no.spor.storage.sqlite.TimelineRuns.Run;
import org.jspecify.annotations.Nullable;

/// The pages of runs that one query reads. Terms are hashes, so two of them seldom share a page of
/// a large run; of a small one they share all there are, and those are read once. For one query;
/// not thread-safe.
final class PagesRead {
  /// Runs of no more pages are small: they are many, as each batch that is added makes one.
  private static final int MOST_PAGES = 8;

  private final SqliteSession session;
  private final Map<Run, @Nullable PostingPage[]> small = new HashMap<>();

  PagesRead(SqliteSession session) {
    this.session = session;
  }

  PostingPage page(Run run, int index) throws SQLException {
    if (run.pages() > MOST_PAGES) {
      return TimelineRuns.page(session, run, index);
    }
    var pages = small.computeIfAbsent(run, one -> new @Nullable PostingPage[one.pages()]);
    var page = pages[index];
    if (page == null) {
      page = TimelineRuns.page(session, run, index);
      pages[index] = page;
    }
    return page;
  }
}
