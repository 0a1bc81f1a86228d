package no.spor.storage.mongodb;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import org.bson.BsonBinary;

/// What an event can be found by, as 128 bits of SHA-256 each: that it is the tenant's, its type, a
/// person of a month, a facet's value. The tenant is in each, so that tenants are apart; so is
/// whether the event is Spor's own, so that those can be left out. Not thread-safe.
final class ViewTerms {
  private static final byte ALL = 1;
  private static final byte TYPE = 2;
  private static final byte PERSON = 3;
  private static final byte FACET = 4;
  private static final int TERM_BYTES = 16;

  private final MessageDigest digest;

  ViewTerms() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  BsonBinary all(String tenant, boolean own) {
    begin(ALL, tenant, own);
    return end();
  }

  BsonBinary type(String tenant, boolean own, String type) {
    begin(TYPE, tenant, own);
    put(type);
    return end();
  }

  BsonBinary person(String tenant, boolean own, byte[] pseudonym) {
    begin(PERSON, tenant, own);
    digest.update(pseudonym);
    return end();
  }

  BsonBinary facet(String tenant, boolean own, String pointer, Object value) {
    begin(FACET, tenant, own);
    put(pointer);
    switch (value) {
      case String text -> put('s', text);
      case Long number -> put('n', number.toString());
      case JsonNumber(String text) -> put('n', text);
      case Boolean flag -> put('b', flag.toString());
      case JsonNull ignored -> put('0', "");
      default -> throw new IllegalArgumentException("a facet is a JSON scalar");
    }
    return end();
  }

  private void begin(byte kind, String tenant, boolean own) {
    digest.update(kind);
    digest.update((byte) (own ? 1 : 0));
    put(tenant);
  }

  private void put(char kind, String text) {
    digest.update((byte) kind);
    put(text);
  }

  private void put(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((byte) (bytes.length >>> 16));
    digest.update((byte) (bytes.length >>> 8));
    digest.update((byte) bytes.length);
    digest.update(bytes);
  }

  private BsonBinary end() {
    return Bson.bytes(Arrays.copyOf(digest.digest(), TERM_BYTES));
  }
}
