package no.spor.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/// Reads a JSON object whose members are strings or null, and no others than the known ones.
final class FlatObject {
  private FlatObject() {}

  static Map<String, @Nullable String> read(byte[] body, String... known) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      try (JsonParser json = JsonBytes.FACTORY.createParser(ObjectReadContext.empty(), body)) {
        return members(json, List.of(known));
      }
    } catch (CharacterCodingException | JacksonException malformed) {
      throw new ProblemException(400, "malformed-json", "The body is not a JSON object in UTF-8.");
    }
  }

  private static Map<String, @Nullable String> members(JsonParser json, List<String> known) {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw new ProblemException(400, "malformed-json", "The body is empty.");
    }
    if (first != JsonToken.START_OBJECT) {
      throw invalid("The body is a JSON object.");
    }
    Map<String, @Nullable String> members = new HashMap<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      if (!known.contains(name)) {
        throw invalid(
            "The body has a member that is not known; known are " + String.join(", ", known) + ".");
      }
      JsonToken token = json.nextToken();
      if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NULL) {
        throw invalid("\"" + name + "\" is a string.");
      }
      String value = token == JsonToken.VALUE_NULL ? null : json.getString();
      if (value != null && !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
        throw invalid("\"" + name + "\" has a lone surrogate, which is no character.");
      }
      if (members.containsKey(name)) {
        throw invalid("\"" + name + "\" stands twice.");
      }
      members.put(name, value);
    }
    if (json.nextToken() != null) {
      throw new ProblemException(400, "malformed-json", "Something follows the object.");
    }
    return members;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(422, "invalid-request", detail);
  }
}
