package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import no.spor.server.AdministrationTrail;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/// `GET /v1/administration`: who administered what. A tenant's key sees what concerns its tenant,
/// the operator's all.
@RestController
class TrailController {
  private static final int PAGE = 500;
  private final AdministrationTrail trail;
  private final Tenancy tenancy;

  TrailController(AdministrationTrail trail, Tenancy tenancy) {
    this.trail = trail;
    this.tenancy = tenancy;
  }

  @GetMapping("/v1/administration")
  ResponseEntity<byte[]> administration(
      HttpServletRequest request,
      @RequestParam(name = "from", defaultValue = "0") String from,
      @RequestParam(name = "tenant", required = false) @Nullable String named) {
    Access access = Caller.with(request, AccessRole.ADMIN, AccessRole.AUDITOR, AccessRole.OFFICER);
    String tenant =
        named == null && access.tenant() == null ? null : Caller.tenant(access, named, tenancy);
    if (!from.matches("[0-9]{1,18}")) {
      throw new ProblemException(400, "invalid-parameter", "\"from\" is a position.");
    }
    AdministrationTrail.Page page = trail.read(tenant, Long.parseLong(from), PAGE);
    byte[] body =
        JsonBytes.write(json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("acts");
          page.acts().forEach(act -> write(json, act));
          json.writeEndArray();
          json.writeNumberProperty("next", page.next());
          json.writeNumberProperty("size", page.size());
          json.writeEndObject();
        });
    return JsonBytes.answer(200, MediaType.APPLICATION_JSON_VALUE, body);
  }

  private static void write(JsonGenerator json, AdministrationTrail.Act act) {
    json.writeStartObject();
    json.writeNumberProperty("position", act.position());
    json.writeStringProperty("time", act.time().toString());
    json.writeStringProperty("type", act.type());
    json.writeStringProperty("tenant", act.tenant());
    json.writeStringProperty("by", act.by());
    json.writeObjectPropertyStart("details");
    act.details().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeEndObject();
  }
}
