package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `spor serve` as whoever starts it meets it.
class ServeCommandTest {
  /// 128 and the number of SIGTERM: how a process says that it was ended by it.
  private static final int ENDED_BY_SIGTERM = 143;

  private static final String ROOT_NOTICE = "root.key";
  @TempDir Path folder;

  @Test
  void theFirstStartTellsTheKeyOnceAndTheSecondDoesNot() throws Exception {
    String data = folder.resolve("data").toString();
    String key;
    try (SporProcess first = SporProcess.start(folder, "serve", "--data", data, "--port", "0")) {
      String url = first.await("ready: ");
      assertThat(url).matches("http://127\\.0\\.0\\.1:[1-9][0-9]*");
      key = first.await("administrator key: ");
      assertThat(key).startsWith("spor_");
      assertThat(first.output().lines()).hasSize(2);
      assertThat(first.errors()).containsOnlyOnce(ROOT_NOTICE).doesNotContain(key);
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(Path.of(data, "root.key"))))
          .isEqualTo("rw-------");
      assertThat(status(url + "/v1/keys", key)).isEqualTo(200);
      sentences(data, URI.create(url).getPort());
      assertThat(first.terminate()).isIn(0, ENDED_BY_SIGTERM);
    }
    try (SporProcess second =
        SporProcess.start(
            folder, "serve", "--data", data, "--port", "0", "--address", "127.0.0.2")) {
      String url = second.await("ready: ");
      assertThat(url).startsWith("http://127.0.0.2:");
      assertThat(status(url + "/v1/keys", key)).isEqualTo(200);
      assertThat(second.output()).doesNotContain("administrator key");
      assertThat(second.errors()).isEmpty();
      assertThat(second.terminate()).isIn(0, ENDED_BY_SIGTERM);
    }
  }

  /// While the first one runs.
  private void sentences(String data, int port) {
    Said sameData = refused("serve", "--data", data, "--port", "0");
    assertThat(sameData.err()).contains(data);
    Said samePort =
        refused("serve", "--data", folder.resolve("other").toString(), "--port", "" + port);
    assertThat(samePort.err()).contains("spor: port " + port + " is in use");
  }

  @Test
  void whatCannotBeServedIsSaidInASentence() throws IOException {
    Path data = Files.createDirectories(folder.resolve("half"));
    Files.createFile(data.resolve("keys.db"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Said half = refused("serve", "--data", data.toString(), "--port", "" + taken.getLocalPort());
      assertThat(half.err()).contains("the data directory ", "lacks [ledger.db, epochs.db]");
    }
    Said store = refused("serve", "--store", "paper");
    assertThat(store.err()).contains("--store sqlite");
    assertThat(Said.by("serve", "--port", "many").exitCode()).isEqualTo(2);
  }

  /// One sentence on standard error, logged lines counted.
  private static Said refused(String... arguments) {
    PrintStream err = System.err;
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    Said said;
    try {
      System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
      said = Said.by(arguments);
    } finally {
      System.setErr(err);
    }
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(said.err().lines()).hasSize(1);
    assertThat(said.err()).startsWith("spor: ").doesNotContain("Exception");
    return said;
  }

  private static int status(String url, String key) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + key).build();
      return http.send(request, BodyHandlers.ofString()).statusCode();
    }
  }
}
