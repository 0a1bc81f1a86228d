package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Prometheus, a process of its own, that scrapes one server each half second.
final class RunningPrometheus implements AutoCloseable {
  private static final Path BINARY = Path.of("/usr/bin/prometheus");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int port;

  private RunningPrometheus(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static boolean installed() {
    return Files.isExecutable(BINARY);
  }

  static RunningPrometheus scraping(int server, Path folder) throws IOException {
    Files.createDirectories(folder);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path settings = folder.resolve("prometheus.yaml");
    Files.writeString(
        settings,
        """
        global: {scrape_interval: 500ms, scrape_timeout: 400ms}
        scrape_configs:
          - job_name: spor
            metrics_path: /actuator/prometheus
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(server));
    Process process =
        new ProcessBuilder(
                BINARY.toString(),
                "--config.file=" + settings,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=error")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return new RunningPrometheus(process, port);
  }

  /// @return whether an answer has at least one number
  boolean answers(String expression) {
    try {
      for (JsonNode series : ask(expression).at("/data/result")) {
        if (!series.at("/value/1").asString("NaN").equals("NaN")) {
          return true;
        }
      }
      return false;
    } catch (UncheckedIOException notYetUp) {
      return false;
    }
  }

  JsonNode ask(String expression) {
    String concrete = expression.replace("$__rate_interval", "5s").replace("$instance", ".*");
    try {
      var answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:%d/api/v1/query?query=%s"
                              .formatted(
                                  port, URLEncoder.encode(concrete, StandardCharsets.UTF_8))))
                  .build(),
              BodyHandlers.ofString());
      // 503 while it starts
      if (answer.statusCode() == 503) {
        return JsonMapper.shared().createObjectNode();
      }
      assertThat(answer.statusCode()).as("%s: %s", concrete, answer.body()).isEqualTo(200);
      return JsonMapper.shared().readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
