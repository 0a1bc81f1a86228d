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
///
/// A parser is dear to make: lines of one array share one, for as long as they are sound.
final class JsonReader implements AutoCloseable {
  static final int MAX_DEPTH = 32;
  static final int MAX_NUMBER_LENGTH = 1000;

  /// Up to so many members of an object each new one is compared with all.
  private static final int FEW_MEMBERS = 16;

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

  private final JsonDocument document = new JsonDocument(new Texts());
  private final int[] open = new int[MAX_DEPTH];

  /// Names of the members of the objects that are open, one object's behind the other's.
  private String[] members = new String[32];

  private int memberCount;

  /// By depth: where an object's members begin, and all of them where they are many.
  private final int[] firstMember = new int[MAX_DEPTH];

  private final @Nullable Set<String>[] manyMembers;

  private @Nullable JsonParser parser;

  /// Offset of the parser's first byte, and behind the last value that it gave.
  private int parserFrom;

  private int parserAt;

  private byte[] bytes = new byte[0];
  private int end;
  private int depth;
  private int arrays;
  private boolean escapes;
  private @Nullable String name;
  private int nameStart;

  @SuppressWarnings({"unchecked", "rawtypes"})
  JsonReader() {
    manyMembers = new Set[MAX_DEPTH];
  }

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
    depth = 0;
    arrays = 0;
    memberCount = 0;
    escapes = finding == Finding.WITH_ESCAPES;
    name = null;
    boolean sound = false;
    try {
      JsonParser from = parser(source, start, stop);
      do {
        take(from, from.nextToken());
      } while (depth > 0);
      if (Slices.skipBlank(source, parserAt, stop) < stop) {
        throw malformed();
      }
      sound = true;
    } catch (JacksonException unreadable) {
      throw malformed();
    } finally {
      if (!sound) {
        close();
      }
    }
    return document;
  }

  /// The one there is, where it stands right before the text. It reads on to the end of the array
  /// where the text is a line: then nothing behind it can pass for part of it ([#take]).
  private JsonParser parser(byte[] source, int start, int stop) {
    JsonParser known = parser;
    boolean line = stop == source.length || source[stop] == '\n';
    if (known != null
        && line
        && bytes == source
        && parserAt <= start
        && Slices.skipBlank(source, parserAt, start) == start) {
      end = stop;
      return known;
    }
    close();
    bytes = source;
    end = stop;
    parserFrom = start;
    int last = line ? source.length : stop;
    JsonParser made = FACTORY.createParser(ObjectReadContext.empty(), source, start, last - start);
    parser = made;
    return made;
  }

  private void take(JsonParser from, @Nullable JsonToken token) throws RefusedEventException {
    if (token == null) {
      throw malformed();
    }
    int at = parserFrom + (int) from.currentTokenLocation().getByteOffset();
    if (at >= end) { // of the next line
      throw malformed();
    }
    switch (token) {
      case PROPERTY_NAME -> takeName(from.currentName(), at);
      case START_OBJECT -> open(JsonDocument.OBJECT, at);
      case START_ARRAY -> open(JsonDocument.ARRAY, at);
      case END_OBJECT -> close(at);
      case END_ARRAY -> {
        arrays--;
        close(at);
      }
      case VALUE_STRING -> {
        String text = escapes || depth == 0 ? from.getString() : null;
        if (arrays == 0) {
          int node = scalar(JsonDocument.STRING, at, endOfString(at) - at);
          if (escapes && text != null) {
            document.text(node, text);
          }
        }
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        int length = from.getStringLength();
        if (length > MAX_NUMBER_LENGTH) {
          throw new RefusedEventException(Problems.NUMBER_TOO_LONG);
        }
        boolean integer = token == JsonToken.VALUE_NUMBER_INT;
        scalar(integer ? JsonDocument.INTEGER : JsonDocument.FRACTION, at, length);
      }
      case VALUE_TRUE -> scalar(JsonDocument.TRUE, at, 4);
      case VALUE_FALSE -> scalar(JsonDocument.FALSE, at, 5);
      case VALUE_NULL -> scalar(JsonDocument.NULL, at, 4);
      default -> throw malformed();
    }
  }

  private void takeName(String member, int at) throws RefusedEventException {
    int first = firstMember[depth - 1];
    Set<String> many = manyMembers[depth - 1];
    if (many == null && memberCount - first == FEW_MEMBERS) {
      many = new HashSet<>(Arrays.asList(members).subList(first, memberCount));
      manyMembers[depth - 1] = many;
    }
    if (many != null) {
      if (!many.add(member)) {
        throw new RefusedEventException(Problems.DUPLICATE_MEMBER);
      }
    } else {
      for (int i = first; i < memberCount; i++) {
        if (member.equals(members[i])) {
          throw new RefusedEventException(Problems.DUPLICATE_MEMBER);
        }
      }
      if (memberCount == members.length) {
        members = Arrays.copyOf(members, memberCount * 2);
      }
      members[memberCount++] = member;
    }
    name = member;
    nameStart = at;
  }

  private void open(byte kind, int at) throws RefusedEventException {
    if (depth == MAX_DEPTH) {
      throw new RefusedEventException(Problems.NESTING_TOO_DEEP);
    }
    open[depth] = arrays > 0 ? -1 : add(kind, at);
    firstMember[depth] = memberCount;
    manyMembers[depth] = null;
    arrays += kind == JsonDocument.ARRAY ? 1 : 0;
    depth++;
  }

  private void close(int at) {
    depth--;
    memberCount = firstMember[depth];
    if (open[depth] >= 0) {
      document.end(open[depth], at + 1);
    }
    parserAt = at + 1;
  }

  /// @return index of the new value, or -1 within an array, which is a leaf
  private int scalar(byte kind, int at, int length) {
    parserAt = at + length;
    if (arrays > 0) {
      return -1;
    }
    int node = add(kind, at);
    document.end(node, at + length);
    return node;
  }

  private int add(byte kind, int at) {
    return document.add(kind, depth == 0 ? null : name, nameStart, at);
  }

  /// @return offset behind the string that begins at `at`; the parser has seen, or will see, that
  ///   it is sound
  private int endOfString(int at) throws RefusedEventException {
    for (int i = at + 1; i < end; i++) {
      byte b = bytes[i];
      if (b == '"') {
        return i + 1;
      }
      if (b == '\\') {
        i++;
      }
    }
    throw malformed();
  }

  private static RefusedEventException malformed() {
    return new RefusedEventException(Problems.MALFORMED_JSON);
  }

  /// Gives back the parser's buffers; the next text gets another one.
  @Override
  public void close() {
    JsonParser known = parser;
    parser = null;
    if (known != null) {
      known.close();
    }
  }
}
