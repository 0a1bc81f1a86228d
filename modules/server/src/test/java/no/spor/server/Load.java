package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.tenancy.AccessRole;
import org.springframework.http.MediaType;

/// A little of everything that one tenant's people do, so that there is something to measure.
final class Load {
  static final String TENANT = "measured-as";
  static final String PERSON = "kari.nordmann.measured";
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final Map<String, String> KINDS =
      Map.of(
          "login.succeeded", "{\"user\":\"%s\",\"ip\":\"10.1.2.3\",\"app\":\"web\"}",
          "login.failed", "{\"user\":\"%s\",\"ip\":\"10.1.2.3\",\"app\":\"web\"}",
          "logout", "{\"user\":\"%s\",\"app\":\"web\"}",
          "module.opened", "{\"user\":\"%s\",\"module\":\"drawings\",\"app\":\"web\"}",
          "function.used", "{\"user\":\"%s\",\"module\":\"drawings\",\"function\":\"zoom\"}",
          "site.checkin", "{\"user\":\"%s\",\"site\":\"site-1\",\"siteName\":\"Barcode\"}",
          "site.checkout", "{\"user\":\"%s\",\"site\":\"site-1\",\"siteName\":\"Barcode\"}",
          "clock.in", "{\"user\":\"%s\"}");

  private final RunningSpor spor;
  private final String tenant;
  private final String emitter;
  private final String officer;
  private final Map<String, Integer> recorded = new TreeMap<>();

  Load(RunningSpor spor) {
    this(spor, TENANT);
  }

  Load(RunningSpor spor, String tenant) {
    this.spor = spor;
    this.tenant = tenant;
    spor.node().tenancy().createTenant(tenant, "Measured");
    emitter = spor.key(AccessRole.EMITTER, tenant);
    officer = spor.key(AccessRole.OFFICER, tenant);
  }

  /// Records so many rounds of each kind of event, in one request.
  void run(int rounds) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < rounds; i++) {
      int person = i % 5;
      KINDS.forEach((type, data) -> {
        lines
            .append(
                RunningSpor.event(
                    "n" + NUMBERS.getAndIncrement(), type, data.formatted(PERSON + person)))
            .append('\n');
        recorded.merge(type, 1, Integer::sum);
      });
    }
    assertThat(spor.post("/v1/events", emitter, RunningSpor.LINES, lines.toString()).status())
        .isEqualTo(200);
  }

  /// Records events of people never seen before, so that keys are made all the time.
  void newPeople(int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      long number = NUMBERS.getAndIncrement();
      lines
          .append(
              RunningSpor.event(
                  "n" + number, "clock.in", "{\"user\":\"" + PERSON + ".new." + number + "\"}"))
          .append('\n');
    }
    assertThat(spor.post("/v1/events", emitter, RunningSpor.LINES, lines.toString()).status())
        .isEqualTo(200);
  }

  /// A duplicate, an event of an unknown type, a request that is not JSON, and a look at someone.
  void refused() {
    String twice =
        RunningSpor.event(
            "twice-" + NUMBERS.getAndIncrement(), "clock.out", "{\"user\":\"" + PERSON + "\"}");
    post(twice, 201);
    post(twice, 200);
    recorded.merge("clock.out", 1, Integer::sum);
    post(RunningSpor.event("made-up", "made-up.type", "{\"user\":\"" + PERSON + "\"}"), 422);
    post("no JSON", 400);
    assertThat(
            spor.post(
                    "/v1/timeline",
                    officer,
                    MediaType.APPLICATION_JSON_VALUE,
                    "{\"person\":\"" + PERSON + "\"}",
                    "Purpose",
                    "measuring",
                    "Spor-After",
                    Long.toString(spor.node().ledger().size() - 1))
                .status())
        .isEqualTo(200);
  }

  void allowUnknownTypes() {
    String admin = spor.key(AccessRole.ADMIN, null);
    assertThat(
            spor.send(
                    "PUT",
                    "/v1/tenants/" + tenant + "/catalogue",
                    admin,
                    RunningSpor.JSON,
                    BodyPublishers.ofByteArray(
                        "{\"unknownTypes\":\"private\"}".getBytes(StandardCharsets.UTF_8)))
                .status())
        .isBetween(200, 204);
  }

  private void post(String event, int status) {
    assertThat(spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event).status())
        .isEqualTo(status);
  }

  double recorded() {
    return recorded.values().stream().mapToInt(Integer::intValue).sum();
  }

  double recorded(String type) {
    return recorded.getOrDefault(type, 0);
  }
}
