package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.spor.server.RunningSpor.Answer;
import no.spor.tenancy.AccessRole;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who asks too often, too slowly or for too much is told so or cut off; the others are served.
@Tag("once")
class HardeningTest {
  private static final int REQUESTS = 20;
  private static final int EVENTS = 100;
  private static final String TENANT = "bygg-as";
  private static final String MEBIBYTE = " ".repeat(1024 * 1024);

  @TempDir static Path data;
  private static RunningSpor spor;

  @BeforeAll
  static void start() {
    spor =
        RunningSpor.on(
            data,
            "--spor.limits.requests-per-second=" + REQUESTS,
            "--spor.limits.events-per-second=" + EVENTS,
            "--spor.limits.patience-seconds=1",
            "--spor.limits.request-seconds=3",
            "--spor.limits.body-mebibytes=16");
    spor.node().tenancy().createTenant(TENANT, "Bygg AS");
  }

  @AfterAll
  static void stop() {
    spor.close();
  }

  @Test
  void everyAnswerTellsBrowsersWhatTheyMayDoWithIt() throws IOException {
    String key = spor.key(AccessRole.AUDITOR, TENANT);
    List<String> requests = new ArrayList<>();
    for (String path :
        List.of(
            "/v1/events",
            "/v1/nothing",
            "/v1/timeline",
            "/docs/index.html",
            "/docs/start.js",
            "/nothing",
            "/error",
            "/v3/api-docs",
            "/ledger/checkpoint",
            "/ledger/tile/9/999",
            "/actuator/health",
            "/actuator/prometheus",
            "/%zz",
            "/v1/{}")) {
      for (String method : List.of("GET", "POST", "OPTIONS", "TRACE", "HEAD")) {
        requests.add(head(method, path, "Content-Length: 0\r\n"));
      }
    }
    requests.add(head("GET", "/v1/headers", "Authorization: Bearer " + key + "\r\n"));
    requests.add(head("GET", "/v1/keys", "Authorization: Bearer " + key + "\r\n"));
    requests.add("no request at all\r\n\r\n");
    requests.add("GET / HTTP/9.9\r\nHost: x\r\n\r\n");
    requests.add(head("GET", "/", "X: " + "y".repeat(50_000) + "\r\n"));

    for (String request : requests) {
      String answer;
      try (RawConnection connection = new RawConnection(spor.port())) {
        answer = connection.send(request).end().everything();
      }
      assertThat(answer.toLowerCase(Locale.ROOT))
          .as("%.80s", request)
          .contains(
              "x-content-type-options: nosniff\r\n",
              "x-frame-options: deny\r\n",
              "referrer-policy: no-referrer\r\n",
              "content-security-policy: default-src '",
              "frame-ancestors 'none'",
              "cross-origin-resource-policy: same-origin\r\n",
              "permissions-policy: ")
          .doesNotContain("strict-transport-security", "\r\nserver:", "x-powered-by");
    }
  }

  @Test
  void aKeyThatAsksTooOftenIsToldWhenToComeAgainAndOthersAreServed() throws Exception {
    String eager = spor.key(AccessRole.ADMIN, TENANT);
    String patient = spor.key(AccessRole.ADMIN, TENANT);
    double before = limited("requests");
    List<Answer> answers = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < 3 * REQUESTS; i++) {
      answers.add(spor.get("/v1/keys", eager));
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    List<Answer> refused = answers.stream().filter(one -> one.status() == 429).toList();

    assertThat(answers.size() - refused.size())
        .isBetween(REQUESTS, REQUESTS + (int) Math.ceil(seconds * REQUESTS) + 1);
    assertThat(refused)
        .isNotEmpty()
        .allSatisfy(answer -> {
          assertThat(answer.type()).isEqualTo("application/problem+json");
          assertThat(answer.problem()).isEqualTo("rate-limited");
          assertThat(answer.retryAfter()).isEqualTo("1");
          assertThat(answer.body()).doesNotContain(eager);
        });
    assertThat(limited("requests") - before).isEqualTo(refused.size());
    assertThat(spor.get("/v1/keys", patient).status()).isEqualTo(200);
    Thread.sleep(1000);
    assertThat(spor.get("/v1/keys", eager).status()).isEqualTo(200);
  }

  @Test
  void whoSentTooManyEventsAtOnceWaitsUntilThatIsMadeUpFor() {
    String eager = spor.key(AccessRole.EMITTER, TENANT);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 4 * EVENTS; i++) {
      lines.append(event("many-" + i)).append('\n');
    }
    assertThat(spor.post("/v1/events", eager, RunningSpor.LINES, lines.toString()).status())
        .isEqualTo(200);
    long size = spor.node().ledger().size();

    Answer refused = spor.post("/v1/events", eager, RunningSpor.CLOUD_EVENT, event("one more"));

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.problem()).isEqualTo("rate-limited");
    assertThat(Integer.parseInt(refused.retryAfter())).isBetween(2, 4);
    assertThat(spor.node().ledger().size()).isEqualTo(size);
    String other = spor.key(AccessRole.EMITTER, TENANT);
    assertThat(spor.post("/v1/events", other, RunningSpor.CLOUD_EVENT, event("another's")).status())
        .isEqualTo(201);
  }

  @Test
  void headsThatDribbleAreCutAndOthersAreServedMeanwhile() throws Exception {
    double before = cut("head");
    List<Future<Duration>> held = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        held.add(clients.submit(() -> dribble("GET /v1/keys HTTP/1.1\r\nHost: x\r\nX: ", "y")));
      }
      for (int i = 0; i < 10; i++) {
        long begun = System.nanoTime();
        assertThat(spor.get("/actuator/health/liveness", null).status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        Thread.sleep(100);
      }
      for (Future<Duration> one : held) {
        assertThat(one.get()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(6));
      }
    }
    assertThat(cut("head") - before).isEqualTo(held.size());
  }

  @Test
  void aBodyThatDribblesIsRefusedAndNothingOfItIsRecorded() throws Exception {
    long size = spor.node().ledger().size();
    String key = spor.key(AccessRole.EMITTER, TENANT);
    size = spor.node().ledger().size();
    String event = event("slow");
    try (RawConnection connection = new RawConnection(spor.port())) {
      connection.send(post(key, event.length()));
      String answer = "";
      for (int i = 0; i < event.length() - 1 && answer.isEmpty(); i++) {
        connection.send(event.substring(i, i + 1));
        Thread.sleep(150);
        answer = connection.waiting();
      }
      assertThat(answer).contains("408", "request-too-slow", "Connection: close");
    }
    assertThat(cut("body")).isPositive();
    assertThat(spor.node().ledger().size()).isEqualTo(size);
  }

  @Test
  void aRequestThatNeverEndsIsCutHoweverFastItComes() throws Exception {
    String key = spor.key(AccessRole.EMITTER, TENANT);
    Duration held = dribble(post(key, 16_000_000), " ".repeat(8_000));

    assertThat(held).isBetween(Duration.ofMillis(2_500), Duration.ofSeconds(8));
    assertThat(cut("request")).isPositive();
  }

  @Test
  void bodiesBeyondWhatFitsInMemoryAreToldToComeAgain() throws Exception {
    String key = spor.key(AccessRole.EMITTER, TENANT);
    try (RawConnection first = new RawConnection(spor.port())) {
      first.send(post(key, 12 * MEBIBYTE.length())).send(MEBIBYTE.repeat(9));
      // Again where the server has not read so much of the first yet.
      Awaitility.await()
          .untilAsserted(() -> {
            try (RawConnection second = new RawConnection(spor.port())) {
              second.send(post(key, 12 * MEBIBYTE.length())).send(MEBIBYTE.repeat(12));
              assertThat(second.everything()).contains("429", "Retry-After: 1", "too-busy");
            }
          });
      assertThat(limited("bodies")).isPositive();
    }
    String other = spor.key(AccessRole.EMITTER, TENANT);
    assertThat(spor.post("/v1/events", other, RunningSpor.CLOUD_EVENT, event("fits")).status())
        .isEqualTo(201);
  }

  /// Sends something, and a little more again and again.
  ///
  /// @return after which time the server closed the connection
  private static Duration dribble(String first, String more) throws Exception {
    long begun = System.nanoTime();
    try (RawConnection connection = new RawConnection(spor.port())) {
      connection.send(first);
      while (!connection.closed()) {
        connection.send(more);
        Thread.sleep(150);
      }
    }
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private static double limited(String limit) {
    return Scrape.of(spor).value("spor_http_limited_requests_total", "limit", limit).orElseThrow();
  }

  private static double cut(String part) {
    return Scrape.of(spor).value("spor_http_cut_requests_total", "part", part).orElseThrow();
  }

  private static String head(String method, String path, String headers) {
    return method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n";
  }

  private static String post(String key, int length) {
    return "POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
        + key
        + "\r\nContent-Type: application/cloudevents+json\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static String event(String id) {
    return RunningSpor.event(id, "login.succeeded", "{\"user\":\"u\"}");
  }
}
