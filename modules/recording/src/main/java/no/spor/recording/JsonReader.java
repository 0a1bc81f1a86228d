package no.spor.recording;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import no.spor.recording.Utf8Scan.Finding;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Reads one JSON text into a [JsonDocument], strictly: RFC 8259 in UTF-8, one value and nothing
/// behind it, no member twice, no lone surrogate, nesting and number length bounded. Exceptions of
/// the parser go no further: they quote what they read. Used again for the next text; not
/// thread-safe.
final class JsonReader {
  static final int MAX_DEPTH = 32;
  static final int MAX_NUMBER_LENGTH = 1000;
  private static final int MANY_NAMES = 1024;

  /// The bounds are [JsonReader]'s, so that each has its own answer.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(2 * MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final JsonDocument document = new JsonDocument();
  private final int[] open = new int[MAX_DEPTH];
  private final Set<String>[] namesOpen;

  private byte[] bytes = new byte[0];
  private int from;
  private int depth;
  private int arrays;
  private boolean escapes;
  private @Nullable String name;
  private int nameStart;

  @SuppressWarnings({"unchecked", "rawtypes"})
  JsonReader() {
    namesOpen = new Set[MAX_DEPTH];
    Arrays.setAll(namesOpen, i -> new HashSet<String>());
  }

  /// @return the document of this reader, valid until the next call
  JsonDocument read(byte[] source, int start, int end) throws RefusedEventException {
    Finding finding = Utf8Scan.scan(source, start, end);
    if (finding == Finding.MALFORMED) {
      throw new RefusedEventException(Problems.MALFORMED_JSON);
    }
    if (finding == Finding.LONE_SURROGATE) {
      throw new RefusedEventException(Problems.LONE_SURROGATE);
    }
    document.reset(source);
    bytes = source;
    from = start;
    depth = 0;
    arrays = 0;
    escapes = finding == Finding.WITH_ESCAPES;
    name = null;
    try (JsonParser parser =
        FACTORY.createParser(ObjectReadContext.empty(), source, start, end - start)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        take(parser, token);
      }
    } catch (JacksonException malformed) {
      throw new RefusedEventException(Problems.MALFORMED_JSON);
    }
    if (document.count() == 0) {
      throw new RefusedEventException(Problems.MALFORMED_JSON);
    }
    return document;
  }

  private void take(JsonParser parser, JsonToken token) throws RefusedEventException {
    int at = from + (int) parser.currentTokenLocation().getByteOffset();
    switch (token) {
      case PROPERTY_NAME -> takeName(parser, at);
      case START_OBJECT -> open(JsonDocument.OBJECT, at);
      case START_ARRAY -> open(JsonDocument.ARRAY, at);
      case END_OBJECT -> close(at);
      case END_ARRAY -> {
        arrays--;
        close(at);
      }
      case VALUE_STRING -> {
        String text = escapes ? parser.getString() : null;
        int node = add(JsonDocument.STRING, at);
        if (node >= 0) {
          document.end(node, endOfString(at));
          if (text != null) {
            document.text(node, text);
          }
        }
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        int length = parser.getStringLength();
        if (length > MAX_NUMBER_LENGTH) {
          throw new RefusedEventException(Problems.NUMBER_TOO_LONG);
        }
        boolean integer = token == JsonToken.VALUE_NUMBER_INT;
        scalar(integer ? JsonDocument.INTEGER : JsonDocument.FRACTION, at, length);
      }
      case VALUE_TRUE -> scalar(JsonDocument.TRUE, at, 4);
      case VALUE_FALSE -> scalar(JsonDocument.FALSE, at, 5);
      case VALUE_NULL -> scalar(JsonDocument.NULL, at, 4);
      default -> throw new RefusedEventException(Problems.MALFORMED_JSON);
    }
  }

  private void takeName(JsonParser parser, int at) throws RefusedEventException {
    String member = parser.currentName();
    if (!namesOpen[depth - 1].add(member)) {
      throw new RefusedEventException(Problems.DUPLICATE_MEMBER);
    }
    name = member;
    nameStart = at;
  }

  private void open(byte kind, int at) throws RefusedEventException {
    if (depth == MAX_DEPTH) {
      throw new RefusedEventException(Problems.NESTING_TOO_DEEP);
    }
    int node = add(kind, at);
    if (kind == JsonDocument.ARRAY) {
      arrays++;
    } else if (namesOpen[depth].size() > MANY_NAMES) {
      namesOpen[depth] = new HashSet<>();
    } else {
      namesOpen[depth].clear();
    }
    open[depth++] = node;
  }

  private void close(int at) {
    int node = open[--depth];
    if (node >= 0) {
      document.end(node, at + 1);
    }
  }

  private void scalar(byte kind, int at, int length) throws RefusedEventException {
    int node = add(kind, at);
    if (node >= 0) {
      document.end(node, at + length);
    }
  }

  /// @return index of the new value, or -1 within an array, which is a leaf
  private int add(byte kind, int at) throws RefusedEventException {
    if (arrays > 0) {
      return -1;
    }
    if (depth == 0 && document.count() > 0) { // a second value
      throw new RefusedEventException(Problems.MALFORMED_JSON);
    }
    int node = document.add(kind, depth == 0 ? null : name, nameStart, at);
    return node;
  }

  /// @return offset behind the string that begins at `at`; the parser has seen, or will see, that
  ///   it is sound
  private int endOfString(int at) throws RefusedEventException {
    for (int i = at + 1; i < bytes.length; i++) {
      byte b = bytes[i];
      if (b == '"') {
        return i + 1;
      }
      if (b == '\\') {
        i++;
      }
    }
    throw new RefusedEventException(Problems.MALFORMED_JSON);
  }
}
