package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes on a connection that no HTTP client sends: nothing of them is recorded, logged or said
/// again, and the server goes on.
@Tag("once")
class HostileConnectionsTest {
  private static final String MARKER = Hostile.MARKER;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
  private static final long SEED = 3L;
  @TempDir static Path data;
  private static RunningSpor spor;
  private static String emitter;
  private CapturedLog log;
  private long sizeBefore;

  @BeforeAll
  static void start() {
    spor = RunningSpor.on(data);
    spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
    emitter = spor.key(AccessRole.EMITTER, "bygg-as");
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
  void nothingWasRecordedOrLoggedAndTheServerGoesOn() {
    assertThat(spor.get("/actuator/health/liveness", null).status()).isEqualTo(200);
    log.close();
    assertThat(log.lines()).isEmpty();
    assertThat(spor.node().ledger().size()).as("events in the ledger").isEqualTo(sizeBefore);
  }

  @Test
  void aRequestThatEndsInTheMiddleRecordsNothing() throws IOException {
    String whole = post("Content-Length: " + event().length() + "\r\n") + event();
    Random random = new Random(SEED);
    for (int i = 0; i < 40; i++) {
      try (RawConnection connection = new RawConnection(spor.port())) {
        connection.send(whole.substring(0, 1 + random.nextInt(whole.length() - 1)));
        if (i % 2 == 0) {
          String answer = connection.end().everything();
          assertThat(RawConnection.statuses(answer)).isSubsetOf(400, 401);
          assertThat(answer).doesNotContain(MARKER);
        }
      }
    }
  }

  @Test
  void anEventWhoseBodyIsShorterThanAnnouncedIsNotTakenForWhole() throws IOException {
    refused(post("Content-Length: " + (event().length() + 10) + "\r\n") + event(), 400);
  }

  @Test
  void anEventWhoseLastChunkNeverComesIsNotTakenForWhole() throws IOException {
    refused(post(CHUNKED) + chunk(event()), 400);
  }

  /// What follows is a request of its own, and is none.
  @Test
  void aBodyLongerThanAnnouncedIsCutAndWhatFollowsIsNoRequest() throws IOException {
    String answer =
        exchange(post("Content-Length: " + (event().length() - 5) + "\r\n") + event() + "\r\n\r\n");

    assertThat(RawConnection.statuses(answer)).isNotEmpty().containsOnly(400);
    assertThat(answer).contains("malformed-json").doesNotContain(MARKER);
  }

  @Test
  void requestsInOneBreathAreAnsweredInTheirOrder() throws IOException {
    String unknown = event().replace("login.succeeded", MARKER);
    String refused = post("Content-Length: " + unknown.length() + "\r\n") + unknown;
    String keyless = "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
    String nowhere = "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n" + authorization() + "\r\n";
    String chunked = post(CHUNKED) + chunk(unknown) + "0\r\n\r\n";

    String answer = exchange(refused + keyless + nowhere + chunked + refused);

    assertThat(RawConnection.statuses(answer)).containsExactly(422, 401, 404, 422, 422);
    assertThat(answer).doesNotContain(MARKER);
  }

  static Stream<Arguments> malformedHeads() {
    String body = "Content-Length: " + event().length() + "\r\n";
    return Stream.of(
        Arguments.of("no request at all", MARKER + "\r\n\r\n", List.of(400)),
        Arguments.of(
            "a TLS greeting", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001", List.of(400)),
        Arguments.of(
            "NUL in the address",
            "GET /\u0000" + MARKER + " HTTP/1.1\r\nHost: x\r\n\r\n",
            List.of(400)),
        Arguments.of(
            "brackets in the address",
            "GET /v1/{" + MARKER + "}<> HTTP/1.1\r\nHost: x\r\n\r\n",
            List.of(400)),
        Arguments.of(
            "broken escape", "GET /v1/%zz" + MARKER + " HTTP/1.1\r\nHost: x\r\n\r\n", List.of(400)),
        Arguments.of(
            "broken escape in a parameter",
            post(body).replace(" HTTP", "?atomic=%zz" + MARKER + " HTTP") + event(),
            List.of(400)),
        Arguments.of(
            "out of the root",
            "GET /../../" + MARKER + " HTTP/1.1\r\nHost: x\r\n\r\n",
            List.of(400)),
        Arguments.of("no such version", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", List.of(505)),
        Arguments.of(
            "no host",
            "POST /v1/events HTTP/1.1\r\n" + authorization() + body + "\r\n" + event(),
            List.of(400)),
        Arguments.of(
            "two hosts",
            "GET /v1/keys HTTP/1.1\r\nHost: a\r\nHost: " + MARKER + "\r\n\r\n",
            List.of(400)),
        Arguments.of(
            "host that is none",
            "GET /v1/keys HTTP/1.1\r\nHost: " + MARKER + "?<>\r\n\r\n",
            List.of(400)),
        Arguments.of(
            "huge header",
            post(body + "X-" + MARKER + ": " + "y".repeat(100 * 1024) + "\r\n") + event(),
            List.of(400)),
        Arguments.of(
            "huge address",
            "GET /" + MARKER.repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            List.of(400)),
        Arguments.of(
            "many headers",
            post(body + ("X-" + MARKER + ": y\r\n").repeat(1000)) + event(),
            List.of(400)),
        Arguments.of("two lengths", post(body + "Content-Length: 3\r\n") + event(), List.of(400)));
  }

  static Stream<Arguments> malformedBodies() {
    String body = "Content-Length: " + event().length() + "\r\n";
    return Stream.of(
        Arguments.of("negative length", post("Content-Length: -1\r\n") + event(), List.of(400)),
        Arguments.of(
            "length that is no number",
            post("Content-Length: " + MARKER + "\r\n") + event(),
            List.of(400)),
        Arguments.of(
            "length of an exabyte",
            post("Content-Length: 999999999999999999\r\n") + event(),
            List.of(413)),
        Arguments.of(
            "length beyond all numbers",
            post("Content-Length: 99999999999999999999999\r\n") + event(),
            List.of(400)),
        Arguments.of(
            "chunks of garbage",
            post(CHUNKED) + "zz" + MARKER + "\r\n" + event() + "\r\n",
            List.of(400)),
        Arguments.of(
            "chunk of negative size", post(CHUNKED) + "-1\r\n" + event() + "\r\n", List.of(400)),
        Arguments.of(
            "chunk longer than announced",
            post(CHUNKED) + "5\r\n" + event() + "\r\n0\r\n\r\n",
            List.of(400)),
        Arguments.of(
            "chunk of a terabyte", post(CHUNKED) + "ffffffffff\r\n" + event(), List.of(400)),
        Arguments.of(
            "chunk's endless extension",
            post(CHUNKED) + "1;" + "y".repeat(100_000) + "\r\n",
            List.of(400)),
        Arguments.of(
            "endless trailer",
            post(CHUNKED)
                + chunk(event())
                + "0\r\n"
                + ("X-" + MARKER + ": " + "y".repeat(1000) + "\r\n").repeat(100),
            List.of(400)),
        Arguments.of(
            "unknown encoding",
            post("Transfer-Encoding: " + MARKER + "\r\n") + event(),
            List.of(501)),
        Arguments.of(
            "unknown expectation",
            post(body + "Expect: " + MARKER + "\r\n") + event(),
            List.of(417)),
        Arguments.of(
            "key that is not ASCII",
            "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer spor_\u00e9"
                + MARKER
                + "\r\n"
                + body
                + "\r\n"
                + event(),
            List.of(401)),
        Arguments.of("NUL in a header", post(body + "X: a\u0000b\r\n") + event(), List.of(400)),
        Arguments.of(
            "header without a name", post(body + ": " + MARKER + "\r\n") + event(), List.of(400)),
        Arguments.of(
            "name with a blank",
            post(body + "Content-Type : " + MARKER + "\r\n") + event(),
            List.of(400)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"malformedHeads", "malformedBodies"})
  void whatIsNoHttpIsRefused(String name, String request, List<Integer> status) throws IOException {
    refused(request, status.getFirst());
  }

  private static void refused(String request, int status) throws IOException {
    String answer = exchange(request);

    assertThat(RawConnection.statuses(answer)).as(answer).containsExactly(status);
    assertThat(answer)
        .contains("Content-Type: application/problem+json", "\"status\":" + status)
        .doesNotContain(MARKER, Hostile.ADDRESS, "Tomcat", "Exception");
  }

  private static String exchange(String request) throws IOException {
    try (RawConnection connection = new RawConnection(spor.port())) {
      return connection.send(request).end().everything();
    }
  }

  private static String post(String headers) {
    return "POST /v1/events HTTP/1.1\r\nHost: x\r\n"
        + authorization()
        + "Content-Type: application/cloudevents+json\r\n"
        + headers
        + "\r\n";
  }

  private static String authorization() {
    return "Authorization: Bearer " + emitter + "\r\n";
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private static String event() {
    return "{\"specversion\":\"1.0\",\"id\":\"raw\",\"source\":\"/raw\",\"type\":\"login.succeeded\","
        + "\"time\":\"2026-11-01T00:00:00Z\",\"data\":{\"user\":\""
        + MARKER
        + "\",\"ip\":\"10.9.8.7\"}}";
  }
}
