package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import no.spor.insight.Timeline;
import no.spor.insight.Timeline.Event;
import no.spor.insight.Timeline.Page;
import no.spor.insight.Timeline.Question;
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

/// Reading: `POST /v1/timeline` and `GET /v1/events/{position}`.
@RestController
class TimelineController {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private final Timeline timeline;
  private final Tenancy tenancy;

  TimelineController(Timeline timeline, Tenancy tenancy) {
    this.timeline = timeline;
    this.tenancy = tenancy;
  }

  @PostMapping("/v1/timeline")
  ResponseEntity<byte[]> timeline(HttpServletRequest request) throws IOException {
    Access access = Caller.with(request, AccessRole.AUDITOR, AccessRole.OFFICER);
    String purpose = purpose(request, access);
    Question asked = QuestionReader.read(RequestBytes.json(request), access);
    Caller.tenant(access, asked.tenant(), tenancy);
    awaitView(request);
    Page page = timeline.query(access, purpose, asked);
    return JsonBytes.answer(
        200, MediaType.APPLICATION_JSON_VALUE, JsonBytes.write(json -> write(json, page)));
  }

  @GetMapping("/v1/events/{position}")
  ResponseEntity<byte[]> event(
      HttpServletRequest request,
      @PathVariable("position") String positionText,
      @RequestParam(name = "tenant", required = false) @Nullable String named) {
    Access access = Caller.with(request, AccessRole.AUDITOR, AccessRole.OFFICER);
    String purpose = purpose(request, access);
    String tenant = Caller.tenant(access, named, tenancy);
    Optional<Event> event = timeline.event(access, purpose, tenant, position(positionText));
    byte[] body =
        JsonBytes.write(
            json -> write(json, event.orElseThrow(() -> ProblemException.notFound("event"))));
    return JsonBytes.answer(200, MediaType.APPLICATION_JSON_VALUE, body);
  }

  static long position(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw ProblemException.notFound("event");
    }
    return Long.parseLong(text);
  }

  private static @Nullable String purpose(HttpServletRequest request, Access access) {
    if (access.role() != AccessRole.OFFICER) {
      return null;
    }
    String header = request.getHeader("Purpose");
    if (header == null || header.isBlank() || header.length() > 500) {
      throw new ProblemException(
          400,
          "purpose-missing",
          "Opening personal data needs a header \"Purpose:\" that says why, in 1 to 500 characters; it is recorded.");
    }
    return Problems.utf8(header).strip();
  }

  private void awaitView(HttpServletRequest request) {
    String after = request.getHeader("Spor-After");
    if (after == null) {
      return;
    }
    if (!after.strip().matches("[0-9]{1,18}")) {
      throw new ProblemException(
          400, "invalid-parameter", "\"Spor-After\" is the position of an event.");
    }
    timeline.awaitPosition(Long.parseLong(after.strip()), LONGEST_WAIT);
  }

  private static void write(JsonGenerator json, Page page) {
    json.writeStartObject();
    json.writeArrayPropertyStart("events");
    for (Event event : page.events()) {
      write(json, event);
    }
    json.writeEndArray();
    json.writeStringProperty("next", page.next());
    json.writeNumberProperty("behind", page.behind());
    if (page.person() != null) {
      json.writeStringProperty("person", page.person());
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Event event) {
    json.writeStartObject();
    json.writeNumberProperty("position", event.position());
    json.writeNumberProperty("sequence", event.sequence());
    json.writeStringProperty("id", event.id());
    json.writeStringProperty("source", event.source());
    json.writeStringProperty("type", event.type());
    json.writeStringProperty("time", event.time().toString());
    json.writeStringProperty("recordedAt", event.recordedAt().toString());
    json.writeStringProperty("tenant", event.tenant());
    json.writeStringProperty("retention", event.retention());
    json.writeObjectPropertyStart("facets");
    event
        .facets()
        .forEach((pointer, value) -> {
          json.writeName(pointer);
          JsonBytes.writeScalar(json, value);
        });
    json.writeEndObject();
    json.writeArrayPropertyStart("parts");
    for (Timeline.Part part : event.parts()) {
      write(json, part);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Timeline.Part part) {
    json.writeStartObject();
    json.writeStringProperty("role", part.role());
    json.writeStringProperty("state", part.state());
    byte[] data = part.data();
    if (data != null) {
      json.writeName("data");
      json.writeRawValue(new String(data, java.nio.charset.StandardCharsets.UTF_8));
    }
    byte[] attributes = part.attributes();
    if (attributes != null) {
      json.writeName("attributes");
      json.writeRawValue(new String(attributes, java.nio.charset.StandardCharsets.UTF_8));
    }
    json.writeEndObject();
  }
}
