package no.spor.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import no.spor.tenancy.AccessRole;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole server on a data directory, spoken to over HTTP as its users do.
final class RunningSpor implements AutoCloseable {
  static final String CLOUD_EVENT = "application/cloudevents+json";
  static final String BATCH = "application/cloudevents-batch+json";
  static final String LINES = "application/x-ndjson";
  static final String JSON = "application/json";

  private final HttpClient http = HttpClient.newHttpClient();
  private final ConfigurableApplicationContext context;

  private RunningSpor(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /// @param settings as on a command line: `--spor.queue-events=10`
  static RunningSpor on(Path data, String... settings) {
    List<String> all = new ArrayList<>(List.of("--spor.data=" + data, "--server.port=0"));
    all.addAll(TestStore.settings(data));
    all.addAll(List.of(settings));
    return new RunningSpor(
        new SpringApplicationBuilder(SporServer.class)
            .web(WebApplicationType.SERVLET)
            .run(all.toArray(String[]::new)));
  }

  <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  <T> Collection<T> beans(Class<T> type) {
    return context.getBeansOfType(type).values();
  }

  Node node() {
    return context.getBean(Node.class);
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  int port() {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  String key(AccessRole role, @Nullable String tenant) {
    return node().tenancy().createKey(role, tenant, "test").secret();
  }

  Answer post(String path, @Nullable String key, String type, String body, String... headers) {
    return send(
        "POST",
        path,
        key,
        type,
        BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8)),
        headers);
  }

  Answer post(String path, @Nullable String key, String type, byte[] body, String... headers) {
    return send("POST", path, key, type, BodyPublishers.ofByteArray(body), headers);
  }

  Answer get(String path, @Nullable String key, String... headers) {
    return send("GET", path, key, null, BodyPublishers.noBody(), headers);
  }

  Answer send(
      String method,
      String path,
      @Nullable String key,
      @Nullable String type,
      BodyPublisher body,
      String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    if (type != null) {
      request.header("Content-Type", type);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body(),
          response.headers());
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /// @param data a JSON object
  static String event(String id, String type, String data) {
    return """
    {"specversion":"1.0","id":"%s","source":"/test","type":"%s","time":"%s","data":%s}\
    """
        .formatted(id, type, now(), data);
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Override
  public void close() {
    context.close();
  }

  record Answer(int status, String type, String body, HttpHeaders headers) {
    String retryAfter() {
      return headers.firstValue("Retry-After").orElse("");
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    String problem() {
      String address = json().path("type").asString("");
      return address.substring(address.lastIndexOf('/') + 1);
    }
  }
}
