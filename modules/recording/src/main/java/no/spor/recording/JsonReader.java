package no.spor.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import no.spor.recording.Utf8Scan.Finding;
import org.jspecify.annotations.Nullable;

/// Reads one JSON text into a [JsonDocument], strictly: RFC 8259 in UTF-8, one value and nothing
/// behind it, no member twice, no lone surrogate, nesting and number length bounded. Used again for
/// the next text; not thread-safe.
///
/// A reader of our own, since one is needed for each event and a library's costs more to make than
/// the event to read: `modules/decisions/0030-ingest-path.md`. The tests hold it against one.
final class JsonReader {
  static final int MAX_DEPTH = 32;
  static final int MAX_NUMBER_LENGTH = 1000;

  /// Up to so many members of an object each new one is compared with all.
  private static final int FEW_MEMBERS = 16;

  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final Texts texts = new Texts();
  private final JsonDocument document = new JsonDocument(texts);

  /// Names of the members of the objects that are open, one object's behind the other's.
  private String[] members = new String[32];

  private int memberCount;
  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int depth;
  private int arrays;

  /// @return the document of this reader, valid until the next call
  JsonDocument read(byte[] source, int start, int stop) throws RefusedEventException {
    Finding finding = Utf8Scan.scan(source, start, stop);
    if (finding == Finding.MALFORMED) {
      throw malformed();
    }
    if (finding == Finding.LONE_SURROGATE) {
      throw new RefusedEventException(Problems.LONE_SURROGATE);
    }
    document.reset(source);
    bytes = source;
    at = start;
    end = stop;
    depth = 0;
    arrays = 0;
    memberCount = 0;
    skipBlank();
    value(null, at);
    skipBlank();
    if (at < end) {
      throw malformed();
    }
    return document;
  }

  /// @param name of the member whose value begins here; null where it is none
  /// @param nameStart where the member begins
  private void value(@Nullable String name, int nameStart) throws RefusedEventException {
    switch (peek()) {
      case '{' -> object(name, nameStart);
      case '[' -> array(name, nameStart);
      case '"' -> {
        int start = at;
        boolean escaped = string();
        int node = add(JsonDocument.STRING, name, nameStart, start);
        if (node >= 0 && escaped) {
          document.text(node, unescaped(start + 1, at - 1));
        }
      }
      case 't' -> literal(TRUE, JsonDocument.TRUE, name, nameStart);
      case 'f' -> literal(FALSE, JsonDocument.FALSE, name, nameStart);
      case 'n' -> literal(NULL, JsonDocument.NULL, name, nameStart);
      default -> number(name, nameStart);
    }
  }

  private void object(@Nullable String name, int nameStart) throws RefusedEventException {
    int node = open(JsonDocument.OBJECT, name, nameStart);
    int first = memberCount;
    Set<String> many = null;
    boolean more = begins('}');
    while (more) {
      if (peek() != '"') {
        throw malformed();
      }
      int start = at;
      boolean escaped = string();
      String member = escaped ? unescaped(start + 1, at - 1) : texts.of(bytes, start + 1, at - 1);
      many = addMember(first, member, many);
      skipBlank();
      if (next() != ':') {
        throw malformed();
      }
      skipBlank();
      value(member, start);
      more = goesOn('}');
    }
    memberCount = first;
    close(node);
  }

  private void array(@Nullable String name, int nameStart) throws RefusedEventException {
    int node = open(JsonDocument.ARRAY, name, nameStart);
    arrays++;
    boolean more = begins(']');
    while (more) {
      value(null, at);
      more = goesOn(']');
    }
    arrays--;
    close(node);
  }

  /// Goes past the begin of an object or array. @return whether there is something in it
  private boolean begins(char last) throws RefusedEventException {
    at++;
    skipBlank();
    if (peek() == last) {
      at++;
      return false;
    }
    return true;
  }

  /// Goes past what follows a value within an object or array. @return whether another one comes
  private boolean goesOn(char last) throws RefusedEventException {
    skipBlank();
    byte next = next();
    if (next == last) {
      return false;
    }
    if (next != ',') {
      throw malformed();
    }
    skipBlank();
    return true;
  }

  /// @param many the names of the object's members, where there are many
  /// @return the same, with this one
  private @Nullable Set<String> addMember(int first, String name, @Nullable Set<String> many)
      throws RefusedEventException {
    Set<String> all = many;
    if (all == null && memberCount - first == FEW_MEMBERS) {
      all = new HashSet<>(Arrays.asList(members).subList(first, memberCount));
    }
    if (all != null) {
      if (!all.add(name)) {
        throw new RefusedEventException(Problems.DUPLICATE_MEMBER);
      }
      return all;
    }
    for (int i = first; i < memberCount; i++) {
      if (name.equals(members[i])) {
        throw new RefusedEventException(Problems.DUPLICATE_MEMBER);
      }
    }
    if (memberCount == members.length) {
      members = Arrays.copyOf(members, memberCount * 2);
    }
    members[memberCount++] = name;
    return null;
  }

  private int open(byte kind, @Nullable String name, int nameStart) throws RefusedEventException {
    if (depth == MAX_DEPTH) {
      throw new RefusedEventException(Problems.NESTING_TOO_DEEP);
    }
    depth++;
    return arrays > 0 ? -1 : document.add(kind, name, nameStart, at);
  }

  private void close(int node) {
    depth--;
    if (node >= 0) {
      document.end(node, at);
    }
  }

  /// Adds a value that ends here.
  ///
  /// @return its index, or -1 within an array, which is a leaf
  private int add(byte kind, @Nullable String name, int nameStart, int start) {
    if (arrays > 0) {
      return -1;
    }
    int node = document.add(kind, name, nameStart, start);
    document.end(node, at);
    return node;
  }

  private void literal(byte[] text, byte kind, @Nullable String name, int nameStart)
      throws RefusedEventException {
    int start = at;
    if (end - at < text.length
        || !Arrays.equals(bytes, at, at + text.length, text, 0, text.length)) {
      throw malformed();
    }
    at += text.length;
    add(kind, name, nameStart, start);
  }

  private void number(@Nullable String name, int nameStart) throws RefusedEventException {
    int start = at;
    if (bytes[at] == '-') {
      at++;
    }
    if (at < end && bytes[at] == '0') {
      at++;
    } else {
      digits();
    }
    byte kind = JsonDocument.INTEGER;
    if (at < end && bytes[at] == '.') {
      at++;
      digits();
      kind = JsonDocument.FRACTION;
    }
    if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
      at++;
      if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
        at++;
      }
      digits();
      kind = JsonDocument.FRACTION;
    }
    if (at - start > MAX_NUMBER_LENGTH) {
      throw new RefusedEventException(Problems.NUMBER_TOO_LONG);
    }
    add(kind, name, nameStart, start);
  }

  /// At least one.
  private void digits() throws RefusedEventException {
    int first = at;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    if (at == first) {
      throw malformed();
    }
  }

  /// Goes past a string. @return whether it has escapes
  private boolean string() throws RefusedEventException {
    boolean escaped = false;
    for (at++; at < end; at++) {
      byte b = bytes[at];
      if (b == '"') {
        at++;
        return escaped;
      }
      if (b == '\\') {
        escaped = true;
        escape();
      } else if (b >= 0 && b < ' ') {
        throw malformed();
      }
    }
    throw malformed();
  }

  /// Goes from an escape's backslash to its last byte.
  private void escape() throws RefusedEventException {
    at++;
    byte kind = peek();
    if (kind == 'u') {
      for (int i = 0; i < 4; i++) {
        at++;
        if (Character.digit(peek(), 16) < 0) {
          throw malformed();
        }
      }
    } else if (kind < 0 || "\"\\/bfnrt".indexOf(kind) < 0) {
      throw malformed();
    }
  }

  /// @return text of the bytes of a string that is sound
  private String unescaped(int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int run = from;
    for (int i = from; i < to; i++) {
      if (bytes[i] != '\\') {
        continue;
      }
      text.append(new String(bytes, run, i - run, StandardCharsets.UTF_8));
      i++;
      switch (bytes[i]) {
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> {
          int unit = 0;
          for (int digit = 1; digit <= 4; digit++) {
            unit = unit << 4 | Character.digit(bytes[i + digit], 16);
          }
          text.append((char) unit);
          i += 4;
        }
        default -> text.append((char) bytes[i]);
      }
      run = i + 1;
    }
    return text.append(new String(bytes, run, to - run, StandardCharsets.UTF_8)).toString();
  }

  private void skipBlank() {
    at = Slices.skipBlank(bytes, at, end);
  }

  private byte peek() throws RefusedEventException {
    if (at >= end) {
      throw malformed();
    }
    return bytes[at];
  }

  private byte next() throws RefusedEventException {
    byte next = peek();
    at++;
    return next;
  }

  private static RefusedEventException malformed() {
    return new RefusedEventException(Problems.MALFORMED_JSON);
  }
}
