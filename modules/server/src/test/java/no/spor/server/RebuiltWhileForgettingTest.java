package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// While somebody is erased, and while a day expires, the timeline is built anew from what was
/// there before: nothing of it is left in the view, the erasure completes, the rest is whole.
@Tag("once")
class RebuiltWhileForgettingTest {
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");
  private static final int ROUNDS = 4;
  private static final int EVENTS = 6_000;
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());

  @TempDir Path data;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final Random random = new Random(SEED);
  private final OneTenant tenant = new OneTenant(now::get);
  private Node node;
  private int round;

  @Test
  void nothingIsLeftInTheViewAndTheErasureCompletes() throws Exception {
    System.out.println("seed " + SEED);
    node = Node.open(new NodeOptions(data, null, 20_000), now::get);
    tenant.on(node).create();
    for (round = 0; round < ROUNDS; round++) {
      String gone = "gone-" + round;
      for (int i = 0; i < EVENTS; i += 1_000) {
        tenant.record("site.checkin", i % 2_000 == 0 ? gone : "stays", now.get(), 1_000);
      }
      tenant.record("login.succeeded", gone, now.get(), 10);
      tenant.record("login.succeeded", "stays", now.get(), 10);
      erase(gone);
      expire();
    }
    assertThat(events("site.checkin", "stays")).isEqualTo(ROUNDS * EVENTS / 2);
    node.close();
  }

  private void erase(String who) throws IOException {
    tenant.awaitView();
    String request = tenant.request(who);
    tenant.awaitView();
    List<byte[]> pseudonyms =
        node.vault().find(OneTenant.TENANT, new PersonId(Namespace.ACCOUNT, who)).pseudonyms();
    assertThat(pseudonyms).isNotEmpty();
    assertThat(FileBytes.found(data, pseudonyms)).isNotEmpty();
    CompletableFuture<Void> rebuilding = CompletableFuture.runAsync(this::rebuildSome);
    pause(40);
    tenant.erase(request);
    rebuilding.join();
    tenant.awaitView();
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
          tenant.awaitView();
          return !node.upkeep().retention().run(true).late();
        });
    rebuilding.join();
    tenant.awaitView();
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

  private int events(String type, String who) {
    return tenant.events(type, who).size();
  }

  /// @return how many events of this round's logins there are for those who ask for nobody
  private int ofNobody(String type) {
    return tenant.events(type, null).size() - round * 20;
  }
}
