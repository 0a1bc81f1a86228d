package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore.Found;
import no.spor.storage.sqlite.PlaceStream.Allowance;
import no.spor.storage.sqlite.PlaceStream.Spot;
import no.spor.storage.sqlite.TimelineTerms.Term;
import org.jspecify.annotations.Nullable;

/// Answers one query.
final class TimelineSearch {
  static final String TERM = "select id from term where hash = ?";
  static final String LISTED = "select term from type where tenant = ? and own = 0 and listed = 1";

  /// About a tenth of a second.
  static final int MOST_PLACES = 100_000;

  private final SqliteSession session;
  private final TimelineQuery query;
  private final int most;
  private final TimelineTerms terms = new TimelineTerms();

  /// One condition: a place must stand in a list of any of these terms.
  private record Group(List<Long> ids) {}

  /// @param most places that an intersection looks at before it stops
  TimelineSearch(SqliteSession session, TimelineQuery query, int most) {
    this.session = session;
    this.query = query;
    this.most = most;
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
      places.add(place(spot));
      spot = stream.before(spot);
    }
    var reached = reached(allowances);
    return new Found(places, reached == null || older(reached) ? null : place(reached));
  }

  private Spot start() {
    var start = Spot.NEWEST;
    var to = query.to();
    if (to != null) {
      start = earlier(start, new Spot(to.getEpochSecond(), to.getNano(), Long.MIN_VALUE));
    }
    var after = query.after();
    return after == null
        ? start
        : earlier(
            start,
            new Spot(after.time().getEpochSecond(), after.time().getNano(), after.position()));
  }

  private static Spot earlier(Spot one, Spot other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private boolean older(Spot spot) {
    var from = query.from();
    return from != null && time(spot).isBefore(from);
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

  private static Place place(Spot spot) {
    return new Place(time(spot), spot.position());
  }

  private static Instant time(Spot spot) {
    return Instant.ofEpochSecond(spot.seconds(), spot.nanos());
  }

  /// Adds what answers the query among Spor's own events, or among all others.
  private void add(boolean own, List<PlaceStream> scopes, List<Allowance> allowances)
      throws SQLException {
    var groups = groups(own);
    if (groups.stream().anyMatch(group -> group.ids.isEmpty())) {
      return;
    }
    var allowance = new Allowance(most);
    var streams = new ArrayList<PlaceStream>();
    for (var group : groups) {
      int first = (query.limit() + 1) / group.ids.size() + 1;
      var postings =
          group.ids.stream().map(id -> new PostingStream(session, id, first, allowance)).toList();
      streams.add(PlaceStream.anyOf(postings));
    }
    scopes.add(PlaceStream.allOf(streams, allowance));
    allowances.add(allowance);
  }

  /// The rarest conditions first.
  private List<Group> groups(boolean own) throws SQLException {
    var tenant = query.tenant();
    var groups = new ArrayList<Group>();
    var pseudonyms = query.pseudonyms();
    if (pseudonyms != null) {
      groups.add(group(pseudonyms.stream().map(one -> terms.person(tenant, own, one)).toList()));
    }
    for (var facet : query.facets().entrySet()) {
      groups.add(group(List.of(terms.facet(tenant, own, facet.getKey(), facet.getValue()))));
    }
    if (!query.types().isEmpty()) {
      groups.add(
          group(
              query.types().stream()
                  .distinct()
                  .map(type -> terms.type(tenant, own, type))
                  .toList()));
    } else if (groups.isEmpty()) {
      var all = new ArrayList<>(session.list(LISTED, row -> row.getLong(1), tenant));
      all.addAll(group(List.of(terms.others(tenant))).ids);
      groups.add(new Group(all));
    }
    return groups;
  }

  private Group group(List<Term> anyOf) throws SQLException {
    var ids = new ArrayList<Long>();
    for (var term : anyOf) {
      session.first(TERM, row -> row.getLong(1), term.bytes()).ifPresent(ids::add);
    }
    return new Group(ids);
  }
}
