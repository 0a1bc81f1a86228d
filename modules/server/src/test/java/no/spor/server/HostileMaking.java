package no.spor.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import no.spor.server.Hostile.Key;
import org.jspecify.annotations.Nullable;

/// Collects hostile requests to `POST /v1/events`. Every event in them would be recorded, were it
// not for what is
/// changed in it.
abstract class HostileMaking {
  static final String MARKER = Hostile.MARKER;
  static final String MALFORMED = "malformed-json";
  static final String INVALID_ATTRIBUTE = "invalid-attribute";
  static final String MISSING_ATTRIBUTE = "missing-attribute";
  static final String INVALID_TIME = "invalid-time";
  private static final Map<String, String> ATTRIBUTES =
      Map.of(
          "specversion",
          "\"1.0\"",
          "source",
          "\"/hostile\"",
          "type",
          "\"login.succeeded\"",
          "time",
          "\"2026-11-01T00:00:00Z\"",
          "data",
          "{\"user\":\""
              + MARKER
              + "@x.example\",\"ip\":\""
              + Hostile.ADDRESS
              + "\",\"app\":\"web\"}");

  private final List<Hostile> requests = new ArrayList<>();
  private int number;

  final List<Hostile> requests() {
    return requests;
  }

  final int nextNumber() {
    return number++;
  }

  final void refused(String name, String event, int status, String slug) {
    refused(name, bytes(event), status, slug);
  }

  final void refused(String name, byte[] event, int status, String slug) {
    add(name, Key.EMITTER, "/v1/events", RunningSpor.CLOUD_EVENT, event, status, slug);
  }

  final void with(String name, Key key, String event, int status, String slug) {
    add(name, key, "/v1/events", RunningSpor.CLOUD_EVENT, bytes(event), status, slug);
  }

  final void batch(String name, String body, int status, String slug) {
    add(name, Key.EMITTER, "/v1/events", RunningSpor.BATCH, bytes(body), status, slug);
  }

  final void lines(String name, String body, int status, String slug) {
    add(name, Key.EMITTER, "/v1/events", RunningSpor.LINES, bytes(body), status, slug);
  }

  final void add(
      String name,
      Key key,
      String path,
      @Nullable String type,
      byte[] body,
      int status,
      String slug,
      String... headers) {
    add(new Hostile(name, key, "POST", path, type, body, status, slug, headers));
  }

  final void add(Hostile request) {
    requests.add(request);
  }

  final String event() {
    return event("", null);
  }

  /// @param value JSON; null leaves the attribute out
  final String event(String changed, @Nullable String value) {
    Map<String, String> attributes = new TreeMap<>(ATTRIBUTES);
    attributes.put("id", "\"h" + number++ + "\"");
    attributes.put("subject", "\"" + MARKER + "\"");
    attributes.remove(changed);
    if (value != null) {
      attributes.put(changed, value);
    }
    StringBuilder json = new StringBuilder();
    attributes.forEach((name, text) ->
        json.append(json.isEmpty() ? '{' : ',')
            .append('"')
            .append(name)
            .append("\":")
            .append(text));
    return json.append('}').toString();
  }

  static String repeated(int times, IntFunction<String> element, String between) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < times; i++) {
      all.append(i == 0 ? "" : between).append(element.apply(i));
    }
    return all.toString();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
