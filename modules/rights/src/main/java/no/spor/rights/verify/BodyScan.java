package no.spor.rights.verify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads a header's body in place (`activity/FORMAT.md`): what a verifier goes by, and that all of
/// it is in the one form it can have. Used for one body after the other; not thread-safe.
final class BodyScan {
  private static final int UINT = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final long EARLIEST = -9_214_560_000L;
  private static final long LATEST = 9_214_646_399L;

  private byte[] bytes = new byte[0];
  private int at;
  private boolean sound;
  int typeFrom;
  int typeTo;
  int tenantFrom;
  int tenantTo;
  int classFrom;
  int classTo;
  int policyVersion;
  int day;
  int rolesFrom;
  int roles;
  private int tagsFrom;
  private int tags;

  /// @return whether the body is in form; else nothing else may be asked
  boolean read(byte[] stored, int from) {
    bytes = stored;
    at = from;
    sound = true;
    int entries = (int) head(MAP);
    key(0);
    sound &= number() == 1;
    key(1);
    id();
    key(2);
    text();
    key(3);
    typeTo = text();
    typeFrom = typeTo - length;
    key(4);
    time();
    key(5);
    tenantTo = text();
    tenantFrom = tenantTo - length;
    key(6);
    classTo = text();
    classFrom = classTo - length;
    key(7);
    policyVersion = number();
    key(8);
    number();
    key(9);
    roles();
    int left = entries - 10;
    if (sound && left > 0 && bytes[at] == 10) {
      at++;
      facets();
      left--;
    }
    tags = 0;
    if (sound && left > 0) {
      key(11);
      tags();
      left--;
    }
    return sound && left == 0 && at == bytes.length;
  }

  /// Length of the string that was read last.
  private int length;

  private long fail() {
    sound = false;
    return 0;
  }

  private void key(int key) {
    if (sound && at < bytes.length && bytes[at] == key) {
      at++;
    } else {
      fail();
    }
  }

  private int major() {
    return sound && at < bytes.length ? (bytes[at] & 0xff) >>> 5 : -1;
  }

  /// @return the argument of a head of this major type, in its shortest form
  private long head(int major) {
    if (major() != major) {
      return fail();
    }
    int info = bytes[at++] & 0x1f;
    if (info < 24) {
      return info;
    }
    int width = info > 27 ? Integer.MAX_VALUE : 1 << (info - 24);
    if (width > bytes.length - at) {
      return fail();
    }
    long argument = 0;
    for (int i = 0; i < width; i++) {
      argument = argument << 8 | bytes[at++] & 0xff;
    }
    long least = width == 1 ? 24 : 1L << (4 * width);
    return argument < least ? fail() : argument;
  }

  private int number() {
    long value = head(UINT);
    return (int) (value > Integer.MAX_VALUE ? fail() : value);
  }

  private long integer() {
    return major() == NEGATIVE ? ~head(NEGATIVE) : head(UINT);
  }

  /// @return where the string ends
  private int string(int major) {
    long count = head(major);
    if (!sound || count > bytes.length - at) {
      fail();
      length = 0;
      return at;
    }
    length = (int) count;
    at += length;
    return at;
  }

  private int text() {
    int end = string(TEXT);
    for (int i = end - length; i < end; i++) {
      if (bytes[i] < 0) {
        sound &= utf8(end - length, length);
        break;
      }
    }
    return end;
  }

  private boolean utf8(int from, int count) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, count));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private void id() {
    switch (major()) {
      case BYTES -> {
        string(BYTES);
        sound &= length >= 8 && length <= 32;
      }
      case TAG -> {
        sound &= head(TAG) == 37;
        string(BYTES);
        sound &= length == 16;
      }
      default -> {
        int end = text();
        sound &= !hexadecimal(end - length, end) && !uuid(end - length, end);
      }
    }
  }

  private boolean hexadecimal(int from, int to) {
    int count = to - from;
    return count >= 16 && count <= 64 && count % 2 == 0 && digits(from, to);
  }

  private boolean uuid(int from, int to) {
    return to - from == 36
        && bytes[from + 8] == '-'
        && bytes[from + 13] == '-'
        && bytes[from + 18] == '-'
        && bytes[from + 23] == '-'
        && digits(from, from + 8)
        && digits(from + 9, from + 13)
        && digits(from + 14, from + 18)
        && digits(from + 19, from + 23)
        && digits(from + 24, to);
  }

  private boolean digits(int from, int to) {
    for (int i = from; i < to; i++) {
      byte c = bytes[i];
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private void time() {
    boolean precise = major() == ARRAY;
    if (precise) {
      sound &= head(ARRAY) == 2;
    }
    long second = integer();
    if (precise) {
      int nano = number();
      sound &= nano > 0 && nano <= 999_999_999;
    }
    sound &= second >= EARLIEST && second <= LATEST;
    day = (int) Math.floorDiv(second, 86_400L);
  }

  private void roles() {
    rolesFrom = string(BYTES) - length;
    roles = length;
    for (int i = 0; sound && i < roles; i++) {
      int role = bytes[rolesFrom + i];
      sound &= role >= 0 && role <= 3 || role == 16 || role == 17;
    }
  }

  int role(int index) {
    return bytes[rolesFrom + index];
  }

  private void facets() {
    long count = head(MAP);
    sound &= count > 0;
    int keyFrom = 0;
    int keyTo = 0;
    for (long i = 0; sound && i < count; i++) {
      int from = at;
      text();
      sound &= i == 0 || Arrays.compareUnsigned(bytes, keyFrom, keyTo, bytes, from, at) < 0;
      keyFrom = from;
      keyTo = at;
      facet();
    }
  }

  private void facet() {
    switch (major()) {
      case TEXT -> text();
      case UINT, NEGATIVE -> integer();
      case TAG -> {
        sound &= head(TAG) == 262;
        string(BYTES);
        sound &= length > 0;
      }
      default -> {
        int simple = sound && at < bytes.length ? bytes[at++] & 0xff : 0;
        sound &= simple >= 0xf4 && simple <= 0xf6;
      }
    }
  }

  private void tags() {
    long count = head(ARRAY);
    sound &= count > 0;
    tagsFrom = at;
    var before = "";
    var valueBefore = "";
    for (long i = 0; sound && i < count; i++) {
      sound &= head(ARRAY) == 2;
      int keyTo = text();
      var key = string(keyTo - length, keyTo);
      int valueTo = text();
      var value = string(valueTo - length, valueTo);
      int order = before.compareTo(key);
      sound &= i == 0 || order < 0 || order == 0 && valueBefore.compareTo(value) < 0;
      before = key;
      valueBefore = value;
    }
    tags = (int) count;
  }

  /// Is shown a body's tags.
  interface TagVisitor {
    void tag(String key, String value);
  }

  void eachTag(TagVisitor visitor) {
    at = tagsFrom;
    for (int i = 0; i < tags; i++) {
      head(ARRAY);
      int keyTo = text();
      var key = string(keyTo - length, keyTo);
      int valueTo = text();
      visitor.tag(key, string(valueTo - length, valueTo));
    }
  }

  /// @return tags by key; null where one key has several values
  @Nullable TreeMap<String, String> tagsByKey() {
    var found = new TreeMap<String, String>();
    var several = new boolean[1];
    eachTag((key, value) -> several[0] |= found.put(key, value) != null);
    return several[0] ? null : found;
  }

  boolean is(int from, int to, byte[] other) {
    return Arrays.equals(bytes, from, to, other, 0, other.length);
  }

  String string(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  String type() {
    return string(typeFrom, typeTo);
  }

  String retention() {
    return string(classFrom, classTo);
  }
}
