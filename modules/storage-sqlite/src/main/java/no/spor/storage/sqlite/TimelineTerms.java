package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
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
  private final byte[] hash = new byte[32];

  /// What is hashed, in one piece: the salt, then the rest.
  private byte[] hashed = new byte[256];

  private int length;

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
    System.arraycopy(salt, 0, hashed, 0, salt.length);
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
    put(pseudonym);
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
    length = salt.length;
    reserve(2);
    hashed[length++] = kind;
    hashed[length++] = (byte) (own ? 1 : 0);
    put(tenant);
  }

  private void put(char kind, String text) {
    reserve(1);
    hashed[length++] = (byte) kind;
    put(text);
  }

  private void put(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    reserve(3);
    hashed[length++] = (byte) (bytes.length >>> 16);
    hashed[length++] = (byte) (bytes.length >>> 8);
    hashed[length++] = (byte) bytes.length;
    put(bytes);
  }

  private void put(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, hashed, length, bytes.length);
    length += bytes.length;
  }

  private void reserve(int more) {
    if (hashed.length - length < more) {
      hashed = Arrays.copyOf(hashed, 2 * (length + more));
    }
  }

  private Term end() {
    try {
      digest.update(hashed, 0, length);
      digest.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash", e);
    }
    return new Term(PostingPage.longAt(hash, 0), PostingPage.intAt(hash, 8));
  }
}
