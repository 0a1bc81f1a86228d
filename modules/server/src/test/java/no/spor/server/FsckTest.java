package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import no.spor.activity.PersonId;
import no.spor.rights.ErasureRequests;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// The reference implementation of the tiles specification, Tessera's `fsck`, reads a running
/// server. It is not ours and is not installed by any build: `go install
/// github.com/transparency-dev/tessera/cmd/fsck@v1.0.4`, then set `SPOR_TEST_FSCK` to its path.
@Tag("once")
@EnabledIfEnvironmentVariable(
    named = "SPOR_TEST_FSCK",
    matches = ".+",
    disabledReason = "SPOR_TEST_FSCK does not name Tessera's fsck")
class FsckTest {
  private static final Pattern SOUND = Pattern.compile("Successfully fsck'd log with size (\\d+)");

  @TempDir Path data;
  private int number;

  @Test
  void fsckAcceptsTheLogAtSeveralSizesAndWhileItGrows() throws Exception {
    try (RunningSpor spor = RunningSpor.on(data.resolve("data"))) {
      spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
      String emitter = spor.key(AccessRole.EMITTER, "bygg-as");
      Path key = data.resolve("key");
      Files.writeString(
          key, spor.get("/ledger/key", null).body().lines().findFirst().orElseThrow());
      var sizes = new ArrayList<Long>();
      for (int more : new int[] {0, 1, 250, 600, 5_000}) {
        record(spor, emitter, more);
        await().until(() -> spor.node().publicLedger().size() == spor.node().ledger().size());
        sizes.add(fsck(spor, key));
      }
      assertThat(sizes).isSorted().doesNotHaveDuplicates();
      assertThat(sizes.getLast()).isGreaterThan(5_850);

      var growing = new AtomicBoolean(true);
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                while (growing.get()) {
                  record(spor, emitter, 300);
                }
              });
      for (int round = 0; round < 5; round++) {
        sizes.add(fsck(spor, key));
      }
      growing.set(false);
      writer.join();
      assertThat(sizes).isSorted();
    }
  }

  @Test
  void fsckAcceptsTheLogAfterErasuresAndAfterPartsExpired() throws Exception {
    try (RunningSpor spor = RunningSpor.on(data.resolve("data"))) {
      spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
      String emitter = spor.key(AccessRole.EMITTER, "bygg-as");
      Path key = data.resolve("key");
      Files.writeString(
          key, spor.get("/ledger/key", null).body().lines().findFirst().orElseThrow());
      record(spor, emitter, 700);

      ErasureRequests requests = spor.node().erasureRequests();
      String id =
          requests
              .receive(
                  null,
                  new ErasureRequests.NewRequest(
                      "bygg-as",
                      "a@b.example",
                      Set.of(PersonId.Namespace.ACCOUNT),
                      "Art. 17",
                      null,
                      "a test"))
              .id();
      requests.approve(null, id);
      await().until(() -> requests.find(id).orElseThrow().parts() != null);
      assertThat(requests.find(id).orElseThrow().parts()).isGreaterThanOrEqualTo(700);
      long erased = published(spor);
      assertThat(fsck(spor, key)).isGreaterThanOrEqualTo(erased);

      String old = Instant.now().minus(Duration.ofDays(15)).toString();
      var lines = new StringBuilder();
      for (int i = 0; i < 700; i++) {
        lines.append(
            """
            {"specversion":"1.0","id":"old-%d","source":"/app","type":"login.succeeded","tenant":"bygg-as",\
            "time":"%s","data":{"user":"c@d.example"}}
            """
                .formatted(i, old));
      }
      assertThat(spor.post("/v1/events", emitter, RunningSpor.LINES, lines.toString()).status())
          .isEqualTo(200);
      spor.node().tenancy().putCatalogue("bygg-as", "retention: { session: P10D }");
      await()
          .untilAsserted(() ->
              assertThat(spor.node().upkeep().retention().run(true).classes())
                  .anyMatch(one -> one.retention().equals("session") && one.dropped() != null));
      long expired = published(spor);
      assertThat(expired).isGreaterThan(erased + 700);
      assertThat(fsck(spor, key)).isGreaterThanOrEqualTo(expired);
    }
  }

  private static long published(RunningSpor spor) {
    long size = spor.node().ledger().size();
    await().until(() -> spor.node().publicLedger().size() >= size);
    return size;
  }

  private void record(RunningSpor spor, String emitter, int some) {
    if (some > 0) {
      var lines = new StringBuilder();
      for (int i = 0; i < some; i++) {
        String id = "e" + number++;
        lines.append(RunningSpor.event(id, "login.succeeded", "{\"user\":\"a@b.example\"}"));
        lines.append('\n');
      }
      assertThat(spor.post("/v1/events", emitter, RunningSpor.LINES, lines.toString()).status())
          .isEqualTo(200);
    }
  }

  /// @return the size that it checked
  private long fsck(RunningSpor spor, Path key) throws IOException, InterruptedException {
    Process fsck =
        new ProcessBuilder(
                List.of(
                    System.getenv("SPOR_TEST_FSCK"),
                    "--storage_url=" + spor.url() + "/ledger/",
                    "--public_key=" + key,
                    "--N=2",
                    "--ui=false"))
            .redirectErrorStream(true)
            .start();
    String said = new String(fsck.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(fsck.waitFor(60, TimeUnit.SECONDS)).isTrue();
    var sound = SOUND.matcher(said);
    assertThat(sound.find()).as(said).isTrue();
    return Long.parseLong(sound.group(1));
  }
}
