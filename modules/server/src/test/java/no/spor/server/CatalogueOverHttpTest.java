package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import no.spor.server.RunningSpor.Answer;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A tenant's catalogue as its administrator meets it.
class CatalogueOverHttpTest {
  private static final String YAML = "application/yaml";

  private static final String DOCUMENT =
      """
      unknownTypes: reject
      retention:
        drawings: P2Y
      types:
        drawing.opened:
          retention: drawings
          people: { actor: /by, subject: /owner/id }
          members: { /owner: subject, /note: actor }
          company: [ /project ]
          facets: [ /discipline, /revision/state ]
          rest: subject
        crane.tested: { retention: history, company: [ /crane ] }
      """;

  @TempDir static Path data;
  private static RunningSpor spor;
  private static String admin;

  @BeforeAll
  static void start() {
    spor = RunningSpor.on(data);
    admin = spor.node().administratorKey().orElseThrow();
  }

  @AfterAll
  static void stop() {
    spor.close();
  }

  @Test
  void yamlAndJsonSayTheSame() {
    tenant("yaml-as");
    tenant("json-as");
    JsonNode fromYaml = ok(put("yaml-as", YAML, DOCUMENT)).json();
    String json =
        """
        {"unknownTypes":"reject","retention":{"drawings":"P2Y"},"types":{
          "drawing.opened":{"retention":"drawings","people":{"actor":"/by","subject":"/owner/id"},
            "members":{"/owner":"subject","/note":"actor"},"company":["/project"],
            "facets":["/discipline","/revision/state"],"rest":"subject"},
          "crane.tested":{"retention":"history","company":["/crane"]}}}
        """;

    assertThat(ok(put("json-as", RunningSpor.JSON, json)).json()).isEqualTo(fromYaml);
    assertThat(get("json-as")).isEqualTo(fromYaml);
    JsonNode type = fromYaml.path("types").path("drawing.opened");
    assertThat(type.path("people").path("subject").asString()).isEqualTo("/owner/id");
    assertThat(type.path("rest").asString()).isEqualTo("subject");
    assertThat(fromYaml.path("types").has("login.succeeded")).as("shipped types show").isTrue();
  }

  @Test
  void whatWasReadCanBePutBackAsItIs() {
    tenant("again-as");
    ok(put("again-as", YAML, DOCUMENT));
    JsonNode read = get("again-as");

    JsonNode put = ok(put("again-as", RunningSpor.JSON, read.toString())).json();

    assertThat(withoutVersion(put)).isEqualTo(withoutVersion(read));
    ObjectNode loosened = (ObjectNode) read.deepCopy();
    ((ObjectNode) loosened.at("/types/personal-data.viewed")).put("retention", "session");
    assertThat(put("again-as", RunningSpor.JSON, loosened.toString()).problem())
        .isEqualTo("invalid-catalogue");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          types: [                                                       | line 1       | not well-formed
          typos: {}                                                      | typos        | known are
          types: { a: { people: { actor: /u } } }                        | types.a      | retention is missing
          types: { a: { retention: history, facets: [ u ] } }            | facets[0]    | /
          types: { a: { retention: never } }                             | retention    | 'never'
          retention: { session: P-1D }                                   | retention.session | P
          types: { a: { retention: history, people: { boss: /u } } }     | people.boss  | actor, subject or visitor
          types: { login.succeeded: { retention: session, facets: [ /user ] } } | login.succeeded | /user
          types: { personal-data.viewed: { retention: session } }        | personal-data.viewed | Spor's own
          unknownTypes: perhaps                                          | unknownTypes | reject or private
          """)
  void anErrorSaysWhatIsWrongAndWhere(String document, String where, String what) {
    tenant("wrong-as");
    JsonNode before = get("wrong-as");

    Answer refused = put("wrong-as", YAML, document);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.problem()).isEqualTo("invalid-catalogue");
    assertThat(refused.json().path("detail").asString()).contains(where).contains(what);
    assertThat(get("wrong-as")).isEqualTo(before);
  }

  @Test
  void anotherPeriodOrClassDoesNotTouchWhatIsRecorded() {
    tenant("period-as");
    String emitter = spor.key(AccessRole.EMITTER, "period-as");
    String officer = spor.key(AccessRole.OFFICER, "period-as");
    ok(
        put(
            "period-as",
            YAML,
            "types: { crane.tested: { retention: history, people: { actor: /by } } }"));
    long before = record(emitter, "before");

    ok(
        put(
            "period-as",
            YAML,
            "{retention: {history: P1D, session: P1D}, types: {crane.tested: {retention: session,"
                + " facets: [/by]}}}"));
    long after = record(emitter, "after");

    JsonNode old = event(officer, before);
    assertThat(old.path("retention").asString()).isEqualTo("history");
    assertThat(old.path("facets")).isEmpty();
    assertThat(old.at("/parts/0/role").asString()).isEqualTo("actor");
    assertThat(old.at("/parts/0/state").asString()).isEqualTo("open");
    JsonNode fresh = event(officer, after);
    assertThat(fresh.path("retention").asString()).isEqualTo("session");
    assertThat(fresh.at("/facets").path("/by").asString()).isEqualTo("u");
  }

  /// Two days old: within both first periods, beyond the later ones.
  private static long record(String emitter, String id) {
    String time =
        Instant.now().minus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS).toString();
    String event =
        RunningSpor.event(id, "crane.tested", "{\"by\":\"u\"}")
            .replaceAll("\"time\":\"[^\"]*", "\"time\":\"" + time);
    return ok(spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event))
        .json()
        .path("position")
        .asLong();
  }

  private static JsonNode event(String officer, long position) {
    return ok(spor.get("/v1/events/" + position, officer, "Purpose", "p")).json();
  }

  private static void tenant(String id) {
    if (spor.node().tenancy().tenant(id).isEmpty()) {
      spor.node().tenancy().createTenant(id, id);
    }
  }

  private static Answer put(String tenant, String type, String document) {
    return spor.send(
        "PUT",
        "/v1/tenants/" + tenant + "/catalogue",
        admin,
        type,
        BodyPublishers.ofString(document));
  }

  private static JsonNode get(String tenant) {
    return ok(spor.get("/v1/tenants/" + tenant + "/catalogue", admin)).json();
  }

  private static JsonNode withoutVersion(JsonNode catalogue) {
    return ((ObjectNode) catalogue.deepCopy()).without("version");
  }

  private static Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isBetween(200, 299);
    return answer;
  }
}
