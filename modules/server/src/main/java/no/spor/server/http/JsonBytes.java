package no.spor.server.http;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import org.springframework.http.ResponseEntity;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes JSON to bytes.
final class JsonBytes {
  static final JsonFactory FACTORY = new JsonFactory();

  private JsonBytes() {}

  static byte[] write(Consumer<JsonGenerator> writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      writer.accept(json);
    }
    return bytes.toByteArray();
  }

  /// An answer of such bytes, to be sent as they are.
  static ResponseEntity<byte[]> answer(int status, String type, byte[] body) {
    return ResponseEntity.status(status).header("Content-Type", type).body(body);
  }

  /// Writes a facet's value as it came in: numbers digit for digit.
  static void writeScalar(JsonGenerator json, Object value) {
    switch (value) {
      case String text -> json.writeString(text);
      case Boolean bool -> json.writeBoolean(bool);
      case Long number -> json.writeNumber(number);
      case JsonNumber number -> json.writeRawValue(number.text());
      case JsonNull ignored -> json.writeNull();
      default -> throw new IllegalStateException("no JSON scalar: " + value.getClass());
    }
  }
}
