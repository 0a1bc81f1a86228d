package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `spor import` into a server that dies on the way.
class ImportOverHttpTest {
  private static final long SEED = 7L;
  private static final int EVENTS = 6_000;
  @TempDir Path folder;

  @Test
  void theServerKilledAndStartedAgainNothingIsMissingAndNothingStandsTwice() throws Exception {
    Path data = folder.resolve("data");
    Path file = folder.resolve("checkins.ndjson");
    Path progress = folder.resolve("checkins.ndjson.progress");
    MadeUpCheckins.write(file, SEED, EVENTS, 12);
    String port = "" + SporProcess.freePort();
    String[] serve = {"serve", "--data", data.toString(), "--port", port};
    SporProcess server = SporProcess.start(folder, serve);
    try (ExecutorService imports = Executors.newSingleThreadExecutor()) {
      String url = server.await("ready: ");
      String admin = server.await("administrator key: ");
      Said tenant =
          Said.by(
              "tenant", "create", "--url", url, "--key", admin, MadeUpCheckins.TENANT, "Bygg AS");
      assertThat(tenant.exitCode()).as(tenant.err()).isZero();
      Said key =
          Said.by(
              "key",
              "create",
              "--url",
              url,
              "--key",
              admin,
              "--tenant",
              MadeUpCheckins.TENANT,
              "emitter",
              "import");
      String[] importing = {"import", "--url", url, "--key", key.lastLine(), file.toString()};
      CompletableFuture<Said> said =
          CompletableFuture.supplyAsync(() -> Said.by(importing), imports);
      while (!said.isDone() && !Files.exists(progress)) {
        Thread.sleep(5);
      }
      Thread.sleep(new Random(SEED).nextInt(300));
      server.kill();
      assertThat(said.isDone()).as("the import was interrupted").isFalse();
      server = SporProcess.start(folder, serve);
      server.await("ready: ");

      assertThat(said.get().exitCode()).as(said.get().err()).isZero();
      assertThat(said.get().lastLine()).endsWith("rejected 0");
      assertThat(Said.by(importing).lastLine())
          .isEqualTo("recorded 0, duplicate " + EVENTS + ", rejected 0");
      server.terminate();
    } finally {
      server.close();
    }
    Map<String, Map<String, String>> people = MadeUpCheckins.byPerson(file);
    try (ImportedData imported = new ImportedData(data)) {
      people.forEach((person, events) ->
          assertThat(imported.of(MadeUpCheckins.TENANT, person)).as(person).isEqualTo(events));
    }
  }
}
