package no.spor.storage.mongodb;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/// Short names for the values and filters that the stores use.
final class Bson {
  static final BsonDocument ALL = new BsonDocument();
  static final BsonDocument ASCENDING = with("_id", number(1));
  static final BsonDocument DESCENDING = with("_id", number(-1));

  private Bson() {}

  static BsonDocument with(String key, BsonValue value) {
    return new BsonDocument(key, value);
  }

  static BsonString text(String text) {
    return new BsonString(text);
  }

  static BsonString text(UUID id) {
    return new BsonString(id.toString());
  }

  static BsonInt64 number(long number) {
    return new BsonInt64(number);
  }

  static BsonInt32 number(int number) {
    return new BsonInt32(number);
  }

  static BsonBinary bytes(byte[] bytes) {
    return new BsonBinary(bytes);
  }

  static BsonBinary bytes(UUID id) {
    return new BsonBinary(
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array());
  }

  static UUID uuid(BsonValue bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes.asBinary().getData());
    return new UUID(in.getLong(), in.getLong());
  }

  static BsonArray array(Collection<? extends BsonValue> values) {
    return new BsonArray(List.copyOf(values));
  }

  static BsonDocument in(Collection<? extends BsonValue> values) {
    return with("$in", array(values));
  }

  static BsonDocument anyOf(BsonDocument... filters) {
    return with("$or", array(Arrays.asList(filters)));
  }

  static BsonDocument fields(String... names) {
    BsonDocument fields = new BsonDocument();
    for (String name : names) {
      fields.append(name, number(1));
    }
    return fields;
  }
}
