package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.text;

import com.mongodb.MongoException;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.WriteModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Changes documents, each for itself in one atomic step, and certainly: a change was made, or
/// there was nothing to change, when this returns.
///
/// Every document has a `state`, a random text that is another after each change. A change is
/// decided on what a majority has, and is written only over that state. Whatever the server
/// answers, or does not, the next read tells whether it was saved; one that was not is decided anew
/// on what stands then. So an attempt of before that arrives late finds another state and does
/// nothing.
final class Changes {
  static final String STATE = "state";

  /// In place of a document that is to be removed.
  static final BsonDocument NOTHING = new BsonDocument();

  private final MongoPlace place;
  private final Documents documents;

  /// Decides what becomes of a document. May be asked more than once, also when an earlier answer
  /// was saved already: it must not count on being asked once.
  @FunctionalInterface
  interface Change {
    /// @param now null where there is none; may be changed and given back
    /// @return null where it is to stay as it is; [#NOTHING] to remove it
    @Nullable BsonDocument of(@Nullable BsonDocument now);
  }

  Changes(MongoPlace place, Documents documents) {
    this.place = place;
    this.documents = documents;
  }

  /// What was changed; one that others have changed since may be left out.
  ///
  /// @param state that the documents have now
  record Changed(Set<BsonString> ids, BsonString state) {}

  /// @throws MongoException where it cannot be said in time what became of it
  void make(BsonString id, Change change) {
    make(Map.of(id, change));
  }

  /// @throws MongoException where it cannot be said in time what became of all
  Changed make(Map<BsonString, Change> changes) {
    BsonString mine = text(UUID.randomUUID());
    Map<BsonString, Change> open = new LinkedHashMap<>(changes);
    Set<BsonString> changed = new HashSet<>();
    Patience patience = place.patient();
    MongoException failure = null;
    do {
      try {
        round(open, changed, mine);
        if (open.isEmpty()) {
          return new Changed(changed, mine);
        }
      } catch (MongoException e) {
        failure = e;
      }
    } while (patience.again());
    throw failure != null ? failure : new MongoException("others were first, repeatedly");
  }

  private void round(Map<BsonString, Change> open, Set<BsonString> changed, BsonString mine) {
    Map<BsonString, BsonDocument> standing = new HashMap<>();
    for (BsonDocument document : documents.withIds(List.copyOf(open.keySet()))) {
      standing.put(document.getString("_id"), document);
    }
    List<WriteModel<BsonDocument>> writes = new ArrayList<>();
    Set<BsonString> written = new HashSet<>();
    for (var wanted : List.copyOf(open.entrySet())) {
      BsonString id = wanted.getKey();
      BsonDocument now = standing.get(id);
      if (now != null && now.getString(STATE).equals(mine)) {
        changed.add(id);
        open.remove(id);
        continue;
      }
      BsonString before = now == null ? null : now.getString(STATE);
      BsonDocument next = wanted.getValue().of(now);
      if (next == null || (next.isEmpty() && before == null)) {
        open.remove(id);
      } else {
        writes.add(write(id, before, next, mine));
        written.add(id);
      }
    }
    if (!writes.isEmpty() && documents.write(writes) == writes.size()) {
      changed.addAll(written);
      open.keySet().removeAll(written);
    }
  }

  private static WriteModel<BsonDocument> write(
      BsonString id, @Nullable BsonString before, BsonDocument next, BsonString mine) {
    if (before == null) {
      return new InsertOneModel<>(next.append("_id", id).append(STATE, mine));
    }
    BsonDocument asRead = new BsonDocument("_id", id).append(STATE, before);
    return next.isEmpty()
        ? new DeleteOneModel<>(asRead)
        : new ReplaceOneModel<>(asRead, next.append("_id", id).append(STATE, mine));
  }
}
