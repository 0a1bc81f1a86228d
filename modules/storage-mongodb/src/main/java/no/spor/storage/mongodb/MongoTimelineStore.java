package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.in;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore;
import no.spor.activity.ViewGapException;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// The timeline view: a document an event, with the terms that it can be found by. `_id` is its
/// place (time, then position) as text that sorts.
///
/// Entries are inserted first and counted as applied afterwards: who stopped in between inserts the
/// same again, and what is there already is passed over.
final class MongoTimelineStore implements TimelineStore {
  private static final String OWN_SOURCE = "/spor";
  private static final String TERMS = "terms";
  private static final int PLACE_DIGITS = 16 + 8 + 16;

  private final MongoViews views;
  private final Documents events;

  MongoTimelineStore(MongoViews views, Documents events) {
    this.views = views;
    this.events = events;
  }

  void createIndexes() {
    events.index(TERMS, "_id");
  }

  @Override
  public long applied() {
    return views.asked(() -> views.state().getInt64("applied").getValue());
  }

  @Override
  public byte[] history() {
    return views.asked(() -> views.state().getBinary("history").getData());
  }

  @Override
  public void apply(List<TimelineEntry> entries, long from, long applied, byte[] history) {
    views.asked(() -> {
      long before = views.state().getInt64("applied").getValue();
      ViewGapException.check(before, from);
      if (applied <= before) {
        return false;
      }
      ViewTerms terms = new ViewTerms();
      List<BsonDocument> documents = new ArrayList<>(entries.size());
      for (TimelineEntry entry : entries) {
        if (entry.position() >= applied) {
          throw new IllegalArgumentException("an entry beyond what is said to be applied");
        }
        if (entry.position() >= before) {
          documents.add(document(entry, terms));
        }
      }
      events.insertWhatIsMissing(documents);
      return views.advance(from, applied, history);
    });
  }

  private static BsonDocument document(TimelineEntry entry, ViewTerms terms) {
    boolean own = entry.source().equals(OWN_SOURCE);
    String tenant = entry.tenant();
    Set<BsonBinary> all = new LinkedHashSet<>();
    all.add(terms.all(tenant, own));
    all.add(terms.type(tenant, own, entry.type()));
    entry.pseudonyms().forEach(pseudonym -> all.add(terms.person(tenant, own, pseudonym)));
    entry.facets().forEach((pointer, value) -> all.add(terms.facet(tenant, own, pointer, value)));
    return new BsonDocument("_id", place(entry.time(), entry.position()))
        .append(TERMS, Bson.array(all));
  }

  private static BsonString place(Instant time, long position) {
    HexFormat hex = HexFormat.of();
    return text(
        hex.toHexDigits(time.getEpochSecond() ^ Long.MIN_VALUE)
            + hex.toHexDigits(time.getNano())
            + hex.toHexDigits(position));
  }

  private static Place place(BsonDocument event) {
    String id = event.getString("_id").getValue();
    long seconds = HexFormat.fromHexDigitsToLong(id, 0, 16) ^ Long.MIN_VALUE;
    int nanos = HexFormat.fromHexDigits(id, 16, 24);
    return new Place(
        Instant.ofEpochSecond(seconds, nanos), HexFormat.fromHexDigitsToLong(id, 24, PLACE_DIGITS));
  }

  @Override
  public Found find(TimelineQuery query) {
    List<BsonDocument> conditions = conditions(query);
    BsonDocument bounds = bounds(query);
    if (conditions.isEmpty() || bounds == null) {
      return new Found(List.of(), null);
    }
    if (!bounds.isEmpty()) {
      conditions.add(with("_id", bounds));
    }
    BsonDocument filter = with("$and", new BsonArray(conditions));
    List<Place> places =
        views.asked(() ->
            events.find(filter, Bson.fields("_id"), Bson.DESCENDING, query.limit() + 1).stream()
                .map(MongoTimelineStore::place)
                .toList());
    return places.size() <= query.limit()
        ? new Found(places, null)
        : new Found(List.copyOf(places.subList(0, query.limit())), places.get(query.limit() - 1));
  }

  /// @return one for each thing that is asked, the rarest first; none where nothing can fit
  private static List<BsonDocument> conditions(TimelineQuery query) {
    String tenant = query.tenant();
    ViewTerms terms = new ViewTerms();
    // An event has terms of Spor's own or others, never both.
    List<Boolean> kinds = query.types().isEmpty() ? List.of(false) : List.of(false, true);
    List<BsonDocument> conditions = new ArrayList<>();
    List<byte[]> pseudonyms = query.pseudonyms();
    if (pseudonyms != null) {
      if (pseudonyms.isEmpty()) {
        return List.of();
      }
      List<BsonBinary> anyOf = new ArrayList<>();
      kinds.forEach(
          own -> pseudonyms.forEach(pseudonym -> anyOf.add(terms.person(tenant, own, pseudonym))));
      conditions.add(with(TERMS, in(anyOf)));
    }
    query
        .facets()
        .forEach((pointer, value) ->
            conditions.add(
                with(
                    TERMS,
                    in(
                        kinds.stream()
                            .map(own -> terms.facet(tenant, own, pointer, value))
                            .toList()))));
    if (!query.types().isEmpty()) {
      Set<BsonBinary> anyOf = new LinkedHashSet<>();
      kinds.forEach(own -> query.types().forEach(type -> anyOf.add(terms.type(tenant, own, type))));
      conditions.add(with(TERMS, in(anyOf)));
    } else if (conditions.isEmpty()) {
      conditions.add(with(TERMS, terms.all(tenant, false)));
    }
    return conditions;
  }

  /// @return null where nothing can lie between
  private static @Nullable BsonDocument bounds(TimelineQuery query) {
    BsonDocument bounds = new BsonDocument();
    Instant from = query.from();
    BsonString lowest = from == null ? null : place(from, 0);
    Instant to = query.to();
    BsonString end = to == null ? null : place(to, 0);
    Place after = query.after();
    if (after != null) {
      BsonString next = place(after.time(), after.position());
      end = end == null || next.compareTo(end) < 0 ? next : end;
    }
    if (lowest != null) {
      bounds.append("$gte", lowest);
    }
    if (end != null) {
      bounds.append("$lt", end);
    }
    return lowest != null && end != null && lowest.compareTo(end) >= 0 ? null : bounds;
  }

  /// What the server's log and its files' old pages keep until they roll over is a hash of a
  /// pseudonym that is nobody's.
  @Override
  public int forget(String tenant, List<byte[]> pseudonyms) {
    return views.asked(() -> {
      ViewTerms terms = new ViewTerms();
      long removed = 0;
      for (byte[] pseudonym : pseudonyms) {
        for (boolean own : new boolean[] {false, true}) {
          BsonBinary term = terms.person(tenant, own, pseudonym);
          removed += events.updateAll(with(TERMS, term), with("$pull", with(TERMS, term)));
        }
      }
      return Math.toIntExact(removed);
    });
  }

  @Override
  public int unlink(List<TimelineEntry> entries) {
    return views.asked(() -> {
      ViewTerms terms = new ViewTerms();
      long removed = 0;
      for (TimelineEntry entry : entries) {
        boolean own = entry.source().equals(OWN_SOURCE);
        for (byte[] pseudonym : entry.pseudonyms()) {
          BsonBinary term = terms.person(entry.tenant(), own, pseudonym);
          BsonDocument linked =
              new BsonDocument("_id", place(entry.time(), entry.position())).append(TERMS, term);
          removed += events.updateAll(linked, with("$pull", with(TERMS, term)));
        }
      }
      return Math.toIntExact(removed);
    });
  }

  /// Does nothing: see [#forget].
  @Override
  public void reclaim() {}

  @Override
  public void clear() {
    views.asked(() -> {
      views.restart();
      return events.delete(Bson.ALL);
    });
  }

  static BsonDocument empty() {
    return new BsonDocument("applied", number(0L)).append("history", bytes(new byte[0]));
  }

  /// Does nothing: the connection is [MongoViews]' to close.
  @Override
  public void close() {}
}
