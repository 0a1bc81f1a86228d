package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands an operator types when a disk is gone: backup under load, wipe, restore, verify.
class BackupAndRestoreTest {
  @TempDir Path folder;

  @Test
  void afterAWipeVerifyIsContentAndTheTimelineIsAsItWas() throws Exception {
    Path data = folder.resolve("data");
    Path root = folder.resolve("root.key");
    Path backup = folder.resolve("backup");
    Path epochs = folder.resolve("epochs");
    String[] serve = {"serve", "--data", data + "", "--root", root + "", "--port", "0"};
    String before;
    String officer;
    AtomicInteger recorded = new AtomicInteger();
    AtomicBoolean enough = new AtomicBoolean();
    try (SporProcess server = SporProcess.start(folder, serve)) {
      String url = server.await("ready: ");
      ServerAccess admin = ServerAccess.to(url, server.await("administrator key: "));
      admin.post("/v1/tenants", "{\"id\":\"bygg-as\",\"name\":\"Bygg\"}");
      ServerAccess emitter = admin.with(key(admin, "emitter"));
      officer = key(admin, "officer");
      record(emitter, recorded, "ola", 300);
      before = timeline(url, officer);
      Thread pouring =
          Thread.ofVirtual()
              .start(() -> {
                while (!enough.get()) {
                  record(emitter, recorded, "kari", 100);
                }
              });
      ok("backup", backup + "", "--data", data + "", "--epochs", epochs + "");
      Said drill = ok("restore", backup + "", "--data", data + "", "--root", root + "", "--drill");
      assertThat(drill.out()).containsPattern("usable: [3-9]\\d\\d|usable: \\d,\\d\\d\\d");
      enough.set(true);
      pouring.join();
      server.kill();
    }
    wipe(data);

    ok("restore", backup + "", "--data", data + "", "--epochs", epochs + "");
    SporProcess verify =
        SporProcess.start(folder, "verify", "--data", data + "", "--root", root + "");
    assertThat(verify.awaitEnd()).as(verify.output() + verify.errors()).isZero();
    assertThat(verify.output()).contains("sound: ");
    // The checkpoints are in no backup: the ledger goes on under a name of its own.
    ok(
        "ledger",
        "continue",
        "--data",
        data + "",
        "--root",
        root + "",
        "--origin",
        "spor.invalid/2",
        "--yes");
    try (SporProcess server = SporProcess.start(folder, serve)) {
      assertThat(timeline(server.await("ready: "), officer))
          .isEqualTo(before)
          .contains("worker-ola");
    }
  }

  private static String timeline(String url, String officer) throws Exception {
    JsonNode page;
    do {
      HttpRequest question =
          HttpRequest.newBuilder(URI.create(url + "/v1/timeline"))
              .header("Authorization", "Bearer " + officer)
              .header("Purpose", "comparing")
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"person\":\"worker-ola\",\"limit\":1000}"))
              .build();
      try (HttpClient http = HttpClient.newHttpClient()) {
        page = JsonMapper.shared().readTree(http.send(question, BodyHandlers.ofString()).body());
      }
    } while (page.path("behind").asLong() > 0);
    return page.path("events").toString();
  }

  private static String key(ServerAccess admin, String role) {
    String body = "{\"role\":\"%s\",\"tenant\":\"bygg-as\",\"name\":\"a test\"}".formatted(role);
    return JsonMapper.shared().readTree(admin.post("/v1/keys", body)).path("key").asString();
  }

  private static void record(ServerAccess emitter, AtomicInteger numbers, String who, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(
          "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/t\",\"type\":\"clock.in\",\"time\":\"%s\",\"data\":{\"user\":\"worker-%s\"}}\n"
              .formatted(numbers.getAndIncrement(), java.time.Instant.now(), who));
    }
    assertThat(emitter.postLines(lines.toString().getBytes()).statusCode()).isEqualTo(200);
  }

  private static Said ok(String... arguments) {
    Said said = Said.by(arguments);
    assertThat(said.exitCode()).as(String.join(" ", arguments) + said.out() + said.err()).isZero();
    return said;
  }

  private static void wipe(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
