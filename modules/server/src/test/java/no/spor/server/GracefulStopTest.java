package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.recording.Recorder;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Stopping: what was taken is answered and durable, what comes later is refused.
@Tag("once")
class GracefulStopTest {
  private static final int SENDERS = 8;
  @TempDir Path data;

  @Test
  void whatWasTakenIsAnsweredAndDurableAndNothingElseIsTaken() throws Exception {
    Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    int port;
    String halfAnswer;
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http = HttpClient.newHttpClient()) {
      RunningSpor spor = RunningSpor.on(data);
      port = spor.port();
      spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
      String key = spor.key(AccessRole.EMITTER, "bygg-as");
      AtomicLong number = new AtomicLong();
      CountDownLatch warm = new CountDownLatch(SENDERS * 5);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        running.add(
            senders.submit(
                () -> sendUntilRefused(http, spor.url(), key, number, acknowledged, warm)));
      }
      warm.await();
      try (RawConnection half = new RawConnection(port)) {
        String event = event("half");
        half.send(head(key, event)).awaitContinue().send(event.substring(0, 20));
        Future<?> stopping = senders.submit(spor::close);
        awaitRefusal(port);
        assertThat(stopping.isDone()).as("stopped with a request half way").isFalse();
        halfAnswer = half.send(event.substring(20)).everything();
        stopping.get();
      }
      for (Future<?> one : running) {
        one.get();
      }
    }

    assertThat(RawConnection.statuses(halfAnswer)).as(halfAnswer).containsExactly(201);
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(SENDERS * 5);
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
        .isInstanceOf(ConnectException.class);
    try (Node node = TestStore.open(new NodeOptions(data, null, 1000), InstantSource.system())) {
      acknowledged.put("half", positionOf(halfAnswer.substring(halfAnswer.indexOf("\r\n\r\n"))));
      StringBuilder again = new StringBuilder();
      acknowledged.keySet().forEach(id -> again.append(event(id)).append('\n'));
      List<Recorder.Result> results =
          node.recorder()
              .record(
                  new Access("again", AccessRole.EMITTER, "bygg-as"),
                  new Recorder.Submission.Lines(again.toString().getBytes(StandardCharsets.UTF_8)),
                  false);
      assertThat(results)
          .isEqualTo(
              acknowledged.values().stream()
                  .map(position -> new Recorder.Result.Recorded(position, true, false))
                  .toList());
    }
  }

  /// Sends events until the server takes no more; only what got its answer counts.
  private static void sendUntilRefused(
      HttpClient http,
      String url,
      String key,
      AtomicLong number,
      Map<String, Long> acknowledged,
      CountDownLatch warm) {
    while (true) {
      String id = "e" + number.getAndIncrement();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/v1/events"))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", "Bearer " + key)
              .header("Content-Type", RunningSpor.CLOUD_EVENT)
              .POST(BodyPublishers.ofString(event(id)))
              .build();
      try {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 201) {
          assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
          return;
        }
        acknowledged.put(id, positionOf(response.body()));
        warm.countDown();
      } catch (IOException refused) {
        return;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void awaitRefusal(int port) throws InterruptedException {
    for (int i = 0; i < 1000; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
        Thread.sleep(10);
      } catch (IOException refused) {
        return;
      }
    }
    throw new AssertionError("the server still takes connections");
  }

  private static String event(String id) {
    return RunningSpor.event(id, "login.succeeded", "{\"user\":\"u\"}");
  }

  private static long positionOf(String body) {
    return JsonMapper.shared().readTree(body).path("position").asLong(-1);
  }

  private static String head(String key, String event) {
    return "POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nAuthorization: Bearer "
        + key
        + "\r\nContent-Type: application/cloudevents+json\r\nContent-Length: "
        + event.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n";
  }
}
