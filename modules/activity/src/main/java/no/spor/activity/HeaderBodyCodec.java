package no.spor.activity;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.activity.MalformedHeaderBodyException.Flaw;
import org.jspecify.annotations.Nullable;

/// The bytes of a [HeaderBody]: deterministic CBOR (RFC 8949 §4.2.1) as `FORMAT.md` says. One value
/// has one encoding, and only that is read. Stateless.
public final class HeaderBodyCodec {
  static final int VERSION = 1;
  static final int ID = 1;
  static final int SOURCE = 2;
  static final int TYPE = 3;
  static final int TIME = 4;
  static final int TENANT = 5;
  private static final int RETENTION = 6;
  private static final int POLICY_VERSION = 7;
  private static final int CATALOGUE_VERSION = 8;
  private static final int ROLES = 9;
  private static final int FACETS = 10;
  private static final int TAGS = 11;

  private static final int UUID_TAG = 37;
  private static final int JSON_TAG = 262;
  private static final long EARLIEST = Instant.parse("1678-01-01T00:00:00Z").getEpochSecond();
  private static final long LATEST = Instant.parse("2262-01-01T00:00:00Z").getEpochSecond() - 1;
  private static final HexFormat HEX = HexFormat.of();

  private HeaderBodyCodec() {}

  /// @throws IllegalArgumentException for what the format cannot say: a lone surrogate, a time
  ///   outside of the years 1678 to 2261, a facet or number that is none, tags out of order
  public static byte[] encode(HeaderBody body) {
    CborWriter out = new CborWriter(likelyLength(body));
    int entries = 10 + (body.facets().isEmpty() ? 0 : 1) + (body.tags().isEmpty() ? 0 : 1);
    out.head(CborWriter.MAP, entries);
    out.integer(0);
    out.integer(VERSION);
    out.integer(ID);
    writeId(out, body.id());
    out.integer(SOURCE);
    out.text(body.source());
    out.integer(TYPE);
    out.text(body.type());
    out.integer(TIME);
    writeTime(out, body.time());
    out.integer(TENANT);
    out.text(body.tenant());
    out.integer(RETENTION);
    out.text(body.retention());
    out.integer(POLICY_VERSION);
    out.head(CborWriter.UINT, notNegative(body.policyVersion()));
    out.integer(CATALOGUE_VERSION);
    out.head(CborWriter.UINT, notNegative(body.catalogueVersion()));
    out.integer(ROLES);
    out.head(CborWriter.BYTES, body.roles().size());
    for (Role role : body.roles()) {
      out.simple(role.code());
    }
    if (!body.facets().isEmpty()) {
      out.integer(FACETS);
      writeFacets(out, body.facets());
    }
    if (!body.tags().isEmpty()) {
      out.integer(TAGS);
      writeTags(out, body.tags());
    }
    return out.toBytes();
  }

  /// So much room that most bodies fit, and not much more.
  private static int likelyLength(HeaderBody body) {
    int length =
        40
            + body.id().length()
            + body.source().length()
            + body.type().length()
            + body.tenant().length()
            + body.retention().length();
    return length + 32 * (body.facets().size() + body.tags().size());
  }

  /// @throws MalformedHeaderBodyException for anything but the one encoding of a body
  public static HeaderBody decode(byte[] bytes) {
    CborReader in = new CborReader(bytes);
    int entries = readHead(in);
    String id = readId(in);
    expectKey(in, SOURCE);
    String source = in.text();
    expectKey(in, TYPE);
    String type = in.text();
    expectKey(in, TIME);
    Instant time = readTime(in);
    expectKey(in, TENANT);
    String tenant = in.text();
    expectKey(in, RETENTION);
    String retention = in.text();
    expectKey(in, POLICY_VERSION);
    int policyVersion = in.number();
    expectKey(in, CATALOGUE_VERSION);
    int catalogueVersion = in.number();
    expectKey(in, ROLES);
    List<Role> roles = readRoles(in);
    Map<String, Object> facets = Map.of();
    List<EventTag> tags = List.of();
    int left = entries - 10;
    if (left > 0 && peekKey(in) == FACETS) {
      in.number();
      facets = readFacets(in);
      left--;
    }
    if (left > 0) {
      expectKey(in, TAGS);
      tags = readTags(in);
      left--;
    }
    if (left > 0) {
      throw in.flaw(peekKey(in) <= TAGS ? Flaw.NOT_DETERMINISTIC : Flaw.UNKNOWN_KEY);
    }
    if (!in.atEnd()) {
      throw in.flaw(Flaw.SURPLUS_BYTES);
    }
    return new HeaderBody(
        id,
        source,
        type,
        time,
        tenant,
        retention,
        policyVersion,
        catalogueVersion,
        roles,
        facets,
        tags);
  }

  /// Reads the map's head, the version and the key of the id. @return how many entries the map has
  static int readHead(CborReader in) {
    int entries = in.count(CborWriter.MAP);
    expectKey(in, 0);
    if (in.number() != VERSION) {
      throw in.flaw(Flaw.UNKNOWN_VERSION);
    }
    if (entries < 10) {
      throw in.flaw(Flaw.MISSING_KEY);
    }
    expectKey(in, ID);
    return entries;
  }

  static void expectKey(CborReader in, int key) {
    int found = peekKey(in);
    if (found != key) {
      throw in.flaw(
          found > TAGS
              ? Flaw.UNKNOWN_KEY
              : found < key ? Flaw.NOT_DETERMINISTIC : Flaw.MISSING_KEY);
    }
    in.skipInitialByte();
  }

  private static int peekKey(CborReader in) {
    int initial = in.peek();
    if (initial >>> 5 != CborWriter.UINT) {
      throw in.flaw(Flaw.UNKNOWN_KEY);
    }
    return initial > 23 ? Integer.MAX_VALUE : initial;
  }

  private static int notNegative(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("a version below 0");
    }
    return value;
  }

  // ---- id

  private static void writeId(CborWriter out, String id) {
    if (isHex(id)) {
      out.head(CborWriter.BYTES, id.length() / 2);
      out.hex(id, 0, id.length());
    } else if (isUuid(id)) {
      out.head(CborWriter.TAG, UUID_TAG);
      out.head(CborWriter.BYTES, 16);
      out.hex(id, 0, 8);
      out.hex(id, 9, 13);
      out.hex(id, 14, 18);
      out.hex(id, 19, 23);
      out.hex(id, 24, 36);
    } else {
      out.text(id);
    }
  }

  static String readId(CborReader in) {
    switch (in.peekMajor()) {
      case CborWriter.BYTES -> {
        int start = in.at();
        int from = in.skipString(CborWriter.BYTES);
        int length = in.at() - from;
        if (length < 8 || length > 32) {
          throw new MalformedHeaderBodyException(Flaw.INVALID_VALUE, start);
        }
        return HEX.formatHex(in.bytes(), from, in.at());
      }
      case CborWriter.TAG -> {
        int start = in.at();
        if (in.head(CborWriter.TAG) != UUID_TAG) {
          throw new MalformedHeaderBodyException(Flaw.WRONG_TYPE, start);
        }
        int from = in.skipString(CborWriter.BYTES);
        if (in.at() - from != 16) {
          throw new MalformedHeaderBodyException(Flaw.INVALID_VALUE, start);
        }
        String hex = HEX.formatHex(in.bytes(), from, in.at());
        return hex.substring(0, 8)
            + '-'
            + hex.substring(8, 12)
            + '-'
            + hex.substring(12, 16)
            + '-'
            + hex.substring(16, 20)
            + '-'
            + hex.substring(20);
      }
      default -> {
        int start = in.at();
        String id = in.text();
        if (isHex(id) || isUuid(id)) {
          throw new MalformedHeaderBodyException(Flaw.NOT_DETERMINISTIC, start);
        }
        return id;
      }
    }
  }

  private static boolean isHex(String id) {
    int length = id.length();
    return length >= 16 && length <= 64 && length % 2 == 0 && hexDigits(id, 0, length);
  }

  private static boolean isUuid(String id) {
    return id.length() == 36
        && id.charAt(8) == '-'
        && id.charAt(13) == '-'
        && id.charAt(18) == '-'
        && id.charAt(23) == '-'
        && hexDigits(id, 0, 8)
        && hexDigits(id, 9, 13)
        && hexDigits(id, 14, 18)
        && hexDigits(id, 19, 23)
        && hexDigits(id, 24, 36);
  }

  private static boolean hexDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  // ---- time

  private static void writeTime(CborWriter out, Instant time) {
    long second = time.getEpochSecond();
    if (second < EARLIEST || second > LATEST) {
      throw new IllegalArgumentException("a time outside of the years 1678 to 2261");
    }
    if (time.getNano() == 0) {
      out.integer(second);
    } else {
      out.head(CborWriter.ARRAY, 2);
      out.integer(second);
      out.integer(time.getNano());
    }
  }

  private static Instant readTime(CborReader in) {
    int start = in.at();
    boolean precise = in.peekMajor() == CborWriter.ARRAY;
    if (precise && in.count(CborWriter.ARRAY) != 2) {
      throw new MalformedHeaderBodyException(Flaw.INVALID_VALUE, start);
    }
    long second = in.integer();
    int nano = precise ? in.number() : 0;
    if (second < EARLIEST || second > LATEST || nano > 999_999_999) {
      throw new MalformedHeaderBodyException(Flaw.INVALID_VALUE, start);
    }
    if (precise && nano == 0) {
      throw new MalformedHeaderBodyException(Flaw.NOT_DETERMINISTIC, start);
    }
    return Instant.ofEpochSecond(second, nano);
  }

  // ---- roles

  private static List<Role> readRoles(CborReader in) {
    int from = in.skipString(CborWriter.BYTES);
    Role[] roles = new Role[in.at() - from];
    for (int i = 0; i < roles.length; i++) {
      Role role = Role.ofCodeOrNull(in.bytes()[from + i]);
      if (role == null) {
        throw new MalformedHeaderBodyException(Flaw.INVALID_VALUE, from + i);
      }
      roles[i] = role;
    }
    return List.of(roles);
  }

  // ---- facets

  private static void writeFacets(CborWriter out, Map<String, Object> facets) {
    out.head(CborWriter.MAP, facets.size());
    String[] pointers = facets.keySet().toArray(String[]::new);
    if (pointers.length > 1) {
      Arrays.sort(pointers, HeaderBodyCodec::compareEncoded);
    }
    for (String pointer : pointers) {
      out.text(pointer);
      writeFacet(out, facets.get(pointer));
    }
  }

  /// Order of the encoded keys, bytewise: the shorter first, then by code point.
  private static int compareEncoded(String one, String other) {
    int byLength = Integer.compare(Utf8.length(one), Utf8.length(other));
    return byLength != 0
        ? byLength
        : Arrays.compareUnsigned(
            one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static void writeFacet(CborWriter out, @Nullable Object value) {
    switch (value) {
      case String text -> out.text(text);
      case Long number -> out.integer(number);
      case Boolean truth -> out.simple(truth ? CborWriter.TRUE : CborWriter.FALSE);
      case JsonNull ignored -> out.simple(CborWriter.NULL);
      case JsonNumber number -> {
        if (!(JsonNumber.parse(number.text()) instanceof JsonNumber)) {
          throw new IllegalArgumentException("a number that has a shorter form, or none");
        }
        byte[] digits = number.text().getBytes(StandardCharsets.US_ASCII);
        out.head(CborWriter.TAG, JSON_TAG);
        out.head(CborWriter.BYTES, digits.length);
        out.raw(digits);
      }
      case null, default -> throw new IllegalArgumentException("a facet that is no JSON scalar");
    }
  }

  private static Map<String, Object> readFacets(CborReader in) {
    int start = in.at();
    int count = in.count(CborWriter.MAP);
    if (count == 0) {
      throw new MalformedHeaderBodyException(Flaw.NOT_DETERMINISTIC, start);
    }
    if (count == 1) {
      return Map.of(in.text(), readFacet(in));
    }
    Map<String, Object> facets = LinkedHashMap.newLinkedHashMap(count);
    int previousFrom = 0;
    int previousTo = 0;
    for (int i = 0; i < count; i++) {
      int from = in.at();
      String pointer = in.text();
      if (i > 0
          && Arrays.compareUnsigned(in.bytes(), previousFrom, previousTo, in.bytes(), from, in.at())
              >= 0) {
        throw new MalformedHeaderBodyException(Flaw.NOT_DETERMINISTIC, from);
      }
      previousFrom = from;
      previousTo = in.at();
      facets.put(pointer, readFacet(in));
    }
    return Collections.unmodifiableMap(facets);
  }

  private static Object readFacet(CborReader in) {
    return switch (in.peekMajor()) {
      case CborWriter.TEXT -> in.text();
      case CborWriter.UINT, CborWriter.NEGATIVE -> in.integer();
      case CborWriter.TAG -> readNumber(in);
      default -> readSimple(in);
    };
  }

  private static Object readSimple(CborReader in) {
    Object value =
        switch (in.peek()) {
          case CborWriter.FALSE -> Boolean.FALSE;
          case CborWriter.TRUE -> Boolean.TRUE;
          case CborWriter.NULL -> JsonNull.NULL;
          default -> throw in.flaw(Flaw.WRONG_TYPE);
        };
    in.skipInitialByte();
    return value;
  }

  private static JsonNumber readNumber(CborReader in) {
    int start = in.at();
    if (in.head(CborWriter.TAG) != JSON_TAG) {
      throw new MalformedHeaderBodyException(Flaw.WRONG_TYPE, start);
    }
    int from = in.skipString(CborWriter.BYTES);
    Object number =
        JsonNumber.parse(new String(in.bytes(), from, in.at() - from, StandardCharsets.ISO_8859_1));
    if (number instanceof JsonNumber exact) {
      return exact;
    }
    throw new MalformedHeaderBodyException(
        number == null ? Flaw.INVALID_VALUE : Flaw.NOT_DETERMINISTIC, start);
  }

  // ---- tags

  private static void writeTags(CborWriter out, List<EventTag> tags) {
    out.head(CborWriter.ARRAY, tags.size());
    for (int i = 0; i < tags.size(); i++) {
      EventTag tag = tags.get(i);
      if (i > 0 && tags.get(i - 1).compareTo(tag) >= 0) {
        throw new IllegalArgumentException("tags out of order or repeated");
      }
      out.head(CborWriter.ARRAY, 2);
      out.text(tag.key());
      out.text(tag.value());
    }
  }

  private static List<EventTag> readTags(CborReader in) {
    int start = in.at();
    int count = in.count(CborWriter.ARRAY);
    if (count == 0) {
      throw new MalformedHeaderBodyException(Flaw.NOT_DETERMINISTIC, start);
    }
    List<EventTag> tags = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int from = in.at();
      if (in.count(CborWriter.ARRAY) != 2) {
        throw new MalformedHeaderBodyException(Flaw.INVALID_VALUE, from);
      }
      EventTag tag = new EventTag(in.text(), in.text());
      if (i > 0 && tags.get(i - 1).compareTo(tag) >= 0) {
        throw new MalformedHeaderBodyException(Flaw.NOT_DETERMINISTIC, from);
      }
      tags.add(tag);
    }
    return Collections.unmodifiableList(tags);
  }
}
