package no.spor.activity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Which event it is, for *once, for good*: 128 bits over (tenant, source, id), `FORMAT.md`. Equal
/// triples give equal identities; others do not, as SHA-256 is collision resistant (2⁶⁴ work for
/// who chooses both).
public record EventIdentity(long high, long low) {
  private static final byte[] LABEL = "spor/event/v1\n".getBytes(StandardCharsets.US_ASCII);

  /// Is only ever copied: asking for a digest costs more than what it is asked for.
  private static final MessageDigest LABELLED = labelled();

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// @throws IllegalArgumentException for a lone surrogate, or text of 64 KiB and more
  public static EventIdentity of(String tenant, String source, String id) {
    MessageDigest digest = start();
    update(digest, tenant);
    update(digest, source);
    update(digest, id);
    return finish(digest);
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
    MessageDigest digest = start();
    update(digest, body, tenant, in.at() - tenant);
    update(digest, body, source, sourceEnd - source);
    update(digest, id);
    return finish(digest);
  }

  private static MessageDigest labelled() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(LABEL);
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static MessageDigest start() {
    try {
      return (MessageDigest) LABELLED.clone();
    } catch (CloneNotSupportedException e) {
      return labelled();
    }
  }

  private static void update(MessageDigest digest, String text) {
    byte[] bytes = new byte[Utf8.length(text)];
    Utf8.encode(text, bytes, 0);
    update(digest, bytes, 0, bytes.length);
  }

  private static void update(MessageDigest digest, byte[] bytes, int from, int length) {
    if (length > 0xffff) {
      throw new IllegalArgumentException("64 KiB and more cannot be part of an identity");
    }
    digest.update((byte) (length >>> 8));
    digest.update((byte) length);
    digest.update(bytes, from, length);
  }

  private static EventIdentity finish(MessageDigest digest) {
    byte[] hash = digest.digest();
    return new EventIdentity((long) LONG.get(hash, 0), (long) LONG.get(hash, 8));
  }
}
