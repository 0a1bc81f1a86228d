package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import no.spor.insight.Timeline;
import no.spor.server.OperatorActions;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import no.spor.tenancy.Tenancy.KeyInfo;
import no.spor.tenancy.Tenancy.NewKey;
import no.spor.tenancy.Tenancy.Tenant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/// Tenants, their catalogues, API keys, and the rebuilding of views. For administrators: the
/// operator's for all, a tenant's for its own.
@RestController
class AdministrationController {
  private final Tenancy tenancy;
  private final Timeline timeline;
  private final OperatorActions actions;

  AdministrationController(Tenancy tenancy, Timeline timeline, OperatorActions actions) {
    this.tenancy = tenancy;
    this.timeline = timeline;
    this.actions = actions;
  }

  @PostMapping("/v1/tenants")
  ResponseEntity<byte[]> createTenant(HttpServletRequest request) throws IOException {
    Access access = operator(request);
    Map<String, @Nullable String> body = FlatObject.read(RequestBytes.json(request), "id", "name");
    Tenant tenant =
        tenancy.onBehalfOf(access).createTenant(required(body, "id"), required(body, "name"));
    return answer(201, json -> write(json, tenant));
  }

  @GetMapping("/v1/tenants")
  ResponseEntity<byte[]> tenants(HttpServletRequest request) {
    Access access = Caller.with(request, AccessRole.ADMIN);
    return answer(
        200,
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("tenants");
          tenancy.tenants().stream()
              .filter(tenant -> access.reaches(tenant.id()))
              .forEach(tenant -> write(json, tenant));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  @GetMapping("/v1/tenants/{id}")
  ResponseEntity<byte[]> tenant(HttpServletRequest request, @PathVariable("id") String id) {
    String tenant = Caller.tenant(Caller.with(request, AccessRole.ADMIN), id, tenancy);
    return answer(200, json -> write(json, tenancy.tenant(tenant).orElseThrow()));
  }

  @GetMapping("/v1/tenants/{id}/catalogue")
  ResponseEntity<byte[]> catalogue(HttpServletRequest request, @PathVariable("id") String id) {
    Access access =
        Caller.with(
            request, AccessRole.ADMIN, AccessRole.OFFICER, AccessRole.AUDITOR, AccessRole.EMITTER);
    String tenant = Caller.tenant(access, id, tenancy);
    return answer(200, json -> CatalogueJson.write(json, tenancy.catalogue(tenant).orElseThrow()));
  }

  @PutMapping("/v1/tenants/{id}/catalogue")
  ResponseEntity<byte[]> putCatalogue(HttpServletRequest request, @PathVariable("id") String id)
      throws IOException {
    Access access = Caller.with(request, AccessRole.ADMIN);
    String tenant = Caller.tenant(access, id, tenancy);
    String type = RequestBytes.mediaType(request);
    if (!type.endsWith("json") && !type.endsWith("yaml")) {
      throw new ProblemException(
          415, "unsupported-media-type", "Send application/json or application/yaml.");
    }
    String document;
    try {
      byte[] bytes = RequestBytes.read(request, RequestBytes.SMALL_LIMIT);
      document = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException malformed) {
      throw new ProblemException(400, "malformed-json", "The body is not UTF-8.");
    }
    return answer(
        200,
        json ->
            CatalogueJson.write(json, tenancy.onBehalfOf(access).putCatalogue(tenant, document)));
  }

  @PostMapping("/v1/keys")
  ResponseEntity<byte[]> createKey(HttpServletRequest request) throws IOException {
    Access access = Caller.with(request, AccessRole.ADMIN);
    Map<String, @Nullable String> body =
        FlatObject.read(RequestBytes.json(request), "role", "tenant", "name");
    AccessRole role = role(required(body, "role"));
    String named = body.get("tenant");
    String tenant =
        named == null && access.tenant() == null ? null : Caller.tenant(access, named, tenancy);
    NewKey key = tenancy.onBehalfOf(access).createKey(role, tenant, required(body, "name"));
    return answer(
        201,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("id", key.id());
          json.writeStringProperty("key", key.secret());
          json.writeEndObject();
        });
  }

  @GetMapping("/v1/keys")
  ResponseEntity<byte[]> keys(HttpServletRequest request) {
    Access access = Caller.with(request, AccessRole.ADMIN);
    return answer(
        200,
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("keys");
          tenancy.keys(access.tenant()).forEach(key -> write(json, key));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  @DeleteMapping("/v1/keys/{id}")
  ResponseEntity<Void> revokeKey(HttpServletRequest request, @PathVariable("id") String id) {
    Access access = Caller.with(request, AccessRole.ADMIN);
    if (!tenancy.onBehalfOf(access).revokeKey(id, access.tenant())) {
      throw ProblemException.notFound("key");
    }
    return ResponseEntity.noContent().build();
  }

  @PostMapping("/v1/views/timeline/rebuild")
  ResponseEntity<byte[]> rebuildTimeline(HttpServletRequest request) {
    actions.record("rebuild-timeline", operator(request).keyId());
    timeline.rebuild();
    return answer(202, this::writeLag);
  }

  @GetMapping("/v1/views/timeline")
  ResponseEntity<byte[]> timelineView(HttpServletRequest request) {
    operator(request);
    return answer(200, this::writeLag);
  }

  private void writeLag(JsonGenerator json) {
    json.writeStartObject();
    json.writeNumberProperty("behind", timeline.behind());
    json.writeEndObject();
  }

  private static Access operator(HttpServletRequest request) {
    Access access = Caller.with(request, AccessRole.ADMIN);
    if (access.tenant() != null) {
      throw new ProblemException(
          403, "role-not-sufficient", "Only the operator's administrator may do this.");
    }
    return access;
  }

  private static AccessRole role(String text) {
    return Arrays.stream(AccessRole.values())
        .filter(role -> role.label().equals(text))
        .findAny()
        .orElseThrow(() ->
            new ProblemException(
                422, "invalid-request", "\"role\" is emitter, auditor, officer or admin."));
  }

  private static String required(Map<String, @Nullable String> body, String name) {
    String value = body.get(name);
    if (value == null || value.isBlank() || value.length() > 200) {
      throw new ProblemException(
          422, "invalid-request", "\"" + name + "\" is a string of 1 to 200 characters.");
    }
    return value;
  }

  private static void write(JsonGenerator json, Tenant tenant) {
    json.writeStartObject();
    json.writeStringProperty("id", tenant.id());
    json.writeStringProperty("name", tenant.name());
    json.writeStringProperty("createdAt", tenant.createdAt().toString());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, KeyInfo key) {
    json.writeStartObject();
    json.writeStringProperty("id", key.id());
    json.writeStringProperty("role", key.role().label());
    json.writeStringProperty("tenant", key.tenant());
    json.writeStringProperty("name", key.name());
    json.writeStringProperty("createdAt", key.createdAt().toString());
    json.writeStringProperty(
        "revokedAt", key.revokedAt() == null ? null : key.revokedAt().toString());
    json.writeEndObject();
  }

  private static ResponseEntity<byte[]> answer(
      int status, java.util.function.Consumer<JsonGenerator> body) {
    return JsonBytes.answer(status, MediaType.APPLICATION_JSON_VALUE, JsonBytes.write(body));
  }
}
