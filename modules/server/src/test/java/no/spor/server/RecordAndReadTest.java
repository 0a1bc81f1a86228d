package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import no.spor.server.RunningSpor.Answer;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The main job as its users do it: over HTTP, from the first key to who looked at what.
class RecordAndReadTest {
  private static final String LOGIN = "login.succeeded";
  @TempDir static Path data;
  private static RunningSpor spor;
  private static String emitter;
  private static String officer;
  private static String auditor;
  private static String admin;

  @BeforeAll
  static void start() {
    spor = RunningSpor.on(data);
    admin = spor.node().administratorKey().orElseThrow();
    spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
    spor.node().tenancy().createTenant("annet-as", "Annet AS");
    emitter = spor.key(AccessRole.EMITTER, "bygg-as");
    officer = spor.key(AccessRole.OFFICER, "bygg-as");
    auditor = spor.key(AccessRole.AUDITOR, "bygg-as");
  }

  @AfterAll
  static void stop() {
    spor.close();
  }

  @Test
  void whatComesInInEachOfTheFourFormsCanBeReadBack() {
    String user = "four-forms@bygg.example";
    String data = "{\"user\":\"" + user + "\",\"ip\":\"10.1.2.3\",\"app\":\"web\"}";
    Answer structured =
        spor.post(
            "/v1/events", emitter, RunningSpor.CLOUD_EVENT, RunningSpor.event("f1", LOGIN, data));
    assertThat(structured.status()).isEqualTo(201);
    Answer batch =
        spor.post(
            "/v1/events",
            emitter,
            RunningSpor.BATCH,
            "[" + RunningSpor.event("f2", LOGIN, data) + "]");
    assertThat(batch.json().at("/results/0/position").isNumber()).isTrue();
    Answer lines =
        spor.post(
            "/v1/events", emitter, RunningSpor.LINES, RunningSpor.event("f3", LOGIN, data) + "\n");
    assertThat(lines.json().at("/results/0/position").isNumber()).isTrue();
    Answer binary =
        spor.send(
            "POST",
            "/v1/events",
            emitter,
            RunningSpor.JSON,
            BodyPublishers.ofString(data),
            "ce-specversion",
            "1.0",
            "ce-id",
            "f4",
            "ce-source",
            "/test",
            "ce-type",
            LOGIN,
            "ce-time",
            RunningSpor.now());
    assertThat(binary.status()).as(binary.body()).isEqualTo(201);

    JsonNode page =
        timeline("{\"person\":\"" + user + "\"}", binary.json().path("position").asLong());

    assertThat(page.path("person").asString()).isEqualTo("active");
    assertThat(page.path("events")).hasSize(4);
    assertThat(page.at("/events/0/parts/0/state").asString()).isEqualTo("open");
    assertThat(page.at("/events/0/parts/0/data/user").asString()).isEqualTo(user);
    assertThat(page.at("/events/0/facets").path("/app").asString()).isEqualTo("web");
  }

  @Test
  void theSameEventTwiceIsAnsweredWithThePositionItHas() {
    String event = RunningSpor.event("twice", LOGIN, "{\"user\":\"twice@bygg.example\"}");
    Answer first = spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event);
    Answer second = spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event);

    assertThat(first.status()).isEqualTo(201);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json().path("duplicate").asBoolean()).isTrue();
    assertThat(second.json().path("position")).isEqualTo(first.json().path("position"));
  }

  @Test
  void numbersComeBackDigitForDigitAndStringsCodePointForCodePoint() {
    String data =
        "{\"user\":\"exact@bygg.example\",\"a\":1.50,\"b\":-0,\"c\":1E+2,\"d\":123456789012345678901234567890,\"e\":\"\\u0000\uD83D\uDE00é\",\"f\":[{},[]],\"app\":1.10}";
    Answer answer =
        spor.post(
            "/v1/events",
            emitter,
            RunningSpor.CLOUD_EVENT,
            RunningSpor.event("exact", LOGIN, data));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);

    Answer event =
        spor.get(
            "/v1/events/" + answer.json().path("position").asLong(), officer, "Purpose", "test");

    assertThat(event.body())
        .contains(
            "\"a\":1.50",
            "\"b\":-0",
            "\"c\":1E+2",
            "\"d\":123456789012345678901234567890",
            "\"/app\":1.10");
    JsonNode open = event.json().at("/parts/0/data");
    assertThat(open.path("e").asString()).isEqualTo("\u0000\uD83D\uDE00é");
    assertThat(open.path("f")).isEqualTo(JsonMapper.shared().readTree("[{},[]]"));
  }

  @Test
  void anAuditorSeesWhatHappenedAndNotWhoDidIt() {
    Answer answer =
        spor.post(
            "/v1/events",
            emitter,
            RunningSpor.CLOUD_EVENT,
            RunningSpor.event(
                "denied",
                "site.checkin",
                "{\"user\":\"denied@bygg.example\",\"site\":\"s1\",\"siteName\":\"Brygga\"}"));

    Answer event = spor.get("/v1/events/" + answer.json().path("position").asLong(), auditor);

    assertThat(event.status()).isEqualTo(200);
    assertThat(event.body())
        .doesNotContain("denied@bygg.example")
        .contains("\"denied\"", "Brygga", "\"/site\":\"s1\"");
  }

  @Test
  void openingPersonalDataNeedsAPurposeAndIsItselfRecorded() {
    String user = "looked-at@bygg.example";
    long position =
        spor.post(
                "/v1/events",
                emitter,
                RunningSpor.CLOUD_EVENT,
                RunningSpor.event("looked", LOGIN, "{\"user\":\"" + user + "\"}"))
            .json()
            .path("position")
            .asLong();

    Answer without =
        spor.post("/v1/timeline", officer, RunningSpor.JSON, "{\"person\":\"" + user + "\"}");
    assertThat(without.status()).isEqualTo(400);
    assertThat(without.problem()).isEqualTo("purpose-missing");

    assertThat(timeline("{\"person\":\"" + user + "\"}", position).path("events")).hasSize(1);
    JsonNode openings =
        timeline(
            "{\"person\":\"" + user + "\",\"types\":[\"personal-data.viewed\"]}",
            spor.node().ledger().size() - 1);
    assertThat(openings.path("events")).hasSize(1);
    assertThat(openings.at("/events/0/source").asString()).isEqualTo("/spor");
    assertThat(openings.toString()).contains("who was it");
  }

  @Test
  void theTenantsAreWallsForReadersAndEmittersAlike() {
    String foreign = spor.key(AccessRole.OFFICER, "annet-as");
    long position =
        spor.post(
                "/v1/events",
                emitter,
                RunningSpor.CLOUD_EVENT,
                RunningSpor.event("wall", LOGIN, "{\"user\":\"wall@bygg.example\"}"))
            .json()
            .path("position")
            .asLong();

    assertThat(spor.get("/v1/events/" + position, foreign, "Purpose", "p").status()).isEqualTo(404);
    assertThat(
            spor.get("/v1/events/" + position + "?tenant=bygg-as", foreign, "Purpose", "p")
                .status())
        .isEqualTo(404);
    assertThat(
            spor.post(
                    "/v1/timeline",
                    foreign,
                    RunningSpor.JSON,
                    "{\"tenant\":\"bygg-as\"}",
                    "Purpose",
                    "p")
                .status())
        .isEqualTo(404);
    assertThat(spor.get("/v1/tenants/annet-as/catalogue", auditor).status()).isEqualTo(404);
    String smuggled =
        RunningSpor.event("smuggled", LOGIN, "{}")
            .replace("\"source\"", "\"tenant\":\"annet-as\",\"source\"");
    assertThat(spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, smuggled).status())
        .isEqualTo(404);
  }

  @Test
  void rolesMayDoWhatTheContractSaysAndNothingElse() {
    assertThat(spor.post("/v1/timeline", emitter, RunningSpor.JSON, "{}").status()).isEqualTo(403);
    assertThat(
            spor.post(
                    "/v1/timeline",
                    admin,
                    RunningSpor.JSON,
                    "{\"tenant\":\"bygg-as\"}",
                    "Purpose",
                    "p")
                .status())
        .isEqualTo(403);
    assertThat(
            spor.post(
                    "/v1/events",
                    officer,
                    RunningSpor.CLOUD_EVENT,
                    RunningSpor.event("no", LOGIN, "{}"))
                .status())
        .isEqualTo(403);
    assertThat(spor.get("/v1/keys", officer).status()).isEqualTo(403);
    assertThat(spor.get("/v1/keys", null).status()).isEqualTo(401);
    assertThat(spor.get("/v1/keys", "spor_nonsense").status()).isEqualTo(401);
    String tenantAdmin = spor.key(AccessRole.ADMIN, "bygg-as");
    assertThat(
            spor.post("/v1/tenants", tenantAdmin, RunningSpor.JSON, "{\"id\":\"x\",\"name\":\"x\"}")
                .status())
        .isEqualTo(403);
    assertThat(
            spor.post(
                    "/v1/keys",
                    tenantAdmin,
                    RunningSpor.JSON,
                    "{\"role\":\"admin\",\"tenant\":\"annet-as\",\"name\":\"x\"}")
                .status())
        .isEqualTo(404);
    assertThat(spor.get("/v1/keys", tenantAdmin).body()).doesNotContain("annet-as");
  }

  @Test
  void aRevokedKeyIsDeadAtOnce() {
    Answer made =
        spor.post(
            "/v1/keys",
            admin,
            RunningSpor.JSON,
            "{\"role\":\"auditor\",\"tenant\":\"bygg-as\",\"name\":\"short\"}");
    assertThat(made.status()).isEqualTo(201);
    String key = made.json().path("key").asString();
    assertThat(spor.post("/v1/timeline", key, RunningSpor.JSON, "{}").status()).isEqualTo(200);

    Answer revoked =
        spor.send(
            "DELETE",
            "/v1/keys/" + made.json().path("id").asString(),
            admin,
            null,
            BodyPublishers.noBody());

    assertThat(revoked.status()).isEqualTo(204);
    assertThat(spor.post("/v1/timeline", key, RunningSpor.JSON, "{}").status()).isEqualTo(401);
  }

  @Test
  void aTenantsOwnTypeIsTakenOnceItsCatalogueKnowsIt() {
    String event =
        RunningSpor.event(
            "own", "crane.lifted", "{\"operator\":\"crane@bygg.example\",\"crane\":\"K1\"}");
    assertThat(spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event).problem())
        .isEqualTo("unknown-event-type");

    Answer put =
        spor.send(
            "PUT",
            "/v1/tenants/bygg-as/catalogue",
            admin,
            "application/yaml",
            BodyPublishers.ofString(
                "types:\n  crane.lifted: { retention: history, people: { actor: /operator }, facets: [ /crane ] }\n"));
    assertThat(put.status()).as(put.body()).isEqualTo(200);

    assertThat(spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event).status())
        .isEqualTo(201);
  }

  private static JsonNode timeline(String question, long after) {
    Answer answer =
        spor.post(
            "/v1/timeline",
            officer,
            RunningSpor.JSON,
            question,
            "Purpose",
            "who was it",
            "Spor-After",
            Long.toString(after));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
