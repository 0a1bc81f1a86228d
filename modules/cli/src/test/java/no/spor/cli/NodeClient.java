package no.spor.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Speaks HTTP to one of several nodes, wherever it listens now.
final class NodeClient {
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private volatile String url;

  NodeClient(String url) {
    this.url = url;
  }

  String url() {
    return url;
  }

  void moved(String now) {
    url = now;
  }

  record Answer(int status, String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    Answer expect(int wanted) {
      if (status != wanted) {
        throw new AssertionError("status " + status + " instead of " + wanted + ": " + body);
      }
      return this;
    }
  }

  /// @throws IOException where the node is not there, or went away
  Answer send(String method, String path, @Nullable String key, String type, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", type)
            .header("Purpose", "a test")
            .method(method, BodyPublishers.ofString(body));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.body());
  }

  Answer post(String path, String key, String json) throws IOException, InterruptedException {
    return send("POST", path, key, "application/json", json);
  }

  Answer get(String path, @Nullable String key) throws IOException, InterruptedException {
    return send("GET", path, key, "application/json", "");
  }
}
