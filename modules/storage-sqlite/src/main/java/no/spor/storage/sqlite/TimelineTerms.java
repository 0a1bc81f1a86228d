package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;

/// What an event can be found by, as 96 bits of SHA-256 each: that it is the tenant's, its type, a
/// person of a month, a facet's value. The tenant is in each, so that tenants are apart; so is
/// whether the event is Spor's own, so that those can be left out. The view's random salt is in
/// each too: nobody can prepare two values that are taken for one. Not thread-safe.
final class TimelineTerms {
  private static final byte TYPE = 1;
  private static final byte ALL = 2;
  private static final byte PERSON = 3;
  private static final byte FACET = 4;

  private final MessageDigest digest;
  private final byte[] salt;

  /// @param high first 64 bits of the hash
  /// @param low next 32 bits
  record Term(long high, int low) implements Comparable<Term> {
    static final int BYTES = 12;

    byte[] bytes() {
      return ByteBuffer.allocate(BYTES).putLong(high).putInt(low).array();
    }

    @Override
    public int compareTo(Term other) {
      int by = Long.compare(high, other.high);
      return by != 0 ? by : Integer.compare(low, other.low);
    }

    @Override
    public int hashCode() {
      return (int) high;
    }
  }

  TimelineTerms(byte[] salt) {
    this.salt = salt.clone();
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// @return for all events of a tenant but Spor's own
  Term all(String tenant) {
    begin(ALL, tenant, false);
    return end();
  }

  Term type(String tenant, boolean own, String type) {
    begin(TYPE, tenant, own);
    put(type);
    return end();
  }

  Term person(String tenant, boolean own, byte[] pseudonym) {
    begin(PERSON, tenant, own);
    digest.update(pseudonym);
    return end();
  }

  Term facet(String tenant, boolean own, String pointer, Object value) {
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
    digest.update(salt);
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

  private Term end() {
    var hash = ByteBuffer.wrap(digest.digest());
    return new Term(hash.getLong(), hash.getInt());
  }
}
