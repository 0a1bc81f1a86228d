package no.spor.storage.sqlite;

import java.sql.SQLException;
import no.spor.storage.sqlite.TimelineRuns.Run;
import no.spor.storage.sqlite.TimelineTerms.Term;
import org.jspecify.annotations.Nullable;

/// The places of one term in one run.
final class RunStream implements PlaceStream {
  private final PagesRead pages;
  private final Run run;
  private final RunDirectory directory;
  private final Term term;
  private final Allowance allowance;
  private int pageIndex;
  private @Nullable PostingPage page;
  private int list;
  private @Nullable PostingCursor places;
  private boolean begun;
  private boolean ended;

  RunStream(PagesRead pages, Run run, RunDirectory directory, Term term, Allowance allowance) {
    this.pages = pages;
    this.run = run;
    this.directory = directory;
    this.term = term;
    this.allowance = allowance;
  }

  @Override
  public @Nullable Spot before(Spot bound) throws SQLException {
    if (!begun) {
      begun = true;
      turnTo(directory.locate(term, bound));
      skip(bound);
    } else if (directory.beginsAfter(pageIndex + 1, term, bound)) {
      turnTo(directory.locate(term, bound));
      skip(bound);
    }
    while (!ended) {
      var at = places;
      if (at != null && bound.isAfter(at.time(), at.position())) {
        return new Spot(at.time(), at.position());
      }
      allowance.take(1);
      advance();
    }
    return null;
  }

  /// Passes over what a page has before the place that was looked for: that is no more than a page.
  private void skip(Spot bound) throws SQLException {
    do {
      advance();
    } while (!ended && places != null && !bound.isAfter(places.time(), places.position()));
  }

  private void turnTo(int index) throws SQLException {
    pageIndex = index;
    var turned = pages.page(run, index);
    page = turned;
    list = turned.find(term);
    places = list < 0 ? null : turned.cursor(list);
  }

  private void advance() throws SQLException {
    while (places == null || !places.next()) {
      var here = page;
      if (places != null && here != null && here.continues(list)) {
        list++;
        places = here.cursor(list);
        continue;
      }
      if (!directory.beginsWith(pageIndex + 1, term)) {
        ended = true;
        return;
      }
      turnTo(pageIndex + 1);
    }
  }
}
