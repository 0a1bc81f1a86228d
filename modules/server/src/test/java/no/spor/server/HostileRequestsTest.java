package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.spor.server.Hostile.Key;
import no.spor.server.RunningSpor.Answer;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Whatever comes in is answered with what the contract says, records nothing, is repeated in no
/// answer, and is no reason for a line in the log.
@Tag("once")
class HostileRequestsTest {
  private static final long SEED = 20261122L;
  private static final String MARKER = Hostile.MARKER;
  private static final Map<Key, String> KEYS = new EnumMap<>(Key.class);
  @TempDir static Path data;
  private static RunningSpor spor;
  private CapturedLog log;
  private long sizeBefore;

  @BeforeAll
  static void start() {
    spor = RunningSpor.on(data);
    spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
    spor.node().tenancy().createTenant("annet-as", "Annet AS");
    KEYS.put(Key.ADMIN, spor.node().administratorKey().orElseThrow());
    KEYS.put(Key.TENANT_ADMIN, spor.key(AccessRole.ADMIN, "bygg-as"));
    KEYS.put(Key.EMITTER, spor.key(AccessRole.EMITTER, "bygg-as"));
    KEYS.put(Key.OPERATORS_EMITTER, spor.key(AccessRole.EMITTER, null));
    KEYS.put(Key.AUDITOR, spor.key(AccessRole.AUDITOR, "bygg-as"));
    KEYS.put(Key.OFFICER, spor.key(AccessRole.OFFICER, "bygg-as"));
    var revoked = spor.node().tenancy().createKey(AccessRole.EMITTER, "bygg-as", "short");
    spor.node().tenancy().revokeKey(revoked.id(), null);
    KEYS.put(Key.REVOKED, revoked.secret());
  }

  @AfterAll
  static void stop() {
    spor.close();
  }

  @BeforeEach
  void listen() {
    log = new CapturedLog();
    sizeBefore = spor.node().ledger().size();
  }

  @AfterEach
  void nothingWasRecordedOrLogged() {
    log.close();
    assertThat(log.lines()).isEmpty();
    assertThat(spor.node().ledger().size()).as("events in the ledger").isEqualTo(sizeBefore);
  }

  @Test
  void aThousandMalformedRequestsAreEachAnsweredAsDocumented() throws Exception {
    List<Hostile> requests = new ArrayList<>(HostileEvents.all(SEED));
    requests.addAll(HostileEnvelopes.all());
    requests.addAll(HostileQuestions.all());
    assertThat(requests).hasSizeGreaterThanOrEqualTo(1000);
    Collections.shuffle(requests, new Random(SEED));

    List<String> wrong = new ArrayList<>();
    try (ExecutorService senders = Executors.newFixedThreadPool(4)) {
      List<Future<String>> judged = new ArrayList<>();
      requests.forEach(request -> judged.add(senders.submit(() -> judge(request))));
      for (Future<String> one : judged) {
        wrong.add(one.get());
      }
    }
    wrong.removeIf(String::isEmpty);

    assertThat(wrong).as("of %d requests, seed %d", requests.size(), SEED).isEmpty();
  }

  /// @return what is wrong with the answer; empty where it is as documented
  private static String judge(Hostile request) {
    Answer answer;
    try {
      answer =
          spor.send(
              request.method(),
              request.path(),
              KEYS.get(request.key()),
              request.type(),
              BodyPublishers.ofByteArray(request.body()),
              request.headers());
    } catch (RuntimeException failed) {
      return request.name() + ": " + failed;
    }
    boolean documented =
        answer.status() == request.status()
            && answer.type().equals("application/problem+json")
            && answer.problem().equals(request.slug())
            && (answer.status() != 405 || answer.headers().firstValue("Allow").isPresent())
            && answer.json().path("status").asInt() == request.status()
            && answer.json().path("detail").asString("").length() > 10;
    boolean echoed = answer.body().contains(MARKER) || answer.body().contains(Hostile.ADDRESS);
    return documented && !echoed
        ? ""
        : "%s: expected %d %s, was %d %s %s"
            .formatted(
                request.name(),
                request.status(),
                request.slug(),
                answer.status(),
                answer.type(),
                answer.body());
  }

  @Test
  void inABatchEachHostileEventHasItsOwnError() {
    List<Hostile> events =
        HostileEvents.all(SEED + 1).stream().filter(HostileEvents::standsForOneEvent).toList();
    assertThat(events).hasSizeGreaterThan(200);
    StringBuilder lines = new StringBuilder();
    StringBuilder batch = new StringBuilder();
    for (Hostile event : events) {
      String text = new String(event.body(), java.nio.charset.StandardCharsets.UTF_8);
      lines.append(text).append('\n');
      batch.append(batch.isEmpty() ? "[" : ",").append(text);
    }
    String emitter = KEYS.get(Key.EMITTER);

    for (Answer answer :
        List.of(
            spor.post("/v1/events", emitter, RunningSpor.LINES, lines.toString()),
            spor.post("/v1/events", emitter, RunningSpor.BATCH, batch.append(']').toString()))) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).doesNotContain(MARKER, Hostile.ADDRESS, "position");
      JsonNode results = answer.json().path("results");
      assertThat(results).hasSize(events.size());
      for (int i = 0; i < events.size(); i++) {
        JsonNode error = results.path(i).path("error");
        assertThat(error.path("type").asString(""))
            .as(events.get(i).name())
            .isEqualTo("/problems/" + events.get(i).slug());
        assertThat(error.path("status").asInt()).isEqualTo(events.get(i).status());
      }
    }
  }

  @Test
  void anAtomicRequestWithOneBadEventRecordsNone() {
    String good =
        RunningSpor.event("atomic-good", "login.succeeded", "{\"user\":\"" + MARKER + "\"}");
    String bad = RunningSpor.event("atomic-bad", "no.such.type", "{}");

    Answer answer =
        spor.post(
            "/v1/events?atomic=true",
            KEYS.get(Key.EMITTER),
            RunningSpor.BATCH,
            "[" + good + "," + bad + "," + good + "]");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("results"))
        .extracting(result -> result.path("error").path("type").asString())
        .containsExactly(
            "/problems/atomic-rejected",
            "/problems/unknown-event-type",
            "/problems/atomic-rejected");
  }

  @Test
  void aStreamLongerThanSixteenMebibytesIsRefusedWhereverItEnds() {
    byte[] blanks = new byte[17 * 1024 * 1024];
    java.util.Arrays.fill(blanks, (byte) ' ');

    Answer answer =
        spor.send(
            "POST",
            "/v1/events",
            KEYS.get(Key.EMITTER),
            RunningSpor.LINES,
            BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(blanks)));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.problem()).isEqualTo("request-too-large");
  }
}
