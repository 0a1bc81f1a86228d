package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's commands, run as they stand there.
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  @TempDir Path directory;

  @Test
  void theCommandsOfTheFirstScreenRecordAndReadBack() throws IOException, InterruptedException {
    assumeTrue(onPath("curl") && onPath("bash"), "skipped: curl or bash is not on the path");
    try (RunningServer server =
        RunningServer.start(
            Map.of("spor.data", directory.resolve("data").toString(), "server.port", 0))) {
      Path shim = directory.resolve("ops/spor");
      Files.createDirectories(shim.getParent());
      Files.writeString(
          shim,
          """
          #!/bin/sh
          exec "%s/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "%s" no.spor.cli.Spor "$@"
          """
              .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
      assertThat(shim.toFile().setExecutable(true)).isTrue();

      ProcessBuilder shell = new ProcessBuilder("bash", "-euc", recordAndRead());
      shell.directory(directory.toFile()).redirectErrorStream(true);
      shell.environment().put("SPOR_URL", server.url());
      shell.environment().put("SPOR_KEY", server.node().administratorKey().orElseThrow());
      Path output = directory.resolve("output");
      Process process = shell.redirectOutput(output.toFile()).start();
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();

      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
      assertThat(Files.readString(output))
          .contains(
              "{\"position\":",
              "\"state\":\"open\",\"data\":{\"user\":\"ola@bygg.no\"",
              "\"person\":\"active\"",
              " completed",
              "\"person\":\"erased\"");
    }
  }

  private static String recordAndRead() throws IOException {
    Path readme = Path.of("").toAbsolutePath();
    while (!Files.exists(readme.resolve("README.md")) || !Files.exists(readme.resolve("ops"))) {
      readme = readme.getParent();
    }
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(readme.resolve("README.md")))
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList();
    return blocks.stream()
        .filter(block -> block.startsWith("ops/spor tenant"))
        .findFirst()
        .orElseThrow();
  }

  private static boolean onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
