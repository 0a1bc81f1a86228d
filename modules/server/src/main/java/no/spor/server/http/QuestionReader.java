package no.spor.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.insight.Timeline.Question;
import no.spor.tenancy.Access;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Reads the body of `POST /v1/timeline`. Errors name the member, never its value.
final class QuestionReader {
  private static final JsonFactory STRICT =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final int MOST_TYPES = 100;
  private static final int MOST_FACETS = 16;

  private @Nullable String tenant;
  private @Nullable String person;
  private List<String> types = List.of();
  private @Nullable Instant from;
  private @Nullable Instant to;
  private Map<String, Object> facets = Map.of();
  private int limit = 100;
  private @Nullable String cursor;

  private QuestionReader() {}

  static Question read(byte[] body, Access access) {
    QuestionReader reader = new QuestionReader();
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      try (JsonParser json = STRICT.createParser(ObjectReadContext.empty(), body)) {
        reader.object(json);
      }
    } catch (CharacterCodingException | JacksonException malformed) {
      throw new ProblemException(400, "malformed-json", "The body is not a JSON object in UTF-8.");
    }
    String tenant = reader.tenant != null ? reader.tenant : access.tenant();
    if (tenant == null) {
      throw new ProblemException(
          422, "tenant-missing", "This key belongs to no tenant: name one in \"tenant\".");
    }
    return new Question(
        tenant,
        reader.person,
        reader.types,
        reader.from,
        reader.to,
        reader.facets,
        reader.limit,
        reader.cursor);
  }

  private void object(JsonParser json) {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw new ProblemException(400, "malformed-json", "The body is empty.");
    }
    if (first != JsonToken.START_OBJECT) {
      throw invalid("The query is a JSON object.");
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (value == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "tenant" -> tenant = text(json, name, value, 200);
        case "person" ->
            person =
                value == JsonToken.VALUE_NUMBER_INT
                    ? json.getString()
                    : text(json, name, value, 100_000);
        case "types" -> types = types(json, value);
        case "from" -> from = time(json, name, value);
        case "to" -> to = time(json, name, value);
        case "facets" -> facets = facets(json, value);
        case "limit" -> limit = limit(json, value);
        case "cursor" -> cursor = text(json, name, value, 500);
        default ->
            throw invalid(
                "The query has a member that is not known; known are tenant, person, types, from,"
                    + " to, facets, limit, cursor.");
      }
    }
    if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
      throw new ProblemException(400, "malformed-json", "Something follows the query.");
    }
  }

  private static String text(JsonParser json, String name, JsonToken token, int longest) {
    if (token != JsonToken.VALUE_STRING) {
      throw invalid("\"" + name + "\" is a string.");
    }
    String text = json.getString();
    if (text.length() > longest) {
      throw invalid("\"" + name + "\" is too long.");
    }
    wellFormed(name, text);
    return text;
  }

  private static void wellFormed(String name, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw invalid("\"" + name + "\" has a lone surrogate, which is no character.");
    }
  }

  private static List<String> types(JsonParser json, JsonToken token) {
    if (token != JsonToken.START_ARRAY) {
      throw invalid("\"types\" is an array of strings.");
    }
    List<String> types = new ArrayList<>();
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      types.add(text(json, "types", next == null ? JsonToken.NOT_AVAILABLE : next, 1000));
      if (types.size() > MOST_TYPES) {
        throw invalid("\"types\" names " + MOST_TYPES + " types at most.");
      }
    }
    return types;
  }

  private static Instant time(JsonParser json, String name, JsonToken token) {
    String text = text(json, name, token, 64);
    try {
      return OffsetDateTime.parse(text.toUpperCase(java.util.Locale.ROOT)).toInstant();
    } catch (DateTimeException notRfc3339) {
      throw invalid(
          "\"" + name + "\" is a time as of RFC 3339, for instance 2026-11-01T00:00:00Z.");
    }
  }

  private static Map<String, Object> facets(JsonParser json, JsonToken token) {
    if (token != JsonToken.START_OBJECT) {
      throw invalid("\"facets\" is an object: JSON pointer to value.");
    }
    Map<String, Object> facets = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String pointer = json.currentName();
      if (!pointer.startsWith("/") || pointer.length() > 1000) {
        throw invalid("A member of \"facets\" is a JSON pointer, for instance /site.");
      }
      wellFormed("facets", pointer);
      facets.put(pointer, scalar(json, json.nextToken()));
      if (facets.size() > MOST_FACETS) {
        throw invalid("\"facets\" names " + MOST_FACETS + " pointers at most.");
      }
    }
    return facets;
  }

  private static Object scalar(JsonParser json, @Nullable JsonToken token) {
    return switch (token) {
      case VALUE_STRING -> text(json, "facets", token, 100_000);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> JsonNull.NULL;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(json.getString());
      case null, default ->
          throw invalid("A facet's value is a string, a number, true, false or null.");
    };
  }

  private static Object number(String text) {
    try {
      long number = Long.parseLong(text);
      return Long.toString(number).equals(text) ? (Object) number : new JsonNumber(text);
    } catch (NumberFormatException noLong) {
      return new JsonNumber(text);
    }
  }

  private static int limit(JsonParser json, JsonToken token) {
    String text = token == JsonToken.VALUE_NUMBER_INT ? json.getString() : "";
    if (text.matches("[0-9]{1,4}")) {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= 1000) {
        return limit;
      }
    }
    throw invalid("\"limit\" is a whole number from 1 to 1000.");
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(422, "invalid-query", detail);
  }
}
