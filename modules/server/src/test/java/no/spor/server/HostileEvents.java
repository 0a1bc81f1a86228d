package no.spor.server;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import no.spor.server.Hostile.Key;

/// Events that are no events, or none that may be recorded. The same for the same seed.
final class HostileEvents extends HostileMaking {
  private static final String NEVER_CLOSED = "never closed ";
  private final Random random;

  private HostileEvents(long seed) {
    this.random = new Random(seed);
  }

  static List<Hostile> all(long seed) {
    HostileEvents hostile = new HostileEvents(seed);
    hostile.brokenJson();
    hostile.badUtf8();
    hostile.wrongTypes();
    hostile.membersThatLackOrStandTwice();
    hostile.numbersAndText();
    hostile.nesting();
    hostile.times();
    hostile.whatTheCatalogueDoesNotTake();
    return hostile.requests();
  }

  /// @return whether the body could stand among others in a batch, and be answered alike
  static boolean standsForOneEvent(Hostile request) {
    return request.key() == Key.EMITTER
        && request.method().equals("POST")
        && request.path().equals("/v1/events")
        && RunningSpor.CLOUD_EVENT.equals(request.type())
        && request.headers().length == 0
        && request.status() != 400
        && !request.name().startsWith(NEVER_CLOSED);
  }

  private void brokenJson() {
    for (int i = 0; i < 150; i++) {
      byte[] whole = bytes(event());
      byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
      refused("cut at " + cut.length, cut, 400, MALFORMED);
    }
    for (int i = 0; i < 60; i++) {
      byte[] garbled = bytes(event());
      garbled[0] = (byte) "[}x\u0000\u00ff1\"".charAt(random.nextInt(7));
      refused("garbled", garbled, 400, MALFORMED);
    }
    for (String tail : List.of("}", "x", ",", "{}", "null", "\u0000")) {
      refused("something behind it", bytes(event() + tail), 400, MALFORMED);
    }
    for (String body : List.of("", " ", "\ufeff" + event(), "{'id':1}", "{\"id\":}", "nul")) {
      refused("no JSON", bytes(body), 400, MALFORMED);
      batch("no JSON in a batch", "[" + body + (body.isBlank() ? "," : "") + "]", 400, MALFORMED);
      batch("no batch at all", body, 400, MALFORMED);
    }
    for (String body : List.of("1", "\"" + MARKER + "\"", "null", "true", event())) {
      batch("not a batch", body, 422, "not-a-batch");
    }
    for (String body :
        List.of("1", "\"" + MARKER + "\"", "null", "true", "[]", "[" + event() + "]")) {
      refused("not an event", bytes(body), 422, "not-an-event");
    }
    for (String lines : List.of("{\n}{\nxx", MARKER, "{\n{\n", "\u0000\n\u0000")) {
      lines("no line parses", lines, 400, MALFORMED);
    }
  }

  private void badUtf8() {
    for (int[] bad :
        new int[][] {
          {0xed, 0xa0, 0x80}, {0xc0, 0xaf}, {0xff}, {0xf5, 0x80, 0x80, 0x80}, {0xe2, 0x82}
        }) {
      for (String member : List.of("user", "app", "other", MARKER)) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String event = event("data", "{\"" + member + "\":\"?\"}");
        body.writeBytes(bytes(event.substring(0, event.lastIndexOf('?'))));
        for (int one : bad) {
          body.write(one);
        }
        body.writeBytes(bytes(event.substring(event.lastIndexOf('?') + 1)));
        refused("not UTF-8", body.toByteArray(), 400, MALFORMED);
      }
    }
  }

  private void wrongTypes() {
    List<String> values = List.of("1", "1.5", "true", "[]", "{}", "[1]", "\"\"", "{\"a\":[]}");
    for (String name : List.of("id", "source", "type", "tenant")) {
      for (String value : values) {
        refused(name + " is " + value, event(name, value), 422, INVALID_ATTRIBUTE);
      }
      refused(
          name + " too long", event(name, "\"" + "y".repeat(1025) + "\""), 422, INVALID_ATTRIBUTE);
      refused(name + " with NUL", event(name, "\"a\\u0000b\""), 422, INVALID_ATTRIBUTE);
      refused(name + " with a line", event(name, "\"a\\nb\""), 422, INVALID_ATTRIBUTE);
    }
    refused(
        "source with a space", event("source", "\"/a " + MARKER + "\""), 422, INVALID_ATTRIBUTE);
    for (String value : values) {
      refused("time is " + value, event("time", value), 422, INVALID_TIME);
      refused(
          "specversion is " + value, event("specversion", value), 422, "unsupported-specversion");
      if (!value.startsWith("{")) {
        refused("data is " + value, event("data", value), 422, "invalid-data");
      }
    }
    refused("data is null", event("data", "null"), 422, "invalid-data");
    refused("old specversion", event("specversion", "\"0.3\""), 422, "unsupported-specversion");
    refused("extension is an object", event("ext", "{\"a\":1}"), 422, INVALID_ATTRIBUTE);
    refused("extension is an array", event("ext", "[\"" + MARKER + "\"]"), 422, INVALID_ATTRIBUTE);
    refused("subject is a number", event("subject", "1"), 422, INVALID_ATTRIBUTE);
    refused("data in base64", event("data_base64", "\"AAAA\""), 422, "unsupported-data");
    refused("data is XML", event("datacontenttype", "\"text/xml\""), 422, "unsupported-data");
  }

  private void membersThatLackOrStandTwice() {
    for (String name : List.of("id", "source", "type", "time", "specversion", "data")) {
      for (int i = 0; i < 4; i++) {
        refused("without " + name, event(name, null), 422, MISSING_ATTRIBUTE);
      }
      if (!name.equals("data")) {
        refused(name + " is null", event(name, "null"), 422, MISSING_ATTRIBUTE);
      }
    }
    for (int i = 0; i < 10; i++) {
      refused(
          "member twice",
          event().replace("{\"user\"", "{\"user\":\"" + i + "\",\"user\""),
          422,
          "duplicate-member");
      refused(
          "attribute twice",
          event().replaceFirst("\\{", "{\"id\":\"0\","),
          422,
          "duplicate-member");
      refused(
          "member twice by an escape",
          event("data", "{\"a\":1,\"\\u0061\":\"" + MARKER + "\"}"),
          422,
          "duplicate-member");
    }
  }

  private void numbersAndText() {
    for (String value :
        List.of("NaN", "Infinity", "-Infinity", "01", "+1", "0x10", "1.", ".5", "1e", "-", "1_0")) {
      for (String member : List.of("user", "app", "other")) {
        refused(
            "number " + value, event("data", "{\"" + member + "\":" + value + "}"), 400, MALFORMED);
      }
    }
    for (String value :
        List.of(
            "1" + "0".repeat(5000),
            "-" + "9".repeat(3000),
            "0." + "3".repeat(1500),
            "1e" + "9".repeat(1001))) {
      for (String member : List.of("user", "app", "other")) {
        refused(
            "long number",
            event("data", "{\"" + member + "\":" + value + "}"),
            422,
            "number-too-long");
      }
    }
    for (String value :
        List.of("1e400", "0.1e-99999999999", "1.0", "1e" + "9".repeat(400), "-1e0")) {
      refused(
          "person is " + value, event("data", "{\"user\":" + value + "}"), 422, "invalid-person");
    }
    for (String half :
        List.of("\\ud800", "\\udc00", "\\ud800\\ud800", "a\\udfffb", "\\ud83d " + MARKER)) {
      for (String member : List.of("user", "app", "other")) {
        refused(
            "half a pair",
            event("data", "{\"" + member + "\":\"" + half + "\"}"),
            422,
            "lone-surrogate");
      }
      refused(
          "half a pair in a name", event("data", "{\"" + half + "\":1}"), 422, "lone-surrogate");
      refused("half a pair in an id", event("id", "\"" + half + "\""), 422, "lone-surrogate");
    }
  }

  private void nesting() {
    for (int depth : new int[] {32, 33, 40, 100, 900, 20_000}) {
      String objects = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
      String arrays = "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
      refused("deep objects " + depth, event("data", objects), 422, "nesting-too-deep");
      refused("deep arrays " + depth, event("data", arrays), 422, "nesting-too-deep");
      refused("deep attribute " + depth, event("ext", arrays), 422, "nesting-too-deep");
      refused(
          NEVER_CLOSED + depth,
          event("data", "[".repeat(depth)).replace("]", ""),
          422,
          "nesting-too-deep");
    }
  }

  private void times() {
    for (String time :
        List.of(
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-01",
            "yesterday",
            "0001-01-01T00:00:00Z",
            "1677-12-31T23:59:59Z",
            "9999-01-01T00:00:00Z",
            "2026-11-01T24:00:00Z",
            "2026-11-01T23:60:00Z",
            "2026-11-01T00:00:00",
            "2026-11-01T00:00:00+99:00",
            "2026-11-01T00:00:00.1234567891Z",
            "-2026-11-01T00:00:00Z",
            "+12026-11-01T00:00:00Z",
            "2026-11-01T00:00:00Z" + MARKER,
            "1762000000",
            "2026-11-01 00:00:00Z",
            "2026-W44-7T00:00:00Z",
            "２０２６-11-01T00:00:00Z",
            "2026-11-01T23:59:60Z")) {
      for (int i = 0; i < 3; i++) {
        refused("time " + time, event("time", "\"" + time + "\""), 422, INVALID_TIME);
      }
    }
    Instant ahead = Instant.now().plus(Duration.ofMinutes(6));
    for (String time : List.of(ahead.toString(), "2261-12-31T23:59:59Z")) {
      refused("time ahead", event("time", "\"" + time + "\""), 422, "time-in-future");
    }
  }

  private void whatTheCatalogueDoesNotTake() {
    for (int i = 0; i < 10; i++) {
      refused("unknown type", event("type", "\"" + MARKER + i + "\""), 422, "unknown-event-type");
    }
    for (String type :
        List.of(
            "personal-data.viewed",
            "spor.key-created",
            "spor",
            "personal-data",
            "personal-data.x")) {
      refused("type " + type, event("type", "\"" + type + "\""), 422, "reserved-event");
    }
    for (String source : List.of("/spor", "/spor/", "/spor/x")) {
      refused("source " + source, event("source", "\"" + source + "\""), 422, "reserved-event");
    }
    for (String person :
        List.of("{}", "{\"a\":\"" + MARKER + "\"}", "[]", "[\"x\"]", "true", "false", "1.5")) {
      for (String member : List.of("user", "ip")) {
        refused(
            "person " + person,
            event("data", "{\"" + member + "\":" + person + "}"),
            422,
            "invalid-person");
      }
    }
  }
}
