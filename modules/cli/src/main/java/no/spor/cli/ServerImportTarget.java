package no.spor.cli;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Imports into a running server; waits while that one is too busy or away for a moment.
/// Thread-safe.
final class ServerImportTarget implements ImportTarget {
  private static final int TRIES = 12;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private final ServerAccess server;
  private final String ledger;

  ServerImportTarget(ServerAccess server) {
    this.server = server;
    this.ledger = server.ledger();
  }

  @Override
  public String ledger() {
    return ledger;
  }

  @Override
  public List<Answer> send(List<byte[]> lines) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] line : lines) {
      body.writeBytes(line);
      body.write('\n');
    }
    HttpResponse<String> response = sendPatiently(body.toByteArray());
    return switch (response.statusCode()) {
      case 200 -> answers(response.body(), lines.size());
      case 400, 413, 422 -> apart(response, lines);
      default -> throw ServerAccess.refused(response);
    };
  }

  /// The request was refused as a whole: one line is to blame, or all are.
  private List<Answer> apart(HttpResponse<String> response, List<byte[]> lines) {
    if (lines.size() == 1) {
      JsonNode problem = JsonMapper.shared().readTree(response.body());
      return List.of(rejected(problem));
    }
    int half = lines.size() / 2;
    List<Answer> answers = new ArrayList<>(send(lines.subList(0, half)));
    answers.addAll(send(lines.subList(half, lines.size())));
    return answers;
  }

  private HttpResponse<String> sendPatiently(byte[] body) {
    long pauseMillis = 200;
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<String> response = server.postLines(body);
        boolean later = response.statusCode() == 429 || response.statusCode() == 503;
        if (!later || attempt == TRIES) {
          return response;
        }
        pauseMillis =
            Math.max(
                pauseMillis, 1000 * response.headers().firstValueAsLong("Retry-After").orElse(0));
      } catch (CommandFailedException unreachable) {
        if (attempt == TRIES) {
          throw unreachable;
        }
      }
      try {
        Thread.sleep(Math.min(LONGEST_PAUSE_MILLIS, pauseMillis));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw CommandFailedException.said("failed.interrupted");
      }
      pauseMillis *= 2;
    }
  }

  private static List<Answer> answers(String body, int expected) {
    JsonNode results = JsonMapper.shared().readTree(body).path("results");
    if (results.size() != expected) {
      throw CommandFailedException.said("failed.answers", results.size(), expected);
    }
    List<Answer> answers = new ArrayList<>(expected);
    for (JsonNode result : results) {
      answers.add(
          result.has("error")
              ? rejected(result.path("error"))
              : new Answer.Recorded(
                  result.path("position").asLong(), result.path("duplicate").asBoolean(false)));
    }
    return Collections.unmodifiableList(answers);
  }

  private static Answer.Rejected rejected(JsonNode problem) {
    String type = problem.path("type").asString("");
    return new Answer.Rejected(
        type.substring(type.lastIndexOf('/') + 1), problem.path("detail").asString(""));
  }

  @Override
  public void close() {
    // Nothing to close: connections go with the process.
  }
}
