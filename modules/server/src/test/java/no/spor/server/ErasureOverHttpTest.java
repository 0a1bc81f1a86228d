package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import no.spor.rights.ErasureCertificate;
import no.spor.server.RunningSpor.Answer;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Erasing a person as an officer does it: over HTTP, from the request to its completion.
class ErasureOverHttpTest {
  private static final String REQUESTS = "/v1/erasure-requests";
  @TempDir static Path data;
  private static RunningSpor spor;
  private static String emitter;
  private static String officer;
  private static String auditor;
  private static String elsewhere;

  @BeforeAll
  static void start() {
    spor = RunningSpor.on(data);
    spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
    spor.node().tenancy().createTenant("annet-as", "Annet AS");
    emitter = spor.key(AccessRole.EMITTER, "bygg-as");
    officer = spor.key(AccessRole.OFFICER, "bygg-as");
    auditor = spor.key(AccessRole.AUDITOR, "bygg-as");
    elsewhere = spor.key(AccessRole.OFFICER, "annet-as");
  }

  @AfterAll
  static void stop() {
    spor.close();
  }

  @Test
  void anErasedPersonsTimelineIsEmptyAndEveryEventStandsWithoutThem() {
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      positions.add(checkin("gone-" + i, "gone@bygg.example", "site-" + i));
    }
    long others = checkin("stays", "stays@bygg.example", "site-1");
    String before = event(others);

    String id = request("gone@bygg.example").path("id").asString();
    JsonNode erased = act(id, "approve", "").json();

    assertThat(erased.path("state").asString()).isIn("erased", "completed");
    assertThat(erased.has("person")).isFalse();
    assertThat(timeline("gone@bygg.example").path("person").asString()).isEqualTo("erased");
    assertThat(timeline("gone@bygg.example").path("events")).isEmpty();
    JsonNode completed = awaitCompleted(id);
    assertThat(completed.path("events").asInt())
        .isEqualTo(6); // the request itself names the person
    assertThat(completed.path("parts").asInt()).isEqualTo(6);
    for (int i = 0; i < 5; i++) {
      JsonNode event = spor.get("/v1/events/" + positions.get(i), officer, "Purpose", "t").json();
      assertThat(event.path("type").asString()).isEqualTo("site.checkin");
      assertThat(event.at("/facets").path("/site").asString()).isEqualTo("site-" + i);
      assertThat(event.at("/parts/0/state").asString()).isEqualTo("erased");
      assertThat(event.at("/parts/1/state").asString()).isEqualTo("open");
      assertThat(event.at("/parts/1/data/siteName").asString()).isEqualTo("Barcode");
    }
    assertThat(event(others)).isEqualTo(before);
    Answer refused = post("late", "gone@bygg.example", "site-1");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.problem()).isEqualTo("person-erased");
  }

  @Test
  void whoARequestIsAboutIsShownWhileThatCanBeAndEachTimeRecorded() {
    checkin("shown", "shown@bygg.example", "s");
    JsonNode made = request("shown@bygg.example");
    assertThat(made.path("person").asString()).isEqualTo("shown@bygg.example");
    String id = made.path("id").asString();
    long size = spor.node().ledger().size();
    assertThat(one(id).path("person").asString()).isEqualTo("shown@bygg.example");
    assertThat(spor.node().ledger().size()).isEqualTo(size + 1);
    act(id, "approve", "");
    assertThat(one(id).has("person")).isFalse();
    assertThat(awaitCompleted(id).at("/copies").path("personal-data.viewed").asInt()).isEqualTo(1);
  }

  @Test
  void aRequestMovesThroughItsStatesAndSaysWhatStandsInTheWay() {
    checkin("states", "states@bygg.example", "s");
    Answer made =
        post(
            REQUESTS,
            """
            {"tenant":"bygg-as","person":"states@bygg.example","basis":"Art. 17(1)(a)","requestedAt":"2026-01-31T10:00:00Z"}\
            """);
    assertThat(made.status()).isEqualTo(201);
    JsonNode request = made.json();
    String id = request.path("id").asString();
    assertThat(request.path("state").asString()).isEqualTo("received");
    assertThat(request.path("dueAt").asString()).isEqualTo("2026-02-28T10:00:00Z");

    assertThat(act(id, "approve", "").problem()).isEqualTo("identity-not-verified");
    assertThat(act(id, "verify", "{\"identityVerifiedBy\":\"BankID\"}").json().path("state"))
        .hasToString("\"verified\"");
    assertThat(act(id, "hold", "{\"reason\":\"a claim\"}").json().path("held").asBoolean())
        .isTrue();
    Answer held = act(id, "approve", "");
    assertThat(held.status()).isEqualTo(409);
    assertThat(held.problem()).isEqualTo("legal-hold");
    assertThat(act(id, "release", "{}").json().path("held").asBoolean()).isFalse();
    assertThat(extend(id, "2026-05-01").problem()).isEqualTo("extension-out-of-bounds");
    assertThat(extend(id, "2026-02-28T10:00:00Z").problem()).isEqualTo("extension-out-of-bounds");
    assertThat(extend(id, "2026-04-30T10:00:00Z").json().path("dueAt").asString())
        .isEqualTo("2026-04-30T10:00:00Z");
    assertThat(extend(id, "2026-04-30T10:00:00Z").status()).isEqualTo(200);

    Answer rejected = act(id, "reject", "{\"reason\":\"a statutory duty\"}");
    assertThat(rejected.json().path("state").asString()).isEqualTo("rejected");
    assertThat(rejected.json().path("rejectionReason").asString()).isEqualTo("a statutory duty");
    assertThat(act(id, "approve", "").problem()).isEqualTo("request-rejected");
    assertThat(timeline("states@bygg.example").path("person").asString()).isEqualTo("active");
  }

  @Test
  void approvingAgainIsAnsweredAlikeAndErasesNobodyTwice() {
    checkin("again", "again@bygg.example", "s");
    String id = request("again@bygg.example").path("id").asString();
    act(id, "approve", "");
    JsonNode first = awaitCompleted(id);
    long size = spor.node().ledger().size();
    Answer second = act(id, "approve", "");
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json()).isEqualTo(first);
    assertThat(act(id, "reject", "{\"reason\":\"x\"}").problem()).isEqualTo("request-approved");
    assertThat(spor.node().ledger().size()).isEqualTo(size);
    String other = request("again@bygg.example").path("id").asString();
    assertThat(act(other, "approve", "").status()).isEqualTo(200);
    assertThat(awaitCompleted(other).path("parts").asInt()).isZero();
  }

  @Test
  void whoWasNeverSeenIsFencedAndAPermissionLetsThemInAnewFromThenOn() {
    String id = request("never@bygg.example").path("id").asString();
    act(id, "approve", "");
    awaitCompleted(id);
    assertThat(post("n1", "never@bygg.example", "s").problem()).isEqualTo("person-erased");
    String notBefore = Instant.now().minusSeconds(60).toString();
    assertThat(permit("somebody@bygg.example", notBefore).problem()).isEqualTo("person-not-erased");
    assertThat(permit("never@bygg.example", notBefore).status()).isEqualTo(201);
    assertThat(post("n2", "never@bygg.example", "s").status()).isEqualTo(201);
    String older =
        RunningSpor.event("n3", "site.checkin", "{\"user\":\"never@bygg.example\",\"site\":\"s\"}")
            .replaceFirst("\"time\":\"[^\"]*\"", "\"time\":\"2026-01-01T00:00:00Z\"");
    assertThat(spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, older).problem())
        .isEqualTo("person-erased");
  }

  @Test
  void anAddressIsForgottenAndTheNextVisitIsSomeoneNew() {
    String visit = "{\"ip\":\"10.9.8.7\",\"app\":\"web\"}";
    long before = send("v1", "visit.recorded", visit).json().path("position").asLong();
    String id = request("10.9.8.7").path("id").asString();
    act(id, "approve", "");
    long after = send("v2", "visit.recorded", visit).json().path("position").asLong();
    assertThat(spor.get("/v1/events/" + before, officer, "Purpose", "t").body())
        .contains("\"erased\"");
    assertThat(spor.get("/v1/events/" + after, officer, "Purpose", "t").body())
        .contains("10.9.8.7");
    awaitCompleted(id);
  }

  @Test
  void requestsAreListedByStateAndPage() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      made.add(request("listed-" + i + "@bygg.example").path("id").asString());
    }
    act(made.get(1), "reject", "{\"reason\":\"x\"}");
    JsonNode page = spor.get(REQUESTS + "?limit=1", officer).json();
    assertThat(page.at("/requests/0/id").asString()).isEqualTo(made.get(2));
    assertThat(page.path("next").asString()).isEqualTo(made.get(2));
    JsonNode next = spor.get(REQUESTS + "?limit=1&cursor=" + made.get(2), officer).json();
    assertThat(next.at("/requests/0/id").asString()).isEqualTo(made.get(1));
    spor.get(REQUESTS + "?state=rejected", officer)
        .json()
        .path("requests")
        .forEach(one -> assertThat(one.path("state").asString()).isEqualTo("rejected"));
    assertThat(spor.get(REQUESTS + "?state=lost", officer).status()).isEqualTo(400);
  }

  @Test
  void anotherTenantSeesNothingOfItAndOnlyOfficersMay() {
    checkin("walls", "walls@bygg.example", "s");
    String id = request("walls@bygg.example").path("id").asString();
    assertThat(spor.get(REQUESTS + "/" + id, elsewhere).status()).isEqualTo(404);
    assertThat(
            spor.post(REQUESTS + "/" + id + "/approve", elsewhere, RunningSpor.JSON, "").status())
        .isEqualTo(404);
    assertThat(spor.get(REQUESTS + "?tenant=bygg-as", elsewhere).status()).isEqualTo(404);
    assertThat(
            spor.post(
                    REQUESTS,
                    elsewhere,
                    RunningSpor.JSON,
                    "{\"tenant\":\"bygg-as\",\"person\":\"x\",\"basis\":\"y\"}")
                .status())
        .isEqualTo(404);
    for (String other : List.of(emitter, auditor)) {
      assertThat(spor.get(REQUESTS, other).status()).isEqualTo(403);
      assertThat(spor.post(REQUESTS + "/" + id + "/approve", other, RunningSpor.JSON, "").status())
          .isEqualTo(403);
    }
    assertThat(spor.get(REQUESTS + "/nope", officer).status()).isEqualTo(404);
  }

  @Test
  void aBodyThatIsNotAsDescribedIsRefused() {
    for (String body :
        List.of(
            "{}",
            "{\"person\":\"x\"}",
            "{\"person\":\"\",\"basis\":\"y\"}",
            "{\"person\":\"x\",\"basis\":\"y\",\"kind\":\"both\"}",
            "{\"person\":\"x\",\"basis\":\"y\",\"requestedAt\":\"yesterday\"}",
            "{\"person\":\"x\",\"basis\":\"y\",\"requestedAt\":\"2200-01-01T00:00:00Z\"}",
            "{\"person\":\"x\",\"basis\":\"y\",\"more\":\"z\"}")) {
      assertThat(post(REQUESTS, body).status()).as(body).isEqualTo(422);
    }
    assertThat(post(REQUESTS, "{").status()).isEqualTo(400);
  }

  @Tag("once")
  @Test
  void theCertificateHoldsOfflineAndNotWithAnyOneByteChanged() {
    checkin("cert", "cert@bygg.example", "s");
    String id = request("cert@bygg.example").path("id").asString();
    String path = REQUESTS + "/" + id + "/certificate";
    assertThat(spor.get(path, officer).problem()).isEqualTo("not-completed");
    act(id, "approve", "");
    awaitCompleted(id);
    String text = spor.get(path, auditor).body();
    assertThat(text).startsWith("spor/erasure-certificate/v1\n").doesNotContain("cert@");
    Map<String, String> facts =
        ErasureCertificate.verify(
            text,
            text.lines()
                .filter(line -> line.startsWith("key "))
                .map(line -> line.substring(4))
                .collect(Collectors.toSet()));
    assertThat(facts)
        .containsEntry("erasure", id)
        .containsEntry("basis", "Art. 17(1)(b)")
        .containsEntry("approved-as", "officer")
        .containsEntry("events", "2");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      String other = new String(changed, StandardCharsets.UTF_8);
      int at = i;
      assertThatThrownBy(() -> ErasureCertificate.verify(other, Set.of()))
          .as("byte %d", at)
          .isInstanceOf(ErasureCertificate.InvalidCertificateException.class);
    }
    assertThatThrownBy(() -> ErasureCertificate.verify(text, Set.of("someone else's")))
        .isInstanceOf(ErasureCertificate.InvalidCertificateException.class);
    assertThat(spor.get(path, elsewhere).status()).isEqualTo(404);
  }

  @Test
  void closingAnAccountTakesTheAccountsDataAndLeavesTheHistory() {
    String user = "{\"user\":\"closing@bygg.example\",\"name\":\"N\"}";
    long created = send("c1", "account.created", user).json().path("position").asLong();
    long history = checkin("c2", "closing@bygg.example", "s");
    send("c3", "account.closed", user);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> event(created).contains("\"subject\",\"state\":\"erased\""));
    assertThat(event(history)).contains("closing@bygg.example");
  }

  private static Answer send(String id, String type, String members) {
    return spor.post(
        "/v1/events", emitter, RunningSpor.CLOUD_EVENT, RunningSpor.event(id, type, members));
  }

  private static Answer post(String id, String user, String site) {
    return send(
        id,
        "site.checkin",
        "{\"user\":\"%s\",\"site\":\"%s\",\"siteName\":\"Barcode\"}".formatted(user, site));
  }

  private static long checkin(String id, String user, String site) {
    Answer answer = post(id, user, site);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().path("position").asLong();
  }

  private static Answer post(String path, String body) {
    return spor.post(path, officer, RunningSpor.JSON, body);
  }

  private static JsonNode request(String person) {
    Answer answer =
        post(
            REQUESTS,
            """
            {"tenant":"bygg-as","person":"%s","basis":"Art. 17(1)(b)","requestedAt":"%s","identityVerifiedBy":"BankID"}\
            """
                .formatted(person, RunningSpor.now()));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().path("state").asString()).isEqualTo("verified");
    return answer.json();
  }

  private static Answer permit(String person, String notBefore) {
    return post(
        "/v1/person-permissions",
        "{\"tenant\":\"bygg-as\",\"person\":\"%s\",\"notBefore\":\"%s\",\"reason\":\"back\"}"
            .formatted(person, notBefore));
  }

  private static Answer act(String id, String action, String body) {
    return post(REQUESTS + "/" + id + "/" + action, body);
  }

  private static Answer extend(String id, String until) {
    return act(id, "extend", "{\"until\":\"" + until + "\",\"reason\":\"many\"}");
  }

  private static JsonNode one(String id) {
    return spor.get(REQUESTS + "/" + id, officer).json();
  }

  private static JsonNode awaitCompleted(String id) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> one(id).path("state").asString().equals("completed"));
    return one(id);
  }

  private static String event(long position) {
    return spor.get("/v1/events/" + position, officer, "Purpose", "test").body();
  }

  private static JsonNode timeline(String person) {
    return ask("{\"person\":\"" + person + "\"}").json();
  }

  private static Answer ask(String question) {
    return spor.post("/v1/timeline", officer, RunningSpor.JSON, question, "Purpose", "test");
  }
}
