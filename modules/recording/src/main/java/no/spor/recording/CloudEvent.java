package no.spor.recording;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The context attributes of one CloudEvents 1.0 event, checked, and where its data is.
///
/// @param tenant null where the event names none
/// @param data the data's place in the document: an object
/// @param sealed the attributes that are sealed with the event, a JSON object; null where there are
///   none
record CloudEvent(
    String id,
    String source,
    String type,
    Instant time,
    @Nullable String tenant,
    int data,
    byte @Nullable [] sealed) {
  static final int MAX_ATTRIBUTE_LENGTH = 1024;
  private static final byte[] VERSION = "1.0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] JSON = "application/json".getBytes(StandardCharsets.US_ASCII);
  private static final String TEXT_RULE =
      "a string of 1 to 1024 characters without control characters";
  private static final String SOURCE_RULE =
      "a URI reference of 1 to 1024 characters without spaces";

  /// @param document of one event
  static CloudEvent read(JsonDocument document) throws RefusedEventException {
    if (document.kind(0) != JsonDocument.OBJECT) {
      throw new RefusedEventException(Problems.NOT_AN_EVENT);
    }
    return new Reading(document).read();
  }

  @Override
  public String toString() {
    return "CloudEvent[…]";
  }

  private static final class Reading {
    private final JsonDocument document;
    private int specversion = -1;
    private int id = -1;
    private int source = -1;
    private int type = -1;
    private int time = -1;
    private int tenant = -1;
    private int data = -1;
    private @Nullable ByteArrayOutputStream sealed;

    Reading(JsonDocument document) {
      this.document = document;
    }

    CloudEvent read() throws RefusedEventException {
      int end = document.next(0);
      for (int node = 1; node < end; node = document.next(node)) {
        take(node);
      }
      checkSpecversion();
      if (data < 0) {
        throw new RefusedEventException(Problems.missing("data"));
      }
      if (document.kind(data) != JsonDocument.OBJECT) {
        throw new RefusedEventException(Problems.INVALID_DATA);
      }
      return new CloudEvent(
          text("id", id, TEXT_RULE, false),
          text("source", source, SOURCE_RULE, true),
          text("type", type, TEXT_RULE, false),
          time(),
          tenant < 0 ? null : text("tenant", tenant, TEXT_RULE, false),
          data,
          sealedAttributes());
    }

    private void take(int node) throws RefusedEventException {
      if (document.kind(node) == JsonDocument.NULL) {
        if ("data".equals(document.name(node))) {
          throw new RefusedEventException(Problems.INVALID_DATA);
        }
        return; // CloudEvents JSON format §2.2: null is an attribute that is not set
      }
      switch (document.name(node)) {
        case "specversion" -> specversion = node;
        case "id" -> id = node;
        case "source" -> source = node;
        case "type" -> type = node;
        case "time" -> time = node;
        case "tenant" -> tenant = node;
        case "data" -> data = node;
        case "data_base64" -> throw new RefusedEventException(Problems.UNSUPPORTED_DATA);
        case "datacontenttype" -> {
          requireString("datacontenttype", node);
          if (!document.says(node, JSON)) {
            checkContentType(node);
            seal(node);
          }
        }
        case "subject", "dataschema" -> {
          requireString(document.name(node), node);
          seal(node);
        }
        case null, default -> {
          if (!document.scalar(node)) {
            throw new RefusedEventException(
                Problems.invalid("An extension attribute", "a string, a number or a truth value"));
          }
          seal(node);
        }
      }
    }

    private void checkSpecversion() throws RefusedEventException {
      if (specversion < 0) {
        throw new RefusedEventException(Problems.missing("specversion"));
      }
      if (document.kind(specversion) != JsonDocument.STRING
          || !document.says(specversion, VERSION)) {
        throw new RefusedEventException(Problems.UNSUPPORTED_SPECVERSION);
      }
    }

    private Instant time() throws RefusedEventException {
      if (time < 0) {
        throw new RefusedEventException(Problems.missing("time"));
      }
      Instant parsed =
          document.kind(time) == JsonDocument.STRING ? EventTime.parse(document, time) : null;
      if (parsed == null) {
        throw new RefusedEventException(Problems.INVALID_TIME);
      }
      return parsed;
    }

    private void checkContentType(int node) throws RefusedEventException {
      String value = document.string(node);
      int parameters = value.indexOf(';');
      String media = parameters < 0 ? value : value.substring(0, parameters);
      String lower = media.strip().toLowerCase(Locale.ROOT);
      boolean json =
          lower.equals("application/json") || lower.equals("text/json") || lower.endsWith("+json");
      if (!json) {
        throw new RefusedEventException(Problems.UNSUPPORTED_DATA);
      }
    }

    private void requireString(@Nullable String attribute, int node) throws RefusedEventException {
      if (document.kind(node) != JsonDocument.STRING) {
        throw new RefusedEventException(Problems.invalid(String.valueOf(attribute), "a string"));
      }
    }

    private String text(String attribute, int node, String rule, boolean unspaced)
        throws RefusedEventException {
      if (node < 0) {
        throw new RefusedEventException(Problems.missing(attribute));
      }
      if (document.kind(node) == JsonDocument.STRING) {
        String text = node == id ? document.string(node) : document.sharedString(node);
        if (wellFormed(text, unspaced)) {
          return text;
        }
      }
      throw new RefusedEventException(Problems.invalid(attribute, rule));
    }

    private static boolean wellFormed(String text, boolean unspaced) {
      if (text.isEmpty() || text.length() > MAX_ATTRIBUTE_LENGTH) {
        return false;
      }
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (Character.isISOControl(c) || (unspaced && Character.isWhitespace(c))) {
          return false;
        }
      }
      return true;
    }

    private void seal(int node) {
      if (sealed == null) {
        sealed = new ByteArrayOutputStream();
        sealed.write('{');
      } else {
        sealed.write(',');
      }
      int start = document.nameStart(node);
      sealed.write(document.bytes(), start, document.end(node) - start);
    }

    private byte @Nullable [] sealedAttributes() {
      if (sealed == null) {
        return null;
      }
      sealed.writeBytes("}".getBytes(StandardCharsets.US_ASCII));
      return sealed.toByteArray();
    }
  }
}
