package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore.Found;
import no.spor.storage.sqlite.PlaceStream.Allowance;
import no.spor.storage.sqlite.PlaceStream.Spot;
import no.spor.storage.sqlite.TimelineRuns.Run;
import no.spor.storage.sqlite.TimelineTerms.Term;
import org.jspecify.annotations.Nullable;

/// Answers one query.
final class TimelineSearch {
  /// About a tenth of a second.
  static final int MOST_PLACES = 1_000_000;

  private final SqliteSession session;
  private final PagesRead pages;
  private final TimelineQuery query;
  private final int most;
  private final TimelineRuns runs;
  private final List<Run> live;
  private final TimelineTerms terms;

  /// @param most places that an intersection looks at before it stops
  TimelineSearch(SqliteSession session, TimelineRuns runs, TimelineQuery query, int most)
      throws SQLException {
    this.session = session;
    this.pages = new PagesRead(session);
    this.query = query;
    this.most = most;
    this.runs = runs;
    this.live = runs.live(session);
    this.terms = new TimelineTerms(SqliteTimelineStore.salt(session));
  }

  Found find() throws SQLException {
    var allowances = new ArrayList<Allowance>();
    var scopes = new ArrayList<PlaceStream>();
    add(false, scopes, allowances);
    if (!query.types().isEmpty()) {
      add(true, scopes, allowances);
    }
    return scopes.isEmpty()
        ? new Found(List.of(), null)
        : page(PlaceStream.anyOf(scopes), allowances);
  }

  private Found page(PlaceStream stream, List<Allowance> allowances) throws SQLException {
    var places = new ArrayList<Place>();
    var spot = stream.before(start());
    while (spot != null && !older(spot) && decided(spot, allowances)) {
      if (places.size() == query.limit()) {
        return new Found(places, places.getLast());
      }
      places.add(spot.place());
      spot = stream.before(spot);
    }
    var reached = reached(allowances);
    return new Found(places, reached == null || older(reached) ? null : reached.place());
  }

  private Spot start() {
    var start = Spot.NEWEST;
    var to = query.to();
    if (to != null) {
      start = earlier(start, Spot.at(to, Long.MIN_VALUE));
    }
    var after = query.after();
    return after == null ? start : earlier(start, Spot.at(after.time(), after.position()));
  }

  private static Spot earlier(Spot one, Spot other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private boolean older(Spot spot) {
    var from = query.from();
    return from != null && spot.time() < Spot.nanos(from);
  }

  private static boolean decided(Spot spot, List<Allowance> allowances) {
    var reached = reached(allowances);
    return reached == null || spot.compareTo(reached) >= 0;
  }

  private static @Nullable Spot reached(List<Allowance> allowances) {
    Spot newest = null;
    for (var allowance : allowances) {
      var reached = allowance.reached();
      if (reached != null && (newest == null || reached.compareTo(newest) > 0)) {
        newest = reached;
      }
    }
    return newest;
  }

  /// Adds what answers the query among Spor's own events, or among all others.
  private void add(boolean own, List<PlaceStream> scopes, List<Allowance> allowances)
      throws SQLException {
    var groups = groups(own);
    if (groups.stream().anyMatch(List::isEmpty)) {
      return;
    }
    var allowance = new Allowance(most);
    var streams = new ArrayList<PlaceStream>();
    for (var anyOf : groups) {
      var postings = new ArrayList<PlaceStream>();
      for (var term : anyOf) {
        for (var run : live) {
          postings.add(new RunStream(pages, run, runs.directory(session, run), term, allowance));
        }
      }
      streams.add(PlaceStream.anyOf(postings));
    }
    scopes.add(PlaceStream.allOf(streams, allowance));
    allowances.add(allowance);
  }

  /// Conditions: a place must stand in a list of any of the terms of each. The rarest come first.
  private List<List<Term>> groups(boolean own) {
    var tenant = query.tenant();
    var groups = new ArrayList<List<Term>>();
    var pseudonyms = query.pseudonyms();
    if (pseudonyms != null) {
      groups.add(pseudonyms.stream().map(one -> terms.person(tenant, own, one)).toList());
    }
    for (var facet : query.facets().entrySet()) {
      groups.add(List.of(terms.facet(tenant, own, facet.getKey(), facet.getValue())));
    }
    if (!query.types().isEmpty()) {
      groups.add(
          query.types().stream().distinct().map(type -> terms.type(tenant, own, type)).toList());
    } else if (groups.isEmpty()) {
      groups.add(List.of(terms.all(tenant)));
    }
    return groups;
  }
}
