package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStoreException;
import no.spor.storage.mongodb.MongoPlace.Duty;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Checkpoints in a database of their own: in no dump that is put back with the ledger's.
/// Thread-safe; every write is in the journals of a majority when it returns.
///
/// The newest is one document, which compare-and-set replaces. Before it makes way for one of
/// another hour it is copied to the history: what a crash leaves between is copied by the next.
public final class MongoCheckpointStore implements CheckpointStore {
  private static final Duty DUTY = new Duty("spor checkpoints", 1, false);
  private static final BsonString NEWEST = text("newest");
  private static final String STATEMENT = "statement/";

  private final MongoPlace place;
  private final Documents single;
  private final Documents past;
  private final AtomicLong seen = new AtomicLong(-1);

  private MongoCheckpointStore(MongoPlace place) {
    this.place = place;
    this.single = place.documents("checkpoints");
    this.past = place.documents("history");
  }

  /// @throws MongoStoreException if the database cannot be used, or does not keep what is asked
  public static MongoCheckpointStore open(MongoSettings settings) {
    return open(settings, Surroundings.REAL);
  }

  static MongoCheckpointStore open(MongoSettings settings, Surroundings around) {
    MongoPlace place = MongoPlace.open(settings, DUTY, around);
    try {
      MongoCheckpointStore store = new MongoCheckpointStore(place);
      store.past.index("origin", "size");
      return store;
    } catch (MongoException e) {
      place.close();
      throw new MongoStoreException("the checkpoints' database cannot be used", e);
    }
  }

  @Override
  public Optional<Published> newest() {
    return asked(() -> newestDocument().map(MongoCheckpointStore::published));
  }

  /// Believes no answer that is behind an earlier one.
  private Optional<BsonDocument> newestDocument() {
    Patience patience = place.patient();
    do {
      Optional<BsonDocument> found = single.withId(NEWEST);
      long number = found.map(one -> one.getInt64("change").getValue()).orElse(-1L);
      if (number >= seen.get()) {
        seen.accumulateAndGet(number, Math::max);
        return found;
      }
    } while (patience.again());
    throw new LedgerStoreException("the checkpoints' database shows less than it has shown", null);
  }

  @Override
  public boolean publish(@Nullable Checkpoint previous, Published next) {
    next.checkpoint().requireContinues(previous);
    try {
      BsonDocument before = newestDocument().orElse(null);
      if (before == null ? previous != null : !isOf(before, previous)) {
        return false;
      }
      boolean moves = before != null && !gives(published(before), next);
      if (before != null && moves) {
        keep(before);
      }
      long hours = before == null ? 0 : before.getInt64("n").getValue() + (moves ? 1 : 0);
      long change = before == null ? 0 : before.getInt64("change").getValue() + 1;
      var changed =
          new Changes(place, single)
              .make(
                  Map.of(
                      NEWEST,
                      now ->
                          (now == null ? before == null : sameChange(now, before))
                              ? document(next)
                                  .append("n", number(hours))
                                  .append("change", number(change))
                              : null));
      return !changed.ids().isEmpty();
    } catch (MongoException e) {
      throw new LedgerOutcomeUnknownException("whether it is published cannot be read", e);
    }
  }

  private static boolean isOf(BsonDocument document, @Nullable Checkpoint checkpoint) {
    return published(document).checkpoint().equals(checkpoint);
  }

  private static boolean sameChange(BsonDocument now, @Nullable BsonDocument before) {
    return before != null && now.getString(Changes.STATE).equals(before.getString(Changes.STATE));
  }

  private static boolean gives(Published before, Published next) {
    return before.checkpoint().origin().equals(next.checkpoint().origin())
        && hour(before) == hour(next);
  }

  private static long hour(Published one) {
    return Math.floorDiv(one.atMillis(), TimeUnit.HOURS.toMillis(1));
  }

  /// A late copy of what was replaced within its hour gives way.
  private void keep(BsonDocument newest) {
    long change = newest.getInt64("change").getValue();
    new Changes(place, past)
        .make(
            text("%016x".formatted(newest.getInt64("n").getValue())),
            now -> {
              if (now != null && now.getInt64("change").getValue() >= change) {
                return null;
              }
              return newest.clone();
            });
  }

  @Override
  public List<Published> history(String origin, long fromSize, int max) {
    return asked(() -> {
      Optional<BsonDocument> newest = newestDocument();
      BsonDocument filter =
          new BsonDocument("origin", text(origin))
              .append("size", with("$gte", number(fromSize)))
              .append(
                  "n",
                  with(
                      "$lt",
                      newest.<org.bson.BsonValue>map(one -> one.getInt64("n")).orElse(number(0L))));
      List<Published> found = new ArrayList<>();
      past.find(filter, Bson.ALL, Bson.ASCENDING, max).forEach(one -> found.add(published(one)));
      newest
          .map(MongoCheckpointStore::published)
          .filter(one -> one.checkpoint().origin().equals(origin))
          .filter(one -> one.checkpoint().size() >= fromSize && found.size() < max)
          .ifPresent(found::add);
      return found;
    });
  }

  @Override
  public Optional<Published> atMost(String origin, long size) {
    return asked(() -> {
      Optional<BsonDocument> newest = newestDocument();
      Optional<Published> fitting =
          newest
              .map(MongoCheckpointStore::published)
              .filter(one -> one.checkpoint().origin().equals(origin))
              .filter(one -> one.checkpoint().size() <= size);
      if (fitting.isPresent() || newest.isEmpty()) {
        return fitting;
      }
      BsonDocument filter =
          new BsonDocument("origin", text(origin))
              .append("size", with("$lte", number(size)))
              .append("n", with("$lt", newest.get().getInt64("n")));
      BsonDocument largest = new BsonDocument("size", number(-1)).append("_id", number(-1));
      return past.find(filter, Bson.ALL, largest, 1).stream()
          .findFirst()
          .map(MongoCheckpointStore::published);
    });
  }

  @Override
  public Optional<Published> cosigned(String origin) {
    return asked(
        () -> single.withId(text("cosigned/" + origin)).map(MongoCheckpointStore::published));
  }

  @Override
  public void keepCosigned(Published cosigned) {
    asked(() -> {
      new Changes(place, single)
          .make(
              text("cosigned/" + cosigned.checkpoint().origin()),
              now ->
                  now != null && now.getInt64("size").getValue() > cosigned.checkpoint().size()
                      ? null
                      : document(cosigned));
      return true;
    });
  }

  @Override
  public List<String> keyStatements() {
    return asked(() -> {
      BsonDocument range =
          new BsonDocument("$gte", text(STATEMENT)).append("$lt", text(STATEMENT + "~"));
      return single.find(with("_id", range)).stream()
          .map(one -> one.getString("note").getValue())
          .toList();
    });
  }

  @Override
  public boolean addKeyStatement(int index, String note) {
    List<String> standing = keyStatements();
    if (index != standing.size()) {
      return false;
    }
    try {
      BsonString id = text(STATEMENT + "%010d".formatted(index));
      return !new Changes(place, single)
          .make(Map.of(id, now -> now == null ? with("note", text(note)) : null))
          .ids()
          .isEmpty();
    } catch (MongoException e) {
      throw new LedgerOutcomeUnknownException("whether it was added cannot be read", e);
    }
  }

  private static BsonDocument document(Published one) {
    return new BsonDocument("origin", text(one.checkpoint().origin()))
        .append("size", number(one.checkpoint().size()))
        .append("root", bytes(one.checkpoint().root()))
        .append("note", text(one.note()))
        .append("at", number(one.atMillis()));
  }

  private static Published published(BsonDocument document) {
    return new Published(
        new Checkpoint(
            document.getString("origin").getValue(),
            document.getInt64("size").getValue(),
            document.getBinary("root").getData()),
        document.getString("note").getValue(),
        document.getInt64("at").getValue());
  }

  private static <T> T asked(Supplier<T> work) {
    try {
      return work.get();
    } catch (MongoException e) {
      throw new LedgerStoreException("the checkpoints are out of reach", e);
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
