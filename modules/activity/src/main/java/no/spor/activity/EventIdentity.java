package no.spor.activity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Which event it is, for *once, for good*: 128 bits over (tenant, source, id), `FORMAT.md`. Equal
/// triples give equal identities; others do not, as SHA-256 is collision resistant (2⁶⁴ work for
/// who chooses both).
public record EventIdentity(long high, long low) {
  private static final byte[] LABEL = "spor/event/v1\n".getBytes(StandardCharsets.US_ASCII);

  /// Is only ever copied: asking for a digest costs more than what it is asked for.
  private static final MessageDigest DIGEST = digest();

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Makes identities one after the other, with one digest. Not thread-safe.
  public static final class Maker {
    private final MessageDigest digest = start();
    private byte[] hashed = Arrays.copyOf(LABEL, 256);

    /// @throws IllegalArgumentException for a lone surrogate, or text of 64 KiB and more
    public EventIdentity of(String tenant, String source, String id) {
      return finish(put(id, put(source, put(tenant, LABEL.length))));
    }

    private EventIdentity ofBody(
        byte[] body, int tenant, int tenantEnd, int source, int sourceEnd, String id) {
      int at = put(body, source, sourceEnd, put(body, tenant, tenantEnd, LABEL.length));
      return finish(put(id, at));
    }

    /// Puts a text, its length before it. @return where the next one begins
    private int put(String text, int at) {
      int length = Utf8.length(text);
      int begin = putLength(length, at);
      Utf8.encode(text, hashed, begin);
      return begin + length;
    }

    private int put(byte[] from, int begin, int end, int at) {
      int to = putLength(end - begin, at);
      System.arraycopy(from, begin, hashed, to, end - begin);
      return to + end - begin;
    }

    private int putLength(int length, int at) {
      if (length > 0xffff) {
        throw new IllegalArgumentException("64 KiB and more cannot be part of an identity");
      }
      if (hashed.length < at + 2 + length) {
        hashed = Arrays.copyOf(hashed, 2 * (at + 2 + length));
      }
      hashed[at] = (byte) (length >>> 8);
      hashed[at + 1] = (byte) length;
      return at + 2;
    }

    private EventIdentity finish(int length) {
      digest.update(hashed, 0, length);
      byte[] hash = digest.digest();
      return new EventIdentity((long) LONG.get(hash, 0), (long) LONG.get(hash, 8));
    }
  }

  /// @throws IllegalArgumentException for a lone surrogate, or text of 64 KiB and more
  public static EventIdentity of(String tenant, String source, String id) {
    return new Maker().of(tenant, source, id);
  }

  /// Reads only what it needs of an encoded body; the rest is not checked.
  ///
  /// @param body as [HeaderBodyCodec#encode] gives it
  /// @throws MalformedHeaderBodyException where what is needed cannot be read
  public static EventIdentity ofBody(byte[] body) {
    CborReader in = new CborReader(body);
    HeaderBodyCodec.readHead(in);
    String id = HeaderBodyCodec.readId(in);
    HeaderBodyCodec.expectKey(in, HeaderBodyCodec.SOURCE);
    int source = in.skipString(CborWriter.TEXT);
    int sourceEnd = in.at();
    HeaderBodyCodec.expectKey(in, HeaderBodyCodec.TYPE);
    in.skipString(CborWriter.TEXT);
    HeaderBodyCodec.expectKey(in, HeaderBodyCodec.TIME);
    if (in.peekMajor() == CborWriter.ARRAY) {
      in.count(CborWriter.ARRAY);
      in.integer();
    }
    in.integer();
    HeaderBodyCodec.expectKey(in, HeaderBodyCodec.TENANT);
    int tenant = in.skipString(CborWriter.TEXT);
    return new Maker().ofBody(body, tenant, in.at(), source, sourceEnd, id);
  }

  private static MessageDigest start() {
    try {
      return (MessageDigest) DIGEST.clone();
    } catch (CloneNotSupportedException e) {
      return digest();
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
