package no.spor.insight;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import no.spor.activity.TimelineQuery.Place;

/// Where a page ended, as the caller carries it: `01`, 8 bytes of the tenant's hash, seconds,
/// nanoseconds, position, in base64url. Tells nothing that the page did not show. Who makes one up
/// reads from another place in a timeline that is the caller's anyway.
final class Cursor {
  private static final byte VERSION = 1;
  private static final int TENANT_BYTES = 8;
  private static final int BYTES = 1 + TENANT_BYTES + 8 + 4 + 8;
  private static final int CHARACTERS = 39;
  private static final Instant EARLIEST = Instant.parse("1678-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2262-01-01T00:00:00Z");

  private Cursor() {}

  static String of(String tenant, Place place) {
    byte[] bytes =
        ByteBuffer.allocate(BYTES)
            .put(VERSION)
            .put(hash(tenant))
            .putLong(place.time().getEpochSecond())
            .putInt(place.time().getNano())
            .putLong(place.position())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// @throws InvalidQueryException for anything that [#of] does not give for this tenant
  static Place read(String tenant, String text) {
    if (text.length() != CHARACTERS) {
      throw invalid();
    }
    ByteBuffer in;
    try {
      in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw invalid();
    }
    byte[] owner = new byte[TENANT_BYTES];
    if (in.remaining() != BYTES
        || in.get() != VERSION
        || !Arrays.equals(owner(in, owner), hash(tenant))) {
      throw invalid();
    }
    long seconds = in.getLong();
    int nanos = in.getInt();
    long position = in.getLong();
    if (seconds < EARLIEST.getEpochSecond()
        || seconds >= LATEST.getEpochSecond()
        || nanos < 0
        || nanos > 999_999_999
        || position < 0) {
      throw invalid();
    }
    Place place = new Place(Instant.ofEpochSecond(seconds, nanos), position);
    if (!of(tenant, place).equals(text)) {
      throw invalid();
    }
    return place;
  }

  private static byte[] owner(ByteBuffer in, byte[] owner) {
    in.get(owner);
    return owner;
  }

  private static InvalidQueryException invalid() {
    return new InvalidQueryException(
        "The cursor is none of this timeline: give it exactly as the last page's \"next\" has it,"
            + " for the same tenant.");
  }

  private static byte[] hash(String tenant) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("spor/cursor/v1\n".getBytes(StandardCharsets.US_ASCII));
      return Arrays.copyOf(digest.digest(tenant.getBytes(StandardCharsets.UTF_8)), TENANT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
