package no.spor.recording;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// JSON as values that are equal when it is, numbers by their digits and strings by their code
/// points: LinkedHashMap, ArrayList, String, [JsonNumber] (for every number), Boolean, [JsonNull].
final class RawJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private RawJson() {}

  static Object parse(byte[] json) {
    try (JsonParser parser =
        FACTORY.createParser(ObjectReadContext.empty(), new String(json, StandardCharsets.UTF_8))) {
      return value(parser, parser.nextToken());
    }
  }

  /// @return whether it is one JSON value, and nothing else
  static boolean isJson(byte[] json) {
    int values = 0;
    int depth = 0;
    try (JsonParser parser =
        FACTORY.createParser(ObjectReadContext.empty(), json, 0, json.length)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        parser.getString(); // strings are looked at only then
        depth -= token.isStructEnd() ? 1 : 0;
        values += depth == 0 && !token.isStructEnd() ? 1 : 0;
        depth += token.isStructStart() ? 1 : 0;
      }
      return values == 1;
    } catch (JacksonException malformed) {
      return false;
    }
  }

  private static Object value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          object.put(name, value(parser, parser.nextToken()));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          array.add(value(parser, next));
        }
        yield array;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getString());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> JsonNull.NULL;
      default -> throw new IllegalStateException(token.toString());
    };
  }

  /// Joins the open parts and the facets of an event, as a reader does.
  static Object join(List<byte[]> parts, Map<String, Object> facets) {
    Map<String, Object> joined = new LinkedHashMap<>();
    parts.forEach(part -> merge(joined, parse(part)));
    facets.forEach((pointer, value) -> put(joined, pointer, value));
    return joined;
  }

  @SuppressWarnings("unchecked")
  private static void merge(Map<String, Object> into, Object part) {
    ((Map<String, Object>) part)
        .forEach((name, value) -> {
          Object there = into.get(name);
          if (there == null) {
            into.put(name, value);
          } else {
            merge((Map<String, Object>) there, value);
          }
        });
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> into, String pointer, Object facet) {
    String[] names = pointer.substring(1).split("/", -1);
    Map<String, Object> object = into;
    for (int i = 0; i < names.length; i++) {
      String name = names[i].replace("~1", "/").replace("~0", "~");
      if (i == names.length - 1) {
        Object value = facet instanceof Long number ? new JsonNumber(number.toString()) : facet;
        if (object.put(name, value) != null) {
          throw new AssertionError("a facet stands in a part as well");
        }
      } else {
        object = (Map<String, Object>) object.computeIfAbsent(name, n -> new LinkedHashMap<>());
      }
    }
  }

  // ---- made up

  private static final String[] NAMES = {
    "user", "by", "ip", "app", "site", "a", "b", "", "a/b", "~", "~1", "é", "😀", "0", "-", "x y",
    "\"", "\\", "\u0000", "\u2028"
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1",
    "-1",
    "1.50",
    "0.0",
    "-0.0",
    "1E400",
    "1e-400",
    "1e+2",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "123456789012345678901234567890",
    "1.0",
    "10",
    "3.141592653589793238462643383279502884197",
    "1E0",
    "0e0",
    "100000000000000000000e-3"
  };

  /// @param depth how many levels it may still have
  static String object(Random random, int depth) {
    StringBuilder json = new StringBuilder();
    object(random, depth, json);
    return json.toString();
  }

  private static void object(Random random, int depth, StringBuilder json) {
    List<String> names = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      String name = NAMES[random.nextInt(NAMES.length)];
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    json.append('{');
    for (int i = 0; i < names.size(); i++) {
      json.append(i == 0 ? "" : ",").append(space(random));
      string(random, names.get(i), json);
      json.append(space(random)).append(':').append(space(random));
      value(random, depth - 1, json);
      json.append(space(random));
    }
    json.append('}');
  }

  private static void value(Random random, int depth, StringBuilder json) {
    switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> json.append(NUMBERS[random.nextInt(NUMBERS.length)]);
      case 1 -> json.append(random.nextBoolean());
      case 2 -> json.append("null");
      case 3, 4, 5 -> string(random, text(random), json);
      case 6 -> {
        json.append('[');
        for (int i = 0, count = random.nextInt(4); i < count; i++) {
          json.append(i == 0 ? "" : ",").append(space(random));
          value(random, depth - 1, json);
        }
        json.append(']');
      }
      default -> object(random, depth, json);
    }
  }

  static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(10); i > 0; i--) {
      text.appendCodePoint(
          switch (random.nextInt(6)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> random.nextInt(0xd800);
            case 2 -> random.nextInt(0xe000, 0x110000);
            default -> random.nextInt(0x20, 0x7f);
          });
    }
    return text.toString();
  }

  /// Some of it escaped that need not be.
  private static void string(Random random, String text, StringBuilder json) {
    json.append('"');
    boolean lazy = random.nextBoolean();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = Character.isHighSurrogate(c);
      if (c < 0x20 || (!lazy && random.nextInt(4) == 0)) {
        escape(random, c, json);
        if (pair) {
          escape(random, text.charAt(++i), json);
        }
      } else if (c == '"' || c == '\\' || (c == '/' && random.nextBoolean())) {
        json.append('\\').append(c);
      } else {
        json.append(c);
        if (pair) {
          json.append(text.charAt(++i));
        }
      }
    }
    json.append('"');
  }

  private static void escape(Random random, char c, StringBuilder json) {
    json.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) c));
  }

  private static String space(Random random) {
    return random.nextInt(5) == 0 ? " \n\t\r".substring(0, random.nextInt(5)) : "";
  }
}
