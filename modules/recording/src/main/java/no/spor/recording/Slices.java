package no.spor.recording;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.spor.recording.Recorder.Submission;

/// Where the events of a request lie. Divides without parsing, so that each event can be judged for
/// itself.
///
/// @param lines whether a text that is no JSON is its own event's fault alone
record Slices(List<Slice> events, boolean lines) {
  static final int MAX_REQUEST_BYTES = 16 << 20;
  static final int MAX_EVENTS = 10_000;

  /// @param data offset where the data of an event in binary mode begins; -1 for other events
  record Slice(byte[] bytes, int from, int to, int data) {
    int length() {
      return to - from;
    }
  }

  /// @throws RejectedRequestException where there is no telling the events apart, or too much of
  ///   them
  static Slices of(Submission submission) {
    return switch (submission) {
      case Submission.Structured(byte[] json) ->
          single(new Slice(bounded(json), 0, json.length, -1));
      case Submission.Binary(Map<String, String> attributes, byte[] data) ->
          single(structured(attributes, bounded(data)));
      case Submission.Batch(byte[] json) -> new Slices(elements(bounded(json)), false);
      case Submission.Lines(byte[] ndjson) -> new Slices(lines(bounded(ndjson)), true);
    };
  }

  private static byte[] bounded(byte[] bytes) {
    if (bytes.length > MAX_REQUEST_BYTES) {
      throw new RejectedRequestException(Problems.REQUEST_TOO_LARGE);
    }
    return bytes;
  }

  private static Slices single(Slice event) {
    return new Slices(List.of(event), false);
  }

  /// Writes a binary-mode event as a structured one.
  static Slice structured(Map<String, String> attributes, byte[] data) {
    ByteArrayOutputStream json = new ByteArrayOutputStream(data.length + 256);
    json.write('{');
    attributes.forEach((name, value) -> {
      if (name.equals("data") || name.equals("data_base64")) {
        throw new RejectedRequestException(Problems.UNSUPPORTED_DATA);
      }
      writeString(json, name);
      json.write(':');
      writeString(json, value);
      json.write(',');
    });
    json.writeBytes("\"data\":".getBytes(StandardCharsets.US_ASCII));
    int start = json.size();
    json.writeBytes(data);
    json.write('}');
    byte[] bytes = json.toByteArray();
    return new Slice(bytes, 0, bytes.length, start);
  }

  /// A lone surrogate stays one, escaped, and is refused as one.
  private static void writeString(ByteArrayOutputStream json, String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        quoted.append("\\u").append(Character.forDigit(c >>> 12, 16));
        quoted.append(Character.forDigit(c >>> 8 & 15, 16));
        quoted.append(Character.forDigit(c >>> 4 & 15, 16));
        quoted.append(Character.forDigit(c & 15, 16));
      } else {
        quoted.append(c);
      }
    }
    json.writeBytes(quoted.append('"').toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<Slice> lines(byte[] bytes) {
    List<Slice> lines = new ArrayList<>();
    int start = 0;
    for (int at = 0; at <= bytes.length; at++) {
      if (at == bytes.length || bytes[at] == '\n') {
        if (skipBlank(bytes, start, at) < at) {
          add(lines, new Slice(bytes, start, at, -1));
        }
        start = at + 1;
      }
    }
    return lines;
  }

  private static List<Slice> elements(byte[] bytes) {
    List<Slice> elements = new ArrayList<>();
    int end = bytes.length;
    int at = skipBlank(bytes, 0, end);
    if (at == end) {
      throw new RejectedRequestException(Problems.MALFORMED_JSON);
    }
    if (bytes[at] != '[') {
      throw notABatch(bytes);
    }
    at = skipBlank(bytes, at + 1, end);
    if (at < end && bytes[at] == ']') {
      at++;
    } else {
      boolean more = true;
      while (more) {
        int stop = endOfElement(bytes, at, end);
        add(elements, new Slice(bytes, at, stop, -1));
        more = bytes[stop] == ',';
        at = stop + 1;
      }
    }
    if (skipBlank(bytes, at, end) < end) {
      throw new RejectedRequestException(Problems.MALFORMED_JSON);
    }
    return elements;
  }

  /// Whatever is JSON but no array is no batch; all else is no JSON.
  private static RejectedRequestException notABatch(byte[] bytes) {
    try (JsonReader reader = new JsonReader()) {
      reader.read(bytes, 0, bytes.length);
      return new RejectedRequestException(Problems.NOT_A_BATCH);
    } catch (RefusedEventException refused) {
      return new RejectedRequestException(
          refused.problem() == Problems.MALFORMED_JSON ? refused.problem() : Problems.NOT_A_BATCH);
    }
  }

  /// @return offset of the comma or bracket behind the element
  private static int endOfElement(byte[] bytes, int from, int end) {
    int depth = 0;
    boolean string = false;
    for (int at = from; at < end; at++) {
      byte b = bytes[at];
      if (string) {
        if (b == '\\') {
          at++;
        } else if (b == '"') {
          string = false;
        }
        continue;
      }
      if (depth == 0 && (b == ',' || b == ']')) {
        return at;
      }
      string = b == '"';
      if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth--;
      }
    }
    throw new RejectedRequestException(Problems.MALFORMED_JSON);
  }

  private static void add(List<Slice> slices, Slice slice) {
    if (slices.size() == MAX_EVENTS) {
      throw new RejectedRequestException(Problems.TOO_MANY_EVENTS);
    }
    slices.add(slice);
  }

  static int skipBlank(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to
        && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
      at++;
    }
    return at;
  }
}
