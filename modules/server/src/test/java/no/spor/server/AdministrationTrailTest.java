package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import no.spor.server.RunningSpor.Answer;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Whatever an administrator does is in the ledger, with the key that did it, for those to read who
/// may, after a restart too.
class AdministrationTrailTest {
  private static final String NOTHING = "{}";
  @TempDir Path data;

  @Test
  void everythingThatAnAdministratorDoesIsOnRecord() {
    String operator;
    String auditor;
    List<JsonNode> acts;
    try (RunningSpor spor = RunningSpor.on(data)) {
      operator = spor.node().administratorKey().orElseThrow();
      done(
          spor.post(
              "/v1/tenants", operator, RunningSpor.JSON, "{\"id\":\"bygg-as\",\"name\":\"Bygg\"}"));
      done(
          spor.post(
              "/v1/tenants",
              operator,
              RunningSpor.JSON,
              "{\"id\":\"fjord-as\",\"name\":\"Fjord\"}"));
      String admin = key(spor, operator, "admin", "bygg-as");
      auditor = key(spor, admin, "auditor", null);
      String emitter = key(spor, admin, "emitter", null);
      String officer = key(spor, admin, "officer", null);
      done(
          spor.send(
              "PUT",
              "/v1/tenants/bygg-as/catalogue",
              admin,
              RunningSpor.JSON,
              BodyPublishers.ofString("{\"retention\":{\"session\":\"P7D\"}}")));
      done(spor.send("DELETE", "/v1/keys/" + id(emitter), admin, null, BodyPublishers.noBody()));
      done(
          spor.post(
              "/v1/erasure-requests",
              officer,
              RunningSpor.JSON,
              "{\"person\":\"ola@bygg.no\",\"basis\":\"Art. 17\",\"identityVerifiedBy\":\"BankID\"}"));
      done(spor.post("/v1/views/timeline/rebuild", operator, RunningSpor.JSON, NOTHING));
      done(spor.post("/v1/retention/run", operator, RunningSpor.JSON, NOTHING));
      done(spor.post("/v1/key-store/rotate-epoch", operator, RunningSpor.JSON, NOTHING));
      assertThat(
              spor.post("/v1/key-store/accept-loss", operator, RunningSpor.JSON, NOTHING).status())
          .isEqualTo(409);

      acts = acts(spor, operator, "");
      assertThat(acts.stream().map(AdministrationTrailTest::said))
          .containsExactly(
              "spor.key-created null null admin",
              "spor.tenant-created bygg-as " + id(operator),
              "spor.tenant-created fjord-as " + id(operator),
              "spor.key-created bygg-as " + id(operator) + " admin",
              "spor.key-created bygg-as " + id(admin) + " auditor",
              "spor.key-created bygg-as " + id(admin) + " emitter",
              "spor.key-created bygg-as " + id(admin) + " officer",
              "spor.catalogue-changed bygg-as " + id(admin),
              "spor.key-revoked bygg-as " + id(admin),
              "spor.erasure-requested bygg-as " + id(officer),
              "spor.erasure-verified bygg-as " + id(officer),
              "spor.operator-acted null " + id(operator) + " rebuild-timeline",
              "spor.operator-acted null " + id(operator) + " run-retention",
              "spor.operator-acted null " + id(operator) + " rotate-epoch");
      assertThat(acts.toString()).doesNotContain("ola@", "BankID", secret(admin), "hash");
    }
    afterARestart(operator, auditor, acts);
  }

  private void afterARestart(String operator, String auditor, List<JsonNode> acts) {
    try (RunningSpor spor = RunningSpor.on(data)) {
      assertThat(acts(spor, operator, "")).isEqualTo(acts);
      List<JsonNode> own = acts(spor, auditor, "");
      assertThat(own).isEqualTo(acts(spor, operator, "&tenant=bygg-as")).hasSize(9);
      assertThat(own).allMatch(act -> act.path("tenant").asString().equals("bygg-as"));
      long third = acts.get(2).path("position").asLong();
      assertThat(acts(spor, operator, "&from=" + third)).isEqualTo(acts.subList(2, acts.size()));
      assertThat(spor.get("/v1/administration?tenant=fjord-as", auditor).status()).isEqualTo(404);
      assertThat(spor.get("/v1/administration", null).status()).isEqualTo(401);
      assertThat(spor.get("/v1/administration", spor.key(AccessRole.EMITTER, "bygg-as")).status())
          .isEqualTo(403);
    }
  }

  private static String said(JsonNode act) {
    JsonNode details = act.path("details");
    String what = details.path("role").asString("") + details.path("action").asString("");
    return (act.path("type").asString()
            + " "
            + act.path("tenant").asString("null")
            + " "
            + act.path("by").asString("null")
            + " "
            + what)
        .strip();
  }

  private static List<JsonNode> acts(RunningSpor spor, String key, String query) {
    List<JsonNode> acts = new ArrayList<>();
    JsonNode page = done(spor.get("/v1/administration?" + query, key)).json();
    page.path("acts").forEach(acts::add);
    assertThat(page.path("next")).isEqualTo(page.path("size"));
    return acts;
  }

  private static String key(RunningSpor spor, String by, String role, String tenant) {
    String body =
        "{\"role\":\"%s\",\"name\":\"a test\"%s}"
            .formatted(role, tenant == null ? "" : ",\"tenant\":\"" + tenant + "\"");
    return done(spor.post("/v1/keys", by, RunningSpor.JSON, body)).json().path("key").asString();
  }

  private static Answer done(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isBetween(200, 299);
    return answer;
  }

  private static String id(String key) {
    return key.split("_")[1];
  }

  private static String secret(String key) {
    return key.split("_")[2];
  }
}
