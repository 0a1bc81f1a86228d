package no.spor.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import no.spor.server.Hostile.Key;
import org.jspecify.annotations.Nullable;

/// What readers and administrators should not send, each with its answer.
final class HostileQuestions {
  private static final String MARKER = Hostile.MARKER;
  private static final String MALFORMED = "malformed-json";
  private static final String INVALID_QUERY = "invalid-query";
  private static final String INVALID_REQUEST = "invalid-request";
  private final List<Hostile> requests = new ArrayList<>();

  private HostileQuestions() {}

  static List<Hostile> all() {
    HostileQuestions hostile = new HostileQuestions();
    hostile.timelines();
    hostile.otherTimelines();
    hostile.events();
    hostile.roles();
    hostile.otherRoles();
    hostile.tenantsAndKeys();
    hostile.keys();
    hostile.catalogues();
    return hostile.requests;
  }

  private void timelines() {
    for (String query :
        List.of(
            "{\"tenant\":1}",
            "{\"limit\":5000}",
            "{\"limit\":-1}",
            "{\"limit\":0}",
            "{\"limit\":1.5}",
            "{\"limit\":\"5\"}",
            "{\"limit\":99999999999999999999}",
            "{\"cursor\":\"xx\"}",
            "{\"cursor\":\"" + MARKER + "\"}",
            "{\"cursor\":1}",
            "{\"cursor\":\"" + "A".repeat(501) + "\"}",
            "{\"cursor\":\"" + "A".repeat(64) + "\"}",
            "{\"types\":\"x\"}",
            "{\"types\":[1]}",
            "{\"types\":[\"x\",null]}",
            "{\"types\":[" + "\"x\",".repeat(100) + "\"x\"]}",
            "{\"from\":\"x\"}",
            "{\"from\":1}",
            "{\"to\":\"2026-11-01\"}",
            "{\"to\":\"" + MARKER + "\"}",
            "{\"facets\":[1]}",
            "{\"facets\":{\"site\":\"x\"}}",
            "{\"facets\":{\"/site\":{}}}",
            "{\"facets\":{\"/site\":[]}}",
            "{\"facets\":{\"/" + "y".repeat(1001) + "\":1}}",
            "{\"person\":{\"a\":1}}",
            "{\"person\":[\"" + MARKER + "\"]}",
            "{\"person\":true}",
            "{\"person\":1.5}",
            "{\"person\":\"\\ud800\"}",
            "{\"unknown\":1}",
            "{\"" + MARKER + "\":1}",
            "{\"person\":\"" + "y".repeat(100_001) + "\"}",
            "[]",
            "1",
            "null",
            "\"" + MARKER + "\"",
            "[\"" + MARKER + "\"]")) {
      question(query, 422, INVALID_QUERY);
    }
  }

  private void otherTimelines() {
    for (String query :
        List.of(
            "",
            "nonsense",
            "{",
            "{\"person\":\"" + MARKER + "\"",
            "{}{}",
            "{},",
            "{\"person\":\"a\",\"person\":\"b\"}",
            "{\"types\":[",
            "{\"facets\":{",
            "{\"facets\":{\"/a\":",
            "\u0000",
            "{\"facets\":{\"/\\ud800\":1}}")) {
      question(query, 400, MALFORMED);
    }
    question("{\"tenant\":\"annet-as\"}", 404, "not-found");
    question("{\"tenant\":\"" + MARKER + "\"}", 404, "not-found");
    question("{\"tenant\":\"spor\"}", 404, "not-found");
    question("{\"tenant\":\"bygg-as\\u0000\"}", 404, "not-found");
    for (String person : List.of(MARKER, Hostile.ADDRESS)) {
      String query = "{\"person\":\"" + person + "\"}";
      timeline("no purpose", Key.OFFICER, query, 400, "purpose-missing");
      timeline("blank purpose", Key.OFFICER, query, 400, "purpose-missing", "Purpose", "  ");
      timeline(
          "long purpose", Key.OFFICER, query, 400, "purpose-missing", "Purpose", "y".repeat(501));
      for (String after : List.of("-1", "x", MARKER, "1e3", "9".repeat(19), "")) {
        timeline(
            "after " + after, Key.AUDITOR, query, 400, "invalid-parameter", "Spor-After", after);
      }
    }
    add(
        "media type",
        Key.AUDITOR,
        "POST",
        "/v1/timeline",
        "text/plain",
        "{}",
        415,
        "unsupported-media-type");
    add(
        "form",
        Key.AUDITOR,
        "POST",
        "/v1/timeline",
        "application/x-www-form-urlencoded",
        "person=" + MARKER,
        415,
        "unsupported-media-type");
    add(
        "large",
        Key.AUDITOR,
        "POST",
        "/v1/timeline",
        RunningSpor.JSON,
        " ".repeat(1024 * 1024) + "{}",
        413,
        "request-too-large");
  }

  private void events() {
    for (String position :
        List.of(
            "-1",
            "x",
            "1e3",
            "0x1",
            "1.0",
            "9".repeat(18),
            "9".repeat(19),
            "9".repeat(30),
            MARKER,
            "%20",
            "१",
            "0")) {
      add(
          "event " + position,
          Key.AUDITOR,
          "GET",
          "/v1/events/" + position.replace("१", "%E0%A5%A7"),
          null,
          "",
          404,
          "not-found");
    }
    add(
        "another's tenant",
        Key.AUDITOR,
        "GET",
        "/v1/events/1?tenant=annet-as",
        null,
        "",
        404,
        "not-found");
    add(
        "no such tenant",
        Key.AUDITOR,
        "GET",
        "/v1/events/1?tenant=" + MARKER,
        null,
        "",
        404,
        "not-found");
    add("no purpose", Key.OFFICER, "GET", "/v1/events/1", null, "", 400, "purpose-missing");
  }

  private void roles() {
    for (Key key : List.of(Key.EMITTER, Key.ADMIN, Key.TENANT_ADMIN)) {
      timeline(
          "reading as " + key,
          key,
          "{\"tenant\":\"bygg-as\"}",
          403,
          "role-not-sufficient",
          "Purpose",
          "p");
      add(
          "reading as " + key,
          key,
          "GET",
          "/v1/events/1",
          null,
          "",
          403,
          "role-not-sufficient",
          "Purpose",
          "p");
    }
    for (Key key : List.of(Key.EMITTER, Key.AUDITOR, Key.OFFICER)) {
      for (String path : List.of("/v1/tenants", "/v1/keys", "/v1/views/timeline")) {
        add(key + " " + path, key, "GET", path, null, "", 403, "role-not-sufficient");
      }
      add(
          key + " makes a tenant",
          key,
          "POST",
          "/v1/tenants",
          RunningSpor.JSON,
          "{\"id\":\"x\",\"name\":\"x\"}",
          403,
          "role-not-sufficient");
      add(
          key + " makes a key",
          key,
          "POST",
          "/v1/keys",
          RunningSpor.JSON,
          "{\"role\":\"admin\",\"name\":\"x\"}",
          403,
          "role-not-sufficient");
      add(
          key + " puts a catalogue",
          key,
          "PUT",
          "/v1/tenants/bygg-as/catalogue",
          RunningSpor.JSON,
          "{}",
          403,
          "role-not-sufficient");
      add(
          key + " revokes",
          key,
          "DELETE",
          "/v1/keys/aaaaaaaaaaaaaaaa",
          null,
          "",
          403,
          "role-not-sufficient");
    }
  }

  private void otherRoles() {
    add(
        "tenant's administrator makes a tenant",
        Key.TENANT_ADMIN,
        "POST",
        "/v1/tenants",
        RunningSpor.JSON,
        "{\"id\":\"x\",\"name\":\"x\"}",
        403,
        "role-not-sufficient");
    add(
        "tenant's administrator rebuilds",
        Key.TENANT_ADMIN,
        "POST",
        "/v1/views/timeline/rebuild",
        RunningSpor.JSON,
        "{}",
        403,
        "role-not-sufficient");
    for (Key key : List.of(Key.NONE, Key.REVOKED)) {
      for (String path :
          List.of("/v1/tenants", "/v1/keys", "/v1/events/1", "/v1/ledger", "/v1/nothing", "/v1/")) {
        add(key + " " + path, key, "GET", path, null, "", 401, "key-missing-or-not-valid");
      }
    }
  }

  private void tenantsAndKeys() {
    for (String body : List.of("", "{", "nonsense", "{}{}", "{\"id\":")) {
      tenant(body, 400, MALFORMED);
      key(body, 400, MALFORMED);
    }
    for (String body :
        List.of(
            "[]",
            "1",
            "{}",
            "{\"id\":1,\"name\":\"x\"}",
            "{\"id\":null,\"name\":\"x\"}",
            "{\"id\":\"x\"}",
            "{\"id\":\"x\",\"name\":{}}",
            "{\"id\":\"x\",\"name\":\" \"}",
            "{\"id\":\"x\",\"name\":\"" + "y".repeat(201) + "\"}",
            "{\"" + MARKER + "\":\"x\"}",
            "{\"id\":\"x\",\"id\":\"y\",\"name\":\"n\"}",
            "{\"id\":\"\\ud800\",\"name\":\"x\"}")) {
      tenant(body, 422, INVALID_REQUEST);
      key(body, 422, INVALID_REQUEST);
    }
    for (String id :
        List.of(MARKER, "a b", "-a", "æ", "a/b", "..", "a".repeat(64), "spor", "a\\u0000")) {
      tenant("{\"id\":\"" + id + "\",\"name\":\"x\"}", 422, "invalid-tenant-id");
    }
    tenant("{\"id\":\"x\",\"name\":\"a\\u0000b\"}", 422, "invalid-tenant-name");
    tenant("{\"id\":\"bygg-as\",\"name\":\"x\"}", 409, "tenant-exists");
  }

  private void keys() {
    for (String role : List.of("root", MARKER, "ADMIN", "operator")) {
      key("{\"role\":\"" + role + "\",\"name\":\"x\"}", 422, INVALID_REQUEST);
    }
    key("{\"role\":\"admin\",\"name\":\"x\",\"tenant\":\"" + MARKER + "\"}", 404, "not-found");
    key("{\"role\":\"admin\",\"name\":\"a\\nb\"}", 422, "invalid-key-name");
    add(
        "another's key",
        Key.TENANT_ADMIN,
        "POST",
        "/v1/keys",
        RunningSpor.JSON,
        "{\"role\":\"admin\",\"name\":\"x\",\"tenant\":\"annet-as\"}",
        404,
        "not-found");
    for (String id : List.of("x", MARKER, "aaaaaaaaaaaaaaaa", "%20", "..%20")) {
      add("revokes " + id, Key.ADMIN, "DELETE", "/v1/keys/" + id, null, "", 404, "not-found");
    }
    for (String id : List.of("annet-as", MARKER, "%20", "spor")) {
      add("tenant " + id, Key.TENANT_ADMIN, "GET", "/v1/tenants/" + id, null, "", 404, "not-found");
      add(
          "catalogue of " + id,
          Key.AUDITOR,
          "GET",
          "/v1/tenants/" + id + "/catalogue",
          null,
          "",
          404,
          "not-found");
      add(
          "puts catalogue of " + id,
          Key.TENANT_ADMIN,
          "PUT",
          "/v1/tenants/" + id + "/catalogue",
          RunningSpor.JSON,
          "{}",
          404,
          "not-found");
    }
    add("tenants deleted", Key.ADMIN, "DELETE", "/v1/tenants", null, "", 405, "method-not-allowed");
    add(
        "media type",
        Key.ADMIN,
        "POST",
        "/v1/tenants",
        "text/plain",
        "{}",
        415,
        "unsupported-media-type");
    add(
        "media type",
        Key.ADMIN,
        "POST",
        "/v1/keys",
        "application/xml",
        "<a/>",
        415,
        "unsupported-media-type");
  }

  private void catalogues() {
    for (String document :
        List.of(
            "{",
            "[]",
            "1",
            "x",
            "types: [",
            "types: {a: &x {}}",
            "types: *x",
            "types: !!java.net.URL [x]",
            "a: 1",
            "unknownTypes: maybe",
            "retention: {session: never}",
            "retention: {session: P-1D}",
            "retention: {SESSION: P1D}",
            "types: {spor.x: {retention: history}}",
            "types: {personal-data.viewed: {retention: history}}",
            "types: {a: {retention: nothing}}",
            "types: {a: {}}",
            "types: {a: 1}",
            "types: {a: {retention: history, people: {owner: /a}}}",
            "types: {a: {retention: history, facets: [a]}}",
            "types: {a: {retention: history, facets: [/a, /a]}}",
            "types: {login.succeeded: {retention: session, facets: [/user]}}",
            "types: {a: {retention: history}}\n---\ntypes: {}",
            "types: {a: {retention: history}, a: {retention: history}}",
            "{\"types\":" + "{\"a\":".repeat(50) + "1" + "}".repeat(51),
            "\"" + "y".repeat(300 * 1024) + "\"")) {
      add(
          "catalogue " + document.substring(0, Math.min(60, document.length())),
          Key.TENANT_ADMIN,
          "PUT",
          "/v1/tenants/bygg-as/catalogue",
          "application/yaml",
          document,
          422,
          "invalid-catalogue");
    }
    add(
        "catalogue as a form",
        Key.TENANT_ADMIN,
        "PUT",
        "/v1/tenants/bygg-as/catalogue",
        "text/html",
        "a",
        415,
        "unsupported-media-type");
    add(
        "large catalogue",
        Key.TENANT_ADMIN,
        "PUT",
        "/v1/tenants/bygg-as/catalogue",
        "application/yaml",
        " ".repeat(1024 * 1024 + 1),
        413,
        "request-too-large");
  }

  private void question(String query, int status, String slug) {
    timeline(
        "question " + query.substring(0, Math.min(60, query.length())),
        Key.AUDITOR,
        query,
        status,
        slug,
        "Purpose",
        MARKER);
    timeline(
        "question " + query.substring(0, Math.min(60, query.length())),
        Key.OFFICER,
        query,
        status,
        slug,
        "Purpose",
        MARKER);
  }

  private void timeline(
      String name, Key key, String query, int status, String slug, String... headers) {
    add(name, key, "POST", "/v1/timeline", RunningSpor.JSON, query, status, slug, headers);
  }

  private void tenant(String body, int status, String slug) {
    add("tenant " + body, Key.ADMIN, "POST", "/v1/tenants", RunningSpor.JSON, body, status, slug);
  }

  private void key(String body, int status, String slug) {
    add("key " + body, Key.ADMIN, "POST", "/v1/keys", RunningSpor.JSON, body, status, slug);
  }

  private void add(
      String name,
      Key key,
      String method,
      String path,
      @Nullable String type,
      String body,
      int status,
      String slug,
      String... headers) {
    requests.add(
        new Hostile(
            name,
            key,
            method,
            path,
            type,
            body.getBytes(StandardCharsets.UTF_8),
            status,
            slug,
            headers));
  }
}
