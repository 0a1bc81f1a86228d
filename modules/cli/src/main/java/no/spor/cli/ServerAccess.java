package no.spor.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a command reaches a server, and the one place of this module that does.
final class ServerAccess {
  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:SPOR_URL}",
      description = "address of the server (SPOR_URL)")
  private @Nullable String url;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "${env:SPOR_KEY}",
      description = "API key (better: SPOR_KEY, which no list of processes shows)")
  private @Nullable String key;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_KEY_FILE}",
      description = "file with the API key (SPOR_KEY_FILE)")
  private @Nullable String keyFile;

  @Option(
      names = "--ca-certificate",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_CA_CERTIFICATE}",
      description =
          "certificates (PEM) to trust instead of the usual ones, for a server behind TLS"
              + " (SPOR_CA_CERTIFICATE)")
  private @Nullable String caCertificate;

  private @Nullable HttpClient http;

  /// @return the same server, asked with another key
  ServerAccess with(String otherKey) {
    ServerAccess other = new ServerAccess();
    other.url = url;
    other.key = otherKey;
    other.caCertificate = caCertificate;
    other.http = http();
    return other;
  }

  static ServerAccess to(String url, String key) {
    ServerAccess access = new ServerAccess();
    access.url = url;
    access.key = key;
    return access;
  }

  boolean given() {
    return url != null && !url.isBlank();
  }

  boolean hasKey() {
    return !key().isEmpty();
  }

  private String key() {
    if (key != null && !key.isBlank()) {
      return key.strip();
    }
    if (keyFile == null || keyFile.isBlank()) {
      return "";
    }
    try {
      return Files.readString(Path.of(keyFile)).strip();
    } catch (IOException unreadable) {
      throw CommandFailedException.said("failed.file", keyFile);
    }
  }

  private HttpClient http() {
    if (http == null) {
      HttpClient.Builder client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(Duration.ofSeconds(10));
      if (caCertificate != null && !caCertificate.isBlank()) {
        client.sslContext(TrustedCertificates.context(Path.of(caCertificate)));
      }
      http = client.build();
    }
    return http;
  }

  /// @return what is served to anyone
  byte[] publicBytes(String path) {
    HttpResponse<byte[]> answer = sendPublic(path);
    if (answer.statusCode() != 200) {
      throw CommandFailedException.said("failed.status-of", path, answer.statusCode());
    }
    return answer.body();
  }

  /// @return what is served to anyone; nothing where it is not there
  byte[] publicBytesOrNone(String path) {
    HttpResponse<byte[]> answer = sendPublic(path);
    if (answer.statusCode() >= 500) {
      throw CommandFailedException.said("failed.status-of", path, answer.statusCode());
    }
    return answer.statusCode() == 200 ? answer.body() : new byte[0];
  }

  private HttpResponse<byte[]> sendPublic(String path) {
    return send(unauthorized(path).GET().build(), BodyHandlers.ofByteArray());
  }

  String get(String path) {
    return body(send(request(path).GET().build()));
  }

  /// Gets what needs no key.
  String getOpen(String path) {
    return body(send(unauthorized(path).GET().build()));
  }

  String post(String path, String json) {
    return body(
        send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build()));
  }

  String put(String path, String mediaType, byte[] bytes) {
    return body(
        send(
            request(path)
                .header("Content-Type", mediaType)
                .PUT(BodyPublishers.ofByteArray(bytes))
                .build()));
  }

  void delete(String path) {
    body(send(request(path).DELETE().build()));
  }

  /// @return the id of the ledger that the server's answers are of
  String ledger() {
    HttpResponse<String> answer = send(request("/v1/ledger").GET().build());
    return JsonMapper.shared().readTree(body(answer)).path("id").asString();
  }

  HttpResponse<String> postLines(byte[] lines) {
    return send(
        request("/v1/events")
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofByteArray(lines))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = unauthorized(path);
    if (!hasKey()) {
      throw CommandFailedException.said("failed.key-needed");
    }
    try {
      return request.header("Authorization", "Bearer " + key());
    } catch (IllegalArgumentException unreadable) {
      throw CommandFailedException.said("failed.no-key");
    }
  }

  private HttpRequest.Builder unauthorized(String path) {
    String address = url;
    if (address == null || address.isBlank()) {
      throw CommandFailedException.said("failed.which-server");
    }
    String base = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    try {
      return HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofMinutes(2));
    } catch (IllegalArgumentException unreadable) {
      throw CommandFailedException.said("failed.no-address");
    }
  }

  private HttpResponse<String> send(HttpRequest request) {
    return send(request, BodyHandlers.ofString());
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) {
    try {
      return http().send(request, body);
    } catch (SSLException untrusted) {
      throw CommandFailedException.said("failed.certificate");
    } catch (IOException unreachable) {
      throw new CommandFailedException.Unreachable(
          request.uri().getScheme(), request.uri().getAuthority());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.said("failed.interrupted");
    }
  }

  static String body(HttpResponse<String> response) {
    if (response.statusCode() >= 300) {
      throw refused(response);
    }
    return response.body();
  }

  /// @return the problem's sentence, and its status
  static CommandFailedException refused(HttpResponse<String> response) {
    try {
      JsonNode problem = JsonMapper.shared().readTree(response.body());
      String detail = problem.path("detail").asString("");
      if (!detail.isEmpty()) {
        return new CommandFailedException(detail + " (" + response.statusCode() + ")");
      }
    } catch (tools.jackson.core.JacksonException noProblem) {
      // Said below: whoever answered was no server of ours.
    }
    return CommandFailedException.said("failed.status", response.statusCode());
  }
}
