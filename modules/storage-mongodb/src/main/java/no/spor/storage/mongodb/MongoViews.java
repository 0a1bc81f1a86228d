package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;

import com.mongodb.MongoException;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import no.spor.activity.TimelineStore;
import no.spor.activity.ViewGapException;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.storage.mongodb.MongoPlace.Duty;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// The views in MongoDB, shared by several nodes, and how far the processors that fill them have
/// come. Thread-safe.
///
/// There are no transactions: what is written twice is passed over, so a crash between rows and
/// position repeats, and skips nothing. Everything here can be rebuilt from the ledger, so the
/// connection string may ask for less than a majority, or for reads from secondaries.
///
/// Who can write here can make views say less, or more, than the ledger; who can read sees times,
/// and which events of one month are one nameless person's; no name, no pseudonym, no value.
public final class MongoViews implements AutoCloseable {
  private static final Duty DUTY = new Duty("spor views", 1, true);
  private static final BsonString STATE = text("timeline");

  private final MongoPlace place;
  private final Documents meta;
  private final MongoTimelineStore timeline;
  private final MongoProcessorProgress progress;
  private final Documents segments;
  private final String id;

  private MongoViews(MongoPlace place, UUID ledger, Predicate<TimelineStore> fits) {
    this.place = place;
    meta = place.documents(MongoPlace.META);
    segments = place.documents("progress");
    timeline = new MongoTimelineStore(this, place.documents("events"));
    progress = new MongoProcessorProgress(this, segments);
    timeline.createIndexes();
    BsonDocument state = MongoTimelineStore.empty().append("ledger", text(ledger));
    state.append("id", text(UUID.randomUUID()));
    new Changes(place, meta).make(STATE, now -> now == null ? state : null);
    BsonDocument standing = state();
    id = standing.getString("id").getValue();
    if (!standing.getString("ledger").equals(text(ledger)) || !fitsSoon(fits)) {
      discard(ledger);
    }
  }

  /// Opens the views of a database, makes them where there are none. Views of another ledger, or of
  /// another history of this one, are thrown away.
  ///
  /// @param fits whether a view is of the ledger as it stands; asked for a while where it is not,
  ///   as another node may have filled the view with what this one has still to see
  /// @throws MongoStoreException if the database cannot be used
  public static MongoViews open(
      MongoSettings settings, UUID ledger, Predicate<TimelineStore> fits) {
    return open(settings, ledger, fits, Surroundings.REAL);
  }

  static MongoViews open(
      MongoSettings settings, UUID ledger, Predicate<TimelineStore> fits, Surroundings around) {
    MongoPlace place = MongoPlace.open(settings, DUTY, around);
    try {
      return new MongoViews(place, ledger, fits);
    } catch (MongoException e) {
      place.close();
      throw new MongoStoreException("the views' database cannot be used: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private boolean fitsSoon(Predicate<TimelineStore> fits) {
    Patience patience = place.patient();
    do {
      if (fits.test(timeline)) {
        return true;
      }
    } while (patience.again());
    return false;
  }

  /// The ledger's name last: whoever is interrupted begins anew.
  private void discard(UUID ledger) {
    timeline.clear();
    segments.delete(Bson.ALL);
    new Changes(place, meta)
        .make(
            STATE,
            now -> {
              if (now == null || now.getString("ledger").equals(text(ledger))) {
                return null;
              }
              now.put("ledger", text(ledger));
              return now;
            });
  }

  /// @return the timeline view; closing it closes nothing else
  public TimelineStore timeline() {
    return timeline;
  }

  public ProcessorProgress progress() {
    return progress;
  }

  public ViewTransactions transactions() {
    return ViewTransactions.none();
  }

  BsonDocument state() {
    return meta.awaited(STATE)
        .orElseThrow(() -> new MongoException("the view's own document is not there"));
  }

  /// Moves on, never back, and never over what is not there: another node may have thrown the view
  /// away meanwhile.
  boolean advance(long from, long applied, byte[] history) {
    new Changes(place, meta)
        .make(
            STATE,
            now -> {
              if (now == null || now.getInt64("applied").getValue() >= applied) {
                return null;
              }
              ViewGapException.check(now.getInt64("applied").getValue(), from);
              now.put("applied", number(applied));
              now.put("history", bytes(history));
              return now;
            });
    return true;
  }

  void restart() {
    new Changes(place, meta)
        .make(
            STATE,
            now -> {
              if (now == null || now.getInt64("applied").getValue() == 0) {
                return null;
              }
              now.putAll(MongoTimelineStore.empty());
              return now;
            });
  }

  String id() {
    return id;
  }

  <T> T asked(Supplier<T> work) {
    try {
      return work.get();
    } catch (MongoException e) {
      throw new MongoStoreException("the views are out of reach: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
