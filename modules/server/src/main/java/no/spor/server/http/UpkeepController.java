package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import no.spor.rights.EpochRotation.Horizon;
import no.spor.rights.KeyLoss.Loss;
import no.spor.rights.RetentionStatus;
import no.spor.server.OperatorActions;
import no.spor.server.Upkeep;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/// Retention, and the key store's epochs and losses. A tenant sees its own retention; the rest is
/// for the operator's administrators.
@RestController
class UpkeepController {
  private final Upkeep upkeep;
  private final OperatorActions actions;

  UpkeepController(Upkeep upkeep, OperatorActions actions) {
    this.upkeep = upkeep;
    this.actions = actions;
  }

  @GetMapping("/v1/retention")
  ResponseEntity<byte[]> retention(HttpServletRequest request) {
    Access access = Caller.with(request, AccessRole.ADMIN, AccessRole.OFFICER, AccessRole.AUDITOR);
    return answer(json -> write(json, upkeep.retention().status(access.tenant())));
  }

  @PostMapping("/v1/retention/run")
  ResponseEntity<byte[]> run(HttpServletRequest request) throws IOException {
    Access access = operator(request);
    String clock = FlatObject.read(RequestBytes.json(request), "clock").get("clock");
    if (clock != null && !clock.equals("right")) {
      throw new ProblemException(422, "invalid-request", "\"clock\" is \"right\", or left out.");
    }
    actions.record(
        clock == null ? "run-retention" : "run-retention-clock-is-right", access.keyId());
    RetentionStatus status = upkeep.retention().run(clock != null);
    return answer(json -> write(json, status));
  }

  @GetMapping("/v1/key-store")
  ResponseEntity<byte[]> keyStore(HttpServletRequest request) {
    operator(request);
    return answer(this::writeKeyStore);
  }

  @PostMapping("/v1/key-store/rotate-epoch")
  ResponseEntity<byte[]> rotateEpoch(HttpServletRequest request) {
    actions.record("rotate-epoch", operator(request).keyId());
    upkeep.epochs().rotate();
    return answer(this::writeKeyStore);
  }

  @PostMapping("/v1/key-store/accept-loss")
  ResponseEntity<byte[]> acceptLoss(HttpServletRequest request) {
    Access access = operator(request);
    Loss loss =
        upkeep
            .loss()
            .loss()
            .orElseThrow(() ->
                new ProblemException(
                    409, "nothing-lost", "The key store holds all that the ledger asks of it."));
    upkeep.loss().accept(loss, access.keyId());
    return answer(this::writeKeyStore);
  }

  private static Access operator(HttpServletRequest request) {
    Access access = Caller.with(request, AccessRole.ADMIN);
    if (access.tenant() != null) {
      throw new ProblemException(
          403, "role-not-sufficient", "Only the operator's administrator may do this.");
    }
    return access;
  }

  private static void write(JsonGenerator json, RetentionStatus status) {
    json.writeStartObject();
    json.writeStringProperty("lastRun", text(status.lastRun()));
    json.writeNumberProperty("clockAheadSeconds", status.clockAhead().toSeconds());
    json.writeStringProperty("failure", status.failure());
    json.writeBooleanProperty("late", status.late());
    json.writeArrayPropertyStart("classes");
    for (RetentionStatus.OfClass one : status.classes()) {
      json.writeStartObject();
      json.writeStringProperty("tenant", one.tenant());
      json.writeStringProperty("class", one.retention());
      json.writeNumberProperty("policyVersion", one.policyVersion());
      json.writeStringProperty("due", one.due().toString());
      json.writeStringProperty("expired", text(one.expired()));
      json.writeStringProperty("dropped", text(one.dropped()));
      json.writeBooleanProperty("late", one.late());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("inactiveAccounts");
    for (RetentionStatus.OfAccounts one : status.accounts()) {
      json.writeStartObject();
      json.writeStringProperty("tenant", one.tenant());
      json.writeStringProperty("period", one.period());
      json.writeStringProperty("lookedAt", text(one.lookedAt()));
      json.writeNumberProperty("closed", one.closed());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeKeyStore(JsonGenerator json) {
    Horizon horizon = upkeep.epochs().horizon();
    Duration left = horizon.left();
    json.writeStartObject();
    json.writeNumberProperty("epoch", horizon.epoch());
    json.writeStringProperty("openedAt", horizon.openedAt().toString());
    json.writeStringProperty("rotatesAt", text(horizon.rotatesAt()));
    if (left == null) {
      json.writeNullProperty("erasureHorizonSeconds");
    } else {
      json.writeNumberProperty("erasureHorizonSeconds", left.toSeconds());
    }
    // The epochs lie in a file: that no copy of it was kept is somebody's word.
    json.writeStringProperty("assurance", "attested");
    json.writeBooleanProperty("unfinished", horizon.unfinished());
    json.writeBooleanProperty("late", horizon.late());
    json.writeBooleanProperty("lost", upkeep.loss().loss().isPresent());
    json.writeEndObject();
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static ResponseEntity<byte[]> answer(Consumer<JsonGenerator> body) {
    return JsonBytes.answer(200, MediaType.APPLICATION_JSON_VALUE, JsonBytes.write(body));
  }
}
