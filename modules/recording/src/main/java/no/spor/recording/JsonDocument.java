package no.spor.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One JSON text as a flat list of its values in document order, each pointing at its bytes: what
/// moves on moves as the bytes that came in, so that digits and code points stay as they were.
/// Arrays are leaves. Filled by [JsonReader] and used again for the next text; not thread-safe.
final class JsonDocument {
  static final byte OBJECT = 0;
  static final byte ARRAY = 1;
  static final byte STRING = 2;
  static final byte INTEGER = 3;

  /// A number with a fraction or an exponent.
  static final byte FRACTION = 4;

  static final byte TRUE = 5;
  static final byte FALSE = 6;
  static final byte NULL = 7;

  /// Into which nothing is ever read.
  static final JsonDocument NONE = new JsonDocument(new Texts());

  private final Texts shared;
  private byte[] bytes = new byte[0];
  private int count;
  private byte[] kinds = new byte[64];

  /// Per value four offsets: of its member's name (or of itself), of itself, of its end; and the
  /// index of the value after it and all within it.
  private int[] places = new int[256];

  private @Nullable String[] names = new String[64];
  private @Nullable String[] texts = new String[64];

  /// @param shared keeps texts that come again
  JsonDocument(Texts shared) {
    this.shared = shared;
  }

  void reset(byte[] source) {
    Arrays.fill(names, 0, count, null);
    Arrays.fill(texts, 0, count, null);
    bytes = source;
    count = 0;
  }

  /// @return the new value's index
  int add(byte kind, @Nullable String name, int nameStart, int start) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, count * 2);
      places = Arrays.copyOf(places, count * 8);
      names = Arrays.copyOf(names, count * 2);
      texts = Arrays.copyOf(texts, count * 2);
    }
    int node = count++;
    kinds[node] = kind;
    names[node] = name;
    places[4 * node] = name == null ? start : nameStart;
    places[4 * node + 1] = start;
    return node;
  }

  void end(int node, int end) {
    places[4 * node + 2] = end;
    places[4 * node + 3] = count;
  }

  /// Keeps a string's text where it is not simply its bytes.
  void text(int node, String text) {
    texts[node] = text;
  }

  byte[] bytes() {
    return bytes;
  }

  int count() {
    return count;
  }

  byte kind(int node) {
    return kinds[node];
  }

  @Nullable String name(int node) {
    return names[node];
  }

  /// @return offset of the member's name
  int nameStart(int node) {
    return places[4 * node];
  }

  int start(int node) {
    return places[4 * node + 1];
  }

  int end(int node) {
    return places[4 * node + 2];
  }

  /// @return index after this value and all within it
  int next(int node) {
    return places[4 * node + 3];
  }

  boolean scalar(int node) {
    return kinds[node] >= STRING;
  }

  /// @return whether the object has no members
  boolean empty(int object) {
    return next(object) == object + 1;
  }

  /// @return whether the string's text is simply its bytes
  boolean plain(int node) {
    return texts[node] == null;
  }

  /// @return the string's text
  String string(int node) {
    String text = texts[node];
    return text != null
        ? text
        : new String(bytes, start(node) + 1, end(node) - start(node) - 2, StandardCharsets.UTF_8);
  }

  /// @return the string's text, kept for the next event that has the same
  String sharedString(int node) {
    String text = texts[node];
    return text != null ? text : shared.of(bytes, start(node) + 1, end(node) - 1);
  }

  /// @return whether the string says this
  boolean says(int node, byte[] ascii) {
    String text = texts[node];
    return text != null
        ? text.equals(new String(ascii, StandardCharsets.US_ASCII))
        : Arrays.equals(bytes, start(node) + 1, end(node) - 1, ascii, 0, ascii.length);
  }

  /// @return the number's characters, as they came in
  String number(int node) {
    return new String(bytes, start(node), end(node) - start(node), StandardCharsets.ISO_8859_1);
  }

  /// @return the value at this path of member names below `object`, or -1; passes through objects
  ///   only
  int find(int object, List<String> path) {
    int node = object;
    for (String name : path) {
      node = kind(node) == OBJECT ? member(node, name) : -1;
      if (node < 0) {
        return -1;
      }
    }
    return node;
  }

  private int member(int object, String name) {
    int end = next(object);
    for (int node = object + 1; node < end; node = next(node)) {
      if (name.equals(names[node])) {
        return node;
      }
    }
    return -1;
  }
}
