package no.spor.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import no.spor.server.Hostile.Key;
import org.jspecify.annotations.Nullable;

/// Requests that are refused for what surrounds the event: who sends it, as what, where to, how
// much of it.
final class HostileEnvelopes extends HostileMaking {
  private HostileEnvelopes() {}

  static List<Hostile> all() {
    HostileEnvelopes hostile = new HostileEnvelopes();
    hostile.tenantsAndKeys();
    hostile.tooMuch();
    hostile.mediaTypes();
    hostile.whatIsAccepted();
    hostile.binaryMode();
    hostile.methodsAndPaths();
    hostile.addressesThatCannotBeRead();
    return hostile.requests();
  }

  private void tenantsAndKeys() {
    for (int i = 0; i < 20; i++) {
      refused("another's tenant", event("tenant", "\"annet-as\""), 404, "no-such-tenant");
      refused(
          "no tenant of ours", event("tenant", "\"" + MARKER + i + "\""), 404, "no-such-tenant");
      with("no key", Key.NONE, event(), 401, "key-missing-or-not-valid");
      with("revoked key", Key.REVOKED, event(), 401, "key-missing-or-not-valid");
    }
    for (int i = 0; i < 10; i++) {
      with("operator's, without a tenant", Key.OPERATORS_EMITTER, event(), 422, MISSING_ATTRIBUTE);
      with(
          "operator's, unknown tenant",
          Key.OPERATORS_EMITTER,
          event("tenant", "\"" + MARKER + "\""),
          404,
          "no-such-tenant");
      with(
          "operator's, Spor's stream",
          Key.OPERATORS_EMITTER,
          event("tenant", "\"spor\""),
          404,
          "no-such-tenant");
      for (Key key : List.of(Key.AUDITOR, Key.OFFICER, Key.ADMIN, Key.TENANT_ADMIN)) {
        with("recording as " + key, key, event(), 403, "role-not-sufficient");
      }
    }
    for (String authorization :
        List.of(
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Bearer spor_",
            "Bearer spor_" + "A".repeat(60),
            "Bearer spor_aaaaaaaaaaaaaaaa_" + "A".repeat(43),
            "Bearer " + MARKER.repeat(100),
            "Basic " + MARKER,
            "spor_aaaaaaaaaaaaaaaa_" + "A".repeat(43),
            "Bearer spor_aaaaaaaaaaaaaaaa_" + "A".repeat(43) + ", Bearer x")) {
      add(
          "key " + authorization,
          Key.NONE,
          "/v1/events",
          RunningSpor.CLOUD_EVENT,
          bytes(event()),
          401,
          "key-missing-or-not-valid",
          "Authorization",
          authorization);
    }
  }

  private void tooMuch() {
    String many = repeated(10_001, i -> "{\"id\":\"b" + i + "\"}", ",");
    batch("10 001 events", "[" + many + "]", 413, "too-many-events");
    lines(
        "10 001 lines",
        repeated(10_001, i -> event("id", "\"b" + i + "\""), "\n"),
        413,
        "too-many-events");
    for (int i = 0; i < 3; i++) {
      refused(
          "257 KiB",
          event("data", "{\"user\":\"" + MARKER + "\",\"t\":\"" + "y".repeat(257 * 1024) + "\"}"),
          413,
          "event-too-large");
      refused("257 KiB of blanks", event() + " ".repeat(257 * 1024), 413, "event-too-large");
      batch("more than 16 MiB", "[" + " ".repeat(16 * 1024 * 1024) + "]", 413, "request-too-large");
    }
    for (int i = 0; i < 5; i++) {
      refused(
          "clear fields",
          event("data", "{\"user\":\"x\",\"app\":\"" + MARKER + "y".repeat(33 * 1024) + "\"}"),
          413,
          "clear-fields-too-large");
      String atomic = "[" + repeated(257, n -> event("id", "\"a" + n + "\""), ",") + "]";
      add(
          "atomic 257",
          Key.EMITTER,
          "/v1/events?atomic=true",
          RunningSpor.BATCH,
          bytes(atomic),
          413,
          "atomic-too-large");
      String large =
          "["
              + repeated(5, n -> event("data", "{\"t\":\"" + "y".repeat(250 * 1024) + "\"}"), ",")
              + "]";
      add(
          "atomic 1 MiB",
          Key.EMITTER,
          "/v1/events?atomic=true",
          RunningSpor.BATCH,
          bytes(large),
          413,
          "atomic-too-large");
    }
    for (String value : List.of("", "1", "TRUE", MARKER, "true,false", "true&atomic=true")) {
      add(
          "atomic=" + value,
          Key.EMITTER,
          "/v1/events?atomic=" + value,
          RunningSpor.CLOUD_EVENT,
          bytes(event()),
          400,
          "invalid-parameter");
    }
  }

  private void mediaTypes() {
    for (String type :
        List.of(
            "text/plain",
            "application/xml",
            "application/json",
            "application/json; charset=utf-16",
            "application/cloudevents+json; charset=utf-16",
            "application/cloudevents+json;charset=\"latin1\"",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "multipart/mixed",
            MARKER,
            "application/*",
            "*/*",
            "application/cloudevents+avro",
            "application/cloudevents-batch+xml",
            "application/x-www-form-urlencoded",
            "/",
            ";")) {
      for (int i = 0; i < 3; i++) {
        add(
            "media type " + type,
            Key.EMITTER,
            "/v1/events",
            type,
            bytes(event()),
            415,
            "unsupported-media-type");
      }
    }
    add(
        "no media type",
        Key.EMITTER,
        "/v1/events",
        null,
        bytes(event()),
        415,
        "unsupported-media-type");
    add(
        "packed",
        Key.EMITTER,
        "/v1/events",
        RunningSpor.CLOUD_EVENT,
        bytes(event()),
        415,
        "unsupported-media-type",
        "Content-Encoding",
        "gzip");
    add(
        "form with the event in it",
        Key.EMITTER,
        "/v1/events",
        "multipart/form-data; boundary=b",
        bytes(
            "--b\r\nContent-Disposition: form-data; name=\"e\"\r\n\r\n"
                + event()
                + "\r\n--b--\r\n"),
        415,
        "unsupported-media-type");
  }

  private void whatIsAccepted() {
    for (String accept : List.of("text/html", "application/xml", MARKER + "/x", ";;;")) {
      add(
          "accepts " + accept,
          Key.EMITTER,
          "/v1/events",
          RunningSpor.CLOUD_EVENT,
          bytes("{"),
          400,
          MALFORMED,
          "Accept",
          accept);
    }
  }

  private void binaryMode() {
    String data = "{\"user\":\"" + MARKER + "\"}";
    for (String name : List.of("id", "source", "type", "time")) {
      binary("without ce-" + name, data, 422, MISSING_ATTRIBUTE, name, null);
      binary(
          "empty ce-" + name,
          data,
          422,
          name.equals("time") ? INVALID_TIME : INVALID_ATTRIBUTE,
          name,
          "");
    }
    binary("old specversion", data, 422, "unsupported-specversion", "specversion", "0.3");
    binary("another's tenant", data, 404, "no-such-tenant", "tenant", "annet-as");
    binary("broken escape", data, 422, INVALID_ATTRIBUTE, "id", "%zz" + MARKER);
    binary("half an escape", data, 422, INVALID_ATTRIBUTE, "id", "a%2");
    binary("escaped line", data, 422, INVALID_ATTRIBUTE, "id", "a%0Ab");
    binary("data as a header", data, 422, "unsupported-data", "data", "{}");
    binary("data_base64 as a header", data, 422, "unsupported-data", "data_base64", "AAAA");
    for (String body :
        List.of("", "{", "{}}", "{},\"tenant\":\"annet-as\"", "{}} {\"a\":{}", "{\"a\":1}{")) {
      binary("data " + body, body, 400, MALFORMED, "ext", MARKER);
    }
    for (String body : List.of("[]", "1", "null", "\"" + MARKER + "\"")) {
      binary("data " + body, body, 422, "invalid-data", "ext", MARKER);
    }
  }

  private void methodsAndPaths() {
    for (String method : List.of("GET", "PUT", "DELETE", "PATCH", "TRACE", "HACK")) {
      for (String path : List.of("/v1/events", "/v1/timeline")) {
        add(
            new Hostile(
                method + " " + path,
                Key.EMITTER,
                method,
                path,
                RunningSpor.CLOUD_EVENT,
                bytes(event()),
                405,
                "method-not-allowed"));
        if (method.equals("TRACE")) {
          continue; // The container refuses it before anybody asks for a key.
        }
        add(
            new Hostile(
                method + " without a key",
                Key.NONE,
                method,
                path,
                RunningSpor.CLOUD_EVENT,
                bytes(event()),
                401,
                "key-missing-or-not-valid"));
      }
    }
    for (String path :
        List.of(
            "/v1/eventz",
            "/v1/events/",
            "/v1/events/x/y",
            "/v1/EVENTS",
            "/v1/" + MARKER,
            "/v1/events.json",
            "/v2/events",
            "/" + MARKER,
            "/actuator/env",
            "/actuator/heapdump",
            "/actuator/shutdown",
            "/.git/config",
            "/error/x",
            "/webjars/../application.properties")) {
      add(
          "path " + path,
          Key.EMITTER,
          path,
          RunningSpor.CLOUD_EVENT,
          bytes(event()),
          404,
          "not-found");
    }
  }

  private void addressesThatCannotBeRead() {
    for (String path :
        List.of(
            "/v1/%00",
            "/v1/events%2f1",
            "/v1/events/..%2f..%2fetc%2fpasswd",
            "/v1/%ff%fe",
            "/v1//events%5c",
            "/v1/events/%2e%2e%2f")) {
      add(
          "path " + path,
          Key.EMITTER,
          path,
          RunningSpor.CLOUD_EVENT,
          bytes(event()),
          400,
          "bad-request");
    }
  }

  private void binary(
      String name, String body, int status, String slug, String attribute, @Nullable String value) {
    Map<String, String> attributes =
        new TreeMap<>(
            Map.of(
                "specversion",
                "1.0",
                "id",
                "h" + nextNumber(),
                "source",
                "/hostile",
                "type",
                "login.succeeded",
                "time",
                "2026-11-01T00:00:00Z"));
    attributes.remove(attribute);
    if (value != null) {
      attributes.put(attribute, value);
    }
    List<String> headers = new ArrayList<>();
    attributes.forEach((key, text) -> headers.addAll(List.of("ce-" + key, text)));
    add(
        "binary, " + name,
        Key.EMITTER,
        "/v1/events",
        RunningSpor.JSON,
        bytes(body),
        status,
        slug,
        headers.toArray(String[]::new));
  }
}
