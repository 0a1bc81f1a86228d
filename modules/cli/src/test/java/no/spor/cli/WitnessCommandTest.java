package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `spor serve`, two of `spor witness`, and `spor ledger`, each a process of its own.
class WitnessCommandTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  private String get(String url) {
    try {
      return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
          .body();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private void createTenant(String url, String key, String id) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/v1/tenants"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"id\":\"" + id + "\",\"name\":\"" + id + "\"}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  private SporProcess witness(String name, int port, NoteVerifier log) throws Exception {
    return SporProcess.start(
        folder,
        "witness",
        "--data",
        folder.resolve(name).toString(),
        "--port",
        "" + port,
        "--name",
        "witness.example/" + name,
        "--log",
        log.vkey());
  }

  private void awaitCosigned(String url, long atLeast, NoteVerifier... keys) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          SignedNote note = SignedNote.parse(get(url + "/ledger/checkpoint/cosigned"));
          assertThat(Checkpoint.parse(note.text()).size()).isGreaterThanOrEqualTo(atLeast);
          assertThat(note.signaturesOf(List.of(keys))).hasSize(keys.length);
        });
  }

  private long size(String url) {
    return Checkpoint.parse(Checkpoint.textOf(get(url + "/ledger/checkpoint"))).size();
  }

  @Test
  void twoWitnessesWatchALedgerOneIsKilledAndTheKeyIsRotated() throws Exception {
    String data = folder.resolve("data").toString();
    String adminKey;
    NoteVerifier log;
    try (SporProcess first =
        SporProcess.start(
            folder, "serve", "--data", data, "--port", "0", "--origin", "log.example/spor")) {
      String url = first.await("ready: ");
      adminKey = first.await("administrator key: ");
      log = NoteVerifier.of(get(url + "/ledger/key").strip());
      assertThat(log.name()).isEqualTo("log.example/spor");
      first.terminate();
    }
    int port = SporProcess.freePort();
    try (SporProcess one = witness("w1", 0, log);
        SporProcess two = witness("w2", port, log)) {
      NoteVerifier key1 = NoteVerifier.of(one.await("witness key: "));
      NoteVerifier key2 = NoteVerifier.of(two.await("witness key: "));
      String watched =
          one.await("ready: ")
              + " "
              + key1.vkey()
              + ", "
              + two.await("ready: ")
              + " "
              + key2.vkey();
      try (SporProcess server =
          SporProcess.start(
              folder, Map.of("SPOR_WITNESSES", watched), "serve", "--data", data, "--port", "0")) {
        String url = server.await("ready: ");
        createTenant(url, adminKey, "bygg-as");
        awaitCosigned(url, size(url), key1, key2);
        two.kill();
        createTenant(url, adminKey, "rens-as");
        awaitCosigned(url, size(url), key1);
        try (SporProcess again = witness("w2", port, log)) {
          assertThat(again.await("witness key: ")).isEqualTo(key2.vkey());
          awaitCosigned(url, size(url), key1, key2);
        }
        server.terminate();
      }
    }
    Said rotated = Said.by("ledger", "rotate-key", "--data", data);
    assertThat(rotated.exitCode()).as(rotated.err()).isZero();
    assertThat(NoteVerifier.of(rotated.out().strip()).name()).isEqualTo("log.example/spor");
    Said unsure = Said.by("ledger", "continue", "--data", data, "--origin", "log.example/2");
    assertThat(unsure.exitCode()).isOne();
    assertThat(unsure.err()).contains("--yes");
  }
}
