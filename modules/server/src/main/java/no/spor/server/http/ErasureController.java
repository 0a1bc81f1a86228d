package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import no.spor.activity.PersonId.Namespace;
import no.spor.rights.ErasureCertificates;
import no.spor.rights.ErasureRequest;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.ErasureRequests;
import no.spor.rights.ErasureRequests.NewRequest;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/// Erasure requests and permissions, for officers: those of a tenant for their own, the operator's
/// for all. Who a request is about is shown as long as that person can be shown, and each time is
/// recorded.
@RestController
class ErasureController {
  private static final int LONGEST_TEXT = 1_000;
  private static final int LONGEST_PERSON = 100_000;
  private static final int MOST = 1_000;
  private final ErasureRequests requests;
  private final ErasureCertificates certificates;
  private final Tenancy tenancy;

  ErasureController(ErasureRequests requests, ErasureCertificates certificates, Tenancy tenancy) {
    this.requests = requests;
    this.certificates = certificates;
    this.tenancy = tenancy;
  }

  @PostMapping("/v1/erasure-requests")
  ResponseEntity<byte[]> receive(HttpServletRequest request) throws IOException {
    Access access = Caller.with(request, AccessRole.OFFICER);
    Map<String, @Nullable String> body =
        FlatObject.read(
            RequestBytes.json(request),
            "tenant",
            "person",
            "kind",
            "basis",
            "requestedAt",
            "identityVerifiedBy");
    String tenant = Caller.tenant(access, body.get("tenant"), tenancy);
    String person = text(body, "person", LONGEST_PERSON);
    String receivedAt = body.get("requestedAt");
    String verifiedBy = body.get("identityVerifiedBy");
    ErasureRequest made =
        requests.receive(
            access,
            new NewRequest(
                tenant,
                person,
                kind(body.get("kind")),
                text(body, "basis", LONGEST_TEXT),
                receivedAt == null ? null : time("requestedAt", receivedAt),
                verifiedBy == null ? null : text(body, "identityVerifiedBy", LONGEST_TEXT)));
    String shown = requests.named(made.id()) ? person : null; // whoever asks has just said it
    return JsonBytes.answer(
        201, MediaType.APPLICATION_JSON_VALUE, JsonBytes.write(json -> write(json, made, shown)));
  }

  @GetMapping("/v1/erasure-requests")
  ResponseEntity<byte[]> list(
      HttpServletRequest request,
      @RequestParam(name = "tenant", required = false) @Nullable String named,
      @RequestParam(name = "state", required = false) @Nullable String state,
      @RequestParam(name = "limit", defaultValue = "100") String limitText,
      @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
    Access access = Caller.with(request, AccessRole.OFFICER);
    String tenant = Caller.tenant(access, named, tenancy);
    int limit = limit(limitText);
    State only = state == null ? null : state(state);
    List<ErasureRequest> found = requests.list(tenant, only, cursor, limit + 1);
    List<ErasureRequest> page = found.subList(0, Math.min(limit, found.size()));
    List<@Nullable String> people = requests.people(access, "erasure requests", page);
    byte[] body =
        JsonBytes.write(json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("requests");
          for (int i = 0; i < page.size(); i++) {
            write(json, page.get(i), people.get(i));
          }
          json.writeEndArray();
          json.writeStringProperty("next", found.size() > limit ? page.getLast().id() : null);
          json.writeEndObject();
        });
    return JsonBytes.answer(200, MediaType.APPLICATION_JSON_VALUE, body);
  }

  @GetMapping("/v1/erasure-requests/{id}")
  ResponseEntity<byte[]> one(HttpServletRequest request, @PathVariable("id") String id) {
    Access access = Caller.with(request, AccessRole.OFFICER);
    return answer(access, reached(access, id));
  }

  @GetMapping("/v1/erasure-requests/{id}/certificate")
  ResponseEntity<byte[]> certificate(HttpServletRequest request, @PathVariable("id") String id) {
    Access access = Caller.with(request, AccessRole.OFFICER, AccessRole.AUDITOR);
    String certificate = certificates.of(reached(access, id).id());
    return JsonBytes.answer(
        200, "text/plain; charset=utf-8", certificate.getBytes(StandardCharsets.UTF_8));
  }

  @PostMapping("/v1/erasure-requests/{id}/verify")
  ResponseEntity<byte[]> verify(HttpServletRequest request, @PathVariable("id") String id)
      throws IOException {
    Map<String, @Nullable String> body = body(request, "identityVerifiedBy");
    return act(
        request,
        id,
        (by, of) -> requests.verify(by, of, text(body, "identityVerifiedBy", LONGEST_TEXT)));
  }

  @PostMapping("/v1/erasure-requests/{id}/approve")
  ResponseEntity<byte[]> approve(HttpServletRequest request, @PathVariable("id") String id)
      throws IOException {
    body(request);
    return act(request, id, requests::approve);
  }

  @PostMapping("/v1/erasure-requests/{id}/reject")
  ResponseEntity<byte[]> reject(HttpServletRequest request, @PathVariable("id") String id)
      throws IOException {
    Map<String, @Nullable String> body = body(request, "reason");
    return act(
        request, id, (by, of) -> requests.reject(by, of, text(body, "reason", LONGEST_TEXT)));
  }

  @PostMapping("/v1/erasure-requests/{id}/extend")
  ResponseEntity<byte[]> extend(HttpServletRequest request, @PathVariable("id") String id)
      throws IOException {
    Map<String, @Nullable String> body = body(request, "until", "reason");
    return act(
        request,
        id,
        (by, of) ->
            requests.extend(
                by,
                of,
                time("until", text(body, "until", LONGEST_TEXT)),
                text(body, "reason", LONGEST_TEXT)));
  }

  @PostMapping("/v1/erasure-requests/{id}/hold")
  ResponseEntity<byte[]> hold(HttpServletRequest request, @PathVariable("id") String id)
      throws IOException {
    Map<String, @Nullable String> body = body(request, "reason");
    return act(request, id, (by, of) -> requests.hold(by, of, text(body, "reason", LONGEST_TEXT)));
  }

  @PostMapping("/v1/erasure-requests/{id}/release")
  ResponseEntity<byte[]> release(HttpServletRequest request, @PathVariable("id") String id)
      throws IOException {
    body(request);
    return act(request, id, requests::release);
  }

  @PostMapping("/v1/person-permissions")
  ResponseEntity<byte[]> permit(HttpServletRequest request) throws IOException {
    Access access = Caller.with(request, AccessRole.OFFICER);
    Map<String, @Nullable String> body =
        FlatObject.read(RequestBytes.json(request), "tenant", "person", "notBefore", "reason");
    String tenant = Caller.tenant(access, body.get("tenant"), tenancy);
    Instant notBefore = time("notBefore", text(body, "notBefore", LONGEST_TEXT));
    requests.permit(
        access,
        tenant,
        text(body, "person", LONGEST_PERSON),
        notBefore,
        text(body, "reason", LONGEST_TEXT));
    byte[] answer =
        JsonBytes.write(json -> {
          json.writeStartObject();
          json.writeStringProperty("tenant", tenant);
          json.writeStringProperty("notBefore", notBefore.toString());
          json.writeEndObject();
        });
    return JsonBytes.answer(201, MediaType.APPLICATION_JSON_VALUE, answer);
  }

  private ResponseEntity<byte[]> act(
      HttpServletRequest request, String id, BiFunction<Access, String, ErasureRequest> action) {
    Access access = Caller.with(request, AccessRole.OFFICER);
    ErasureRequest before = reached(access, id);
    return answer(access, action.apply(access, before.id()));
  }

  private ErasureRequest reached(Access access, String id) {
    return requests
        .find(id)
        .filter(one -> access.reaches(one.tenant()))
        .orElseThrow(() -> ProblemException.notFound("request"));
  }

  /// Where nothing is needed, nothing need be sent.
  private static Map<String, @Nullable String> body(HttpServletRequest request, String... known)
      throws IOException {
    Caller.with(request, AccessRole.OFFICER);
    if (known.length == 0 && request.getContentLengthLong() <= 0) {
      return Map.of();
    }
    return FlatObject.read(RequestBytes.json(request), known);
  }

  private ResponseEntity<byte[]> answer(Access access, ErasureRequest of) {
    String person = requests.people(access, "erasure request " + of.id(), List.of(of)).getFirst();
    return JsonBytes.answer(
        200, MediaType.APPLICATION_JSON_VALUE, JsonBytes.write(json -> write(json, of, person)));
  }

  private static Set<Namespace> kind(@Nullable String text) {
    return switch (text) {
      case null -> EnumSet.allOf(Namespace.class);
      case "account" -> EnumSet.of(Namespace.ACCOUNT);
      case "visitor" -> EnumSet.of(Namespace.VISITOR);
      default -> throw invalid("\"kind\" is account or visitor, or left out for both.");
    };
  }

  private static State state(String text) {
    try {
      return State.ofLabel(text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          400,
          "invalid-parameter",
          "\"state\" is received, verified, approved, rejected, erased or completed.");
    }
  }

  private static int limit(String text) {
    if (!text.matches("[0-9]{1,4}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MOST) {
      throw new ProblemException(400, "invalid-parameter", "\"limit\" is 1 to " + MOST + ".");
    }
    return Integer.parseInt(text);
  }

  private static String text(Map<String, @Nullable String> body, String name, int longest) {
    String value = body.get(name);
    if (value == null || value.isBlank() || value.length() > longest) {
      throw invalid("\"" + name + "\" is a string of 1 to " + longest + " characters.");
    }
    return value;
  }

  /// @param text RFC 3339; a date alone is its beginning in UTC
  private static Instant time(String name, String text) {
    try {
      Instant time =
          text.length() == 10
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(text).toInstant();
      int year = time.atOffset(ZoneOffset.UTC).getYear();
      if (year >= 1970 && year <= 2261) {
        return time;
      }
    } catch (DateTimeException e) {
      // said below
    }
    throw invalid("\"" + name + "\" is a time as in RFC 3339, of the years 1970 to 2261.");
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(422, "invalid-request", detail);
  }

  private static void write(JsonGenerator json, ErasureRequest of, @Nullable String person) {
    json.writeStartObject();
    json.writeStringProperty("id", of.id());
    json.writeStringProperty("tenant", of.tenant());
    json.writeStringProperty("state", of.state().label());
    optional(json, "person", person);
    json.writeStringProperty("basis", of.basis());
    optional(json, "identityVerifiedBy", of.identityVerifiedBy());
    json.writeStringProperty("receivedAt", of.receivedAt().toString());
    json.writeStringProperty("recordedAt", of.recordedAt().toString());
    json.writeStringProperty("dueAt", of.dueAt().toString());
    optional(json, "extensionReason", of.extended());
    json.writeBooleanProperty("held", of.held() != null);
    optional(json, "holdReason", of.held());
    optional(json, "rejectionReason", of.rejected());
    optional(json, "erasedAt", of.erasedAt());
    number(json, "position", of.position());
    number(json, "events", of.events());
    number(json, "parts", of.parts());
    number(json, "views", of.views());
    if (of.parts() != null) {
      json.writeObjectPropertyStart("copies");
      of.copies().forEach(json::writeNumberProperty);
      json.writeEndObject();
    }
    optional(json, "completedAt", of.completedAt());
    json.writeEndObject();
  }

  private static void optional(JsonGenerator json, String name, @Nullable Object value) {
    if (value != null) {
      json.writeStringProperty(name, value.toString());
    }
  }

  private static void number(JsonGenerator json, String name, @Nullable Long value) {
    if (value != null) {
      json.writeNumberProperty(name, value);
    }
  }
}
