package no.spor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `spor erase`: makes a request, approves it, waits until it is completed. Who it is about comes
/// from standard input or a file: arguments show in lists of processes.
@Command(
    name = "erase",
    description =
        "Erases people: one id a line, from standard input or a file. With an officer's key.",
    mixinStandardHelpOptions = true)
final class EraseCommand implements Runnable {
  private static final String REQUESTS = "/v1/erasure-requests";
  private static final Duration STEP = Duration.ofMillis(200);

  @Spec private CommandSpec spec;
  @Mixin private ServerAccess server;

  @Option(
      names = "--tenant",
      paramLabel = "ID",
      description = "whose people; left out where the key belongs to a tenant")
  private @Nullable String tenant;

  @Option(
      names = "--basis",
      paramLabel = "TEXT",
      defaultValue = "Art. 17",
      description = "legal basis, recorded (${DEFAULT-VALUE})")
  private String basis;

  @Option(
      names = "--verified-by",
      paramLabel = "TEXT",
      required = true,
      description = "who or what established that it is the person who asks; recorded")
  private String verifiedBy;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "account or visitor; left out: everything the id stands for")
  private @Nullable String kind;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "how long to wait for the completion (${DEFAULT-VALUE})")
  private long waitSeconds;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "-",
      description = "one person's id a line; - for standard input")
  private String file;

  @Override
  public void run() {
    List<String> people = people();
    if (people.isEmpty()) {
      throw Words.of(spec).failed("erase.nobody");
    }
    for (String person : people) {
      JsonNode request = await(approved(person));
      spec.commandLine()
          .getOut()
          .println(request.path("id").asString() + " " + request.path("state").asString());
      spec.commandLine().getOut().flush();
    }
  }

  private List<String> people() {
    try {
      byte[] bytes;
      if (file.equals("-")) {
        try (InputStream in = System.in) {
          bytes = in.readAllBytes();
        }
      } else {
        bytes = Files.readAllBytes(Path.of(file));
      }
      return new String(bytes, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .toList();
    } catch (IOException unreadable) {
      throw Words.of(spec).failed("erase.file");
    }
  }

  private JsonNode approved(String person) {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    if (tenant != null) {
      request.put("tenant", tenant);
    }
    if (kind != null) {
      request.put("kind", kind);
    }
    request.put("person", person).put("basis", basis).put("identityVerifiedBy", verifiedBy);
    String id = read(server.post(REQUESTS, request.toString())).path("id").asString();
    return read(server.post(REQUESTS + "/" + PathSegment.of(id) + "/approve", "{}"));
  }

  /// From here on the keys are gone; what is left is done by the server, whether waited for or not.
  private JsonNode await(JsonNode erased) {
    JsonNode request = erased;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
    String said = "";
    while (!request.path("state").asString().equals("completed")
        && System.nanoTime() - deadline < 0) {
      if (!said.equals(request.path("state").asString())) {
        said = request.path("state").asString();
        spec.commandLine().getErr().println(Words.of(spec).say("erase.state", said));
        spec.commandLine().getErr().flush();
      }
      pause();
      request = read(server.get(REQUESTS + "/" + PathSegment.of(request.path("id").asString())));
    }
    return request;
  }

  private void pause() {
    try {
      if (new CountDownLatch(1).await(STEP.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nobody counts down");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw Words.of(spec).failed("erase.interrupted");
    }
  }

  private static JsonNode read(String json) {
    return JsonMapper.shared().readTree(json);
  }
}
