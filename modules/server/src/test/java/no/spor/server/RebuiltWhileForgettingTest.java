package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline;
import no.spor.recording.Recorder;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.ErasureRequests.NewRequest;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// While somebody is erased, and while a day expires, the timeline is built anew from what was
/// there before: nothing of it is left in the view, the erasure completes, the rest is whole.
@Tag("once")
class RebuiltWhileForgettingTest {
  private static final String TENANT = "bygg-as";
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, TENANT);
  private static final Access OFFICER = new Access("key-2", AccessRole.OFFICER, TENANT);
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");
  private static final int ROUNDS = 4;
  private static final int EVENTS = 6_000;
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());

  @TempDir Path data;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final Random random = new Random(SEED);
  private Node node;
  private int events;

  @Test
  void nothingIsLeftInTheViewAndTheErasureCompletes() throws Exception {
    System.out.println("seed " + SEED);
    node = Node.open(new NodeOptions(data, null, 20_000), now::get);
    node.tenancy().createTenant(TENANT, "Bygg AS");
    for (int round = 0; round < ROUNDS; round++) {
      String gone = "gone-" + round;
      for (int i = 0; i < EVENTS; i += 1_000) {
        record("site.checkin", i % 2_000 == 0 ? gone : "stays", 1_000);
      }
      record("login.succeeded", gone, 10);
      record("login.succeeded", "stays", 10);
      erase(gone);
      expire();
    }
    assertThat(events("site.checkin", "stays")).isEqualTo(ROUNDS * EVENTS / 2);
    node.close();
  }

  private void erase(String who) throws IOException {
    awaitView();
    String request =
        node.erasureRequests()
            .receive(
                null,
                new NewRequest(TENANT, who, Set.of(Namespace.ACCOUNT), "Art. 17", null, "test"))
            .id();
    awaitView();
    List<byte[]> pseudonyms =
        node.vault().find(TENANT, new PersonId(Namespace.ACCOUNT, who)).pseudonyms();
    assertThat(pseudonyms).isNotEmpty();
    assertThat(FileBytes.found(data, pseudonyms)).isNotEmpty();
    CompletableFuture<Void> rebuilding = CompletableFuture.runAsync(this::rebuildSome);
    pause(40);
    node.erasureRequests().approve(null, request);
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> node.erasureRequests().find(request).orElseThrow().state() == State.COMPLETED);
    rebuilding.join();
    awaitView();
    assertThat(node.erasureRequests().find(request).orElseThrow().parts())
        .isEqualTo(EVENTS / 2 + 10 + 1L);
    assertThat(FileBytes.found(data, pseudonyms)).as("pseudonyms in files").isEmpty();
    assertThat(ofNobody("login.succeeded")).isEqualTo(20);
  }

  private void expire() {
    assertThat(events("login.succeeded", "stays")).isEqualTo(10);
    now.set(now.get().plus(Duration.ofDays(23)));
    CompletableFuture<Void> rebuilding = CompletableFuture.runAsync(this::rebuildSome);
    pause(40);
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> {
          awaitView();
          return !node.upkeep().retention().run(true).late();
        });
    rebuilding.join();
    awaitView();
    assertThat(events("login.succeeded", "stays")).as("links to what is over").isZero();
    now.set(now.get().plus(Duration.ofDays(1)));
  }

  private void rebuildSome() {
    for (int i = 0; i < 3; i++) {
      node.timeline().rebuild();
      pause(60);
    }
  }

  private void pause(int atMostMillis) {
    long until = System.nanoTime() + random.nextLong(Duration.ofMillis(atMostMillis).toNanos());
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  private void awaitView() {
    assertThat(node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofSeconds(30)))
        .isTrue();
  }

  private int events(String type, String who) {
    return count(type, who);
  }

  /// @return how many events of this round's logins there are for those who ask for nobody
  private int ofNobody(String type) {
    return count(type, null) - (events - 1) / (EVENTS + 20) * 20;
  }

  private int count(String type, String who) {
    awaitView();
    int found = 0;
    String cursor = null;
    do {
      Timeline.Page page =
          node.timeline()
              .query(
                  OFFICER,
                  "a test",
                  new Timeline.Question(
                      TENANT, who, List.of(type), null, null, Map.of(), 1_000, cursor));
      found += page.events().size();
      cursor = page.next();
    } while (cursor != null);
    return found;
  }

  private void record(String type, String who, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(
          "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":{\"user\":\"%s\"}}\n"
              .formatted(events++, type, now.get(), who));
    }
    assertThat(
            node.recorder()
                .record(
                    EMITTER,
                    new Recorder.Submission.Lines(
                        lines.toString().getBytes(StandardCharsets.UTF_8)),
                    false))
        .allMatch(Recorder.Result.Recorded.class::isInstance);
  }
}
