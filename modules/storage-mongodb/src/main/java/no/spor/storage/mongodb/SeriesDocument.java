package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import no.spor.vault.PeriodId;
import no.spor.vault.WrappedKey;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/// The keys of all days of one class and policy version of a tenant, and the mark below which there
/// are none, in one document, so that expiring is one write. A day takes about 85 bytes: 16 MiB are
/// five centuries.
final class SeriesDocument {
  private final BsonDocument document;

  /// @param document is changed with this
  SeriesDocument(BsonDocument document) {
    this.document = document;
  }

  static SeriesDocument empty(PeriodId.Series series) {
    return new SeriesDocument(
        new BsonDocument("tenant", text(series.tenant()))
            .append("retention", text(series.retention()))
            .append("version", number(series.policyVersion()))
            .append("days", new BsonDocument())
            .append(PersonDocument.EPOCHS, new org.bson.BsonArray()));
  }

  /// A class's name holds no slash; a tenant's may.
  static BsonString id(PeriodId.Series series) {
    return text(series.policyVersion() + "/" + series.retention() + "/" + series.tenant());
  }

  BsonDocument document() {
    return document;
  }

  PeriodId.Series series() {
    return new PeriodId.Series(
        document.getString("tenant").getValue(),
        document.getString("retention").getValue(),
        document.getInt32("version").getValue());
  }

  boolean isFresh() {
    return document.containsKey(PersonDocument.FRESH);
  }

  void fresh() {
    document.put(PersonDocument.FRESH, BsonBoolean.TRUE);
  }

  @Nullable Integer mark() {
    return document.containsKey("mark") ? document.getInt32("mark").getValue() : null;
  }

  Map<PeriodId, WrappedKey> keys() {
    PeriodId.Series series = series();
    Map<PeriodId, WrappedKey> keys = new LinkedHashMap<>();
    document
        .getDocument("days")
        .forEach((day, key) ->
            keys.put(
                new PeriodId(
                    series.tenant(),
                    series.retention(),
                    series.policyVersion(),
                    Integer.parseInt(day)),
                WrappedKey.of(key.asBinary().getData())));
    return keys;
  }

  void put(int day, WrappedKey key) {
    document.getDocument("days").put(Integer.toString(day), bytes(key.bytes()));
    epochs();
  }

  /// See [PersonDocument#withoutThoseBelow].
  void withoutThoseBelow(int floor) {
    if (isFresh()) {
      document
          .getDocument("days")
          .values()
          .removeIf(key -> WrappedKey.of(key.asBinary().getData()).epoch() < floor);
      epochs();
    }
  }

  /// @return how many keys there were below the mark
  int expire(int firstKept) {
    BsonDocument days = document.getDocument("days");
    int before = days.size();
    days.keySet().removeIf(day -> Integer.parseInt(day) < firstKept);
    document.put("mark", number(firstKept));
    epochs();
    return before - days.size();
  }

  private void epochs() {
    Set<BsonInt32> epochs = new LinkedHashSet<>();
    for (BsonValue key : document.getDocument("days").values()) {
      epochs.add(number(WrappedKey.of(key.asBinary().getData()).epoch()));
    }
    document.put(PersonDocument.EPOCHS, Bson.array(epochs));
  }
}
