package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `spor demo`, and each of the five things it says to try, as printed.
class DemoTest {
  @TempDir Path folder;

  @Test
  void theFiveThingsItPrintsWorkAsPrinted() throws Exception {
    boolean possible = onPath("curl") && onPath("sh");
    if (!possible) {
      System.out.println("DemoTest skipped: curl or sh is not on the path");
    }
    assumeTrue(possible, "curl or sh is not on the path");
    try (SporProcess demo = SporProcess.start(folder, "demo", "--events", "2000")) {
      demo.await("ready: ");
      List<String> commands =
          demo.output()
              .lines()
              .map(String::strip)
              .filter(line -> line.startsWith("curl "))
              .toList();
      assertThat(commands).hasSize(5);

      JsonNode recorded = run(commands.get(0));
      assertThat(recorded.path("position").isIntegralNumber()).isTrue();
      JsonNode person = run(commands.get(1));
      assertThat(person.path("person").asString()).isEqualTo("active");
      assertThat(person.path("events")).isNotEmpty();
      String asked = commands.get(1).replaceAll(".*\"person\":\"([^\"]+)\".*", "$1");
      for (JsonNode event : person.path("events")) {
        assertThat(event.at("/parts/0/state").asString()).isEqualTo("open");
        assertThat(event.at("/parts/0/data/user").asString()).isEqualTo(asked);
      }

      JsonNode site = run(commands.get(2));
      assertThat(site.path("events")).isNotEmpty();
      for (JsonNode event : site.path("events")) {
        assertThat(event.path("type").asString()).isEqualTo("site.checkin");
        assertThat(event.path("facets").path("/site").asString()).isEqualTo("site-1");
        assertThat(event.at("/parts/0/state").asString()).isEqualTo("denied");
        assertThat(event.toString()).doesNotContain("worker-");
      }

      JsonNode looked = run(commands.get(3));
      assertThat(looked.path("events").toString())
          .contains("personal-data.viewed", "trying the demo");

      JsonNode erased = run(commands.get(4));
      assertThat(erased.path("state").asString()).isIn("erased", "completed");

      assertThat(demo.errors()).doesNotContain("Exception", "WARN", "ERROR");
      demo.terminate();
    }
    try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .as("what it made is gone")
          .noneMatch(name -> name.startsWith("spor-demo"));
    }
  }

  private JsonNode run(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(command).isZero();
    JsonNode json = JsonMapper.shared().readTree(answer);
    assertThat(json.isObject()).as(answer).isTrue();
    assertThat(json.path("type").asString("")).as(answer).doesNotContain("/problems/");
    return json;
  }

  static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
