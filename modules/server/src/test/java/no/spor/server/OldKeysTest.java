package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline;
import no.spor.recording.Problem;
import no.spor.recording.Recorder;
import no.spor.rights.EpochRotation.Horizon;
import no.spor.rights.ErasureRequests;
import no.spor.rights.KeyLoss.Loss;
import no.spor.server.metrics.KeysHealthOf;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteKeyStore;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.vault.KeyStore;
import no.spor.vault.KeysUnavailableException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Older copies of the key store: dead once the epoch was rotated; before that they know what they
/// lack, say so, and go on only where somebody accepts the loss.
class OldKeysTest {
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, "bygg-as");
  private static final Access OFFICER = new Access("key-2", AccessRole.OFFICER, "bygg-as");
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);

  @Test
  void theEpochIsRotatedByItselfAndThenAnOlderCopyOfTheKeysIsDead() throws IOException {
    Path data = folder.resolve("data");
    try (Node node = open(data)) {
      node.tenancy().createTenant("bygg-as", "Bygg AS");
      record(node, "1", "ola");
      now.set(START.plus(Duration.ofDays(2)));
      Horizon horizon = node.upkeep().epochs().horizon();
      assertThat(horizon.epoch()).isOne();
      assertThat(horizon.left()).isEqualTo(Duration.ofDays(5));
      assertThat(horizon.late()).isFalse();
      now.set(START.plus(Duration.ofDays(9)));
      assertThat(node.upkeep().epochs().horizon().left()).isZero();
      assertThat(node.upkeep().epochs().horizon().late()).isTrue();
    }
    Path old = folder.resolve("old");
    TestStore.copy(data, old, "keys");
    try (Node node = open(data)) {
      Awaitility.await()
          .untilAsserted(() -> {
            Horizon horizon = node.upkeep().epochs().horizon();
            assertThat(horizon.epoch()).isEqualTo(2);
            assertThat(horizon.unfinished()).isFalse();
            assertThat(horizon.openedAt()).isEqualTo(now.get());
            assertThat(horizon.left()).isEqualTo(Duration.ofDays(7));
          });
      assertThat(states(node)).containsExactly("open");
      record(node, "2", "kari");
    }
    putBack(old, data);
    assertThatThrownBy(() -> open(data))
        .isInstanceOf(KeysUnavailableException.class)
        .hasMessageContaining("destroyed by a rotation");
  }

  @Test
  void whoIsMissingInAnOlderCopyIsUnknownUntilTheLossIsAcceptedAndThenErased() throws IOException {
    Path data = folder.resolve("data");
    try (Node node = open(data)) {
      node.tenancy().createTenant("bygg-as", "Bygg AS");
      record(node, "1", "ola");
    }
    Path old = folder.resolve("old");
    TestStore.copy(data, old, "keys");
    try (Node node = open(data)) {
      assertThat(node.upkeep().loss().loss()).isEmpty();
      assertThat(node.keysNotice()).isEmpty();
      record(node, "2", "kari");
    }
    putBack(old, data);
    try (Node node = open(data)) {
      assertThatThrownBy(() -> states(node)).isInstanceOf(KeysUnavailableException.class);
      assertThatThrownBy(() -> record(node, "3", "new"))
          .isInstanceOf(KeysUnavailableException.class);
      assertThat(node.keysNotice()).get().asString().contains("behind the ledger", "accept-loss");
      assertThat(KeysHealthOf.status(node)).isEqualTo("DOWN");
      Loss loss = node.upkeep().loss().loss().orElseThrow();
      assertThat(loss.generation()).isGreaterThan(loss.present());
      node.upkeep().loss().accept(loss, null);
      assertThat(node.upkeep().loss().loss()).isEmpty();
      assertThat(node.keysNotice()).isEmpty();
      assertThat(KeysHealthOf.status(node)).isEqualTo("UP");
      assertThat(states(node)).containsExactly("erased", "open");
      record(node, "4", "kari"); // as someone new
    }
    try (Node node = open(data)) {
      assertThat(node.upkeep().loss().loss()).isEmpty();
      assertThat(states(node)).containsExactly("open", "erased", "open");
      assertThat(acceptances(node)).isOne();
    }
  }

  @Test
  @Tag("once")
  void anAcceptanceThatWasKilledBeforeItWasRecordedIsRecordedWhenItIsSaidAgain()
      throws IOException {
    Path data = folder.resolve("data");
    try (Node node = open(data)) {
      node.tenancy().createTenant("bygg-as", "Bygg AS");
      record(node, "1", "ola");
    }
    Path old = folder.resolve("old");
    TestStore.copy(data, old, "keys");
    try (Node node = open(data)) {
      record(node, "2", "kari");
    }
    putBack(old, data);
    Loss loss;
    try (Node node = open(data)) {
      loss = node.upkeep().loss().loss().orElseThrow();
    }
    // The first of the two steps, as a kill leaves it; then others go on.
    try (DataDirectory directory = DataDirectory.open(data);
        KeyStore keys = SqliteKeyStore.open(directory, new UUID(1, 1))) {
      keys.acceptLoss(loss.store(), loss.generation());
    }
    try (Node node = open(data)) {
      assertThat(states(node)).containsExactly("erased", "open");
      record(node, "3", "kari");
      Loss left = node.upkeep().loss().loss().orElseThrow();
      assertThat(left.taken()).isTrue();
      assertThat(left.store()).isEqualTo(loss.store());
      assertThat(left.generation()).isEqualTo(loss.generation());
      assertThat(acceptances(node)).isZero();
      node.upkeep().loss().accept(left, null);
      assertThat(node.upkeep().loss().loss()).isEmpty();
      assertThat(acceptances(node)).isOne();
    }
    try (Node node = open(data)) {
      assertThat(node.upkeep().loss().loss()).isEmpty();
      assertThat(states(node)).containsExactly("open", "erased", "open");
    }
  }

  private static long acceptances(Node node) {
    return node.ledger().readFrom(0, 1_000).stream()
        .map(record -> new String(record.body(), StandardCharsets.ISO_8859_1))
        .filter(body -> body.contains("spor.loss-accepted"))
        .count();
  }

  @Test
  void whoWasErasedIsErasedAndFencedAgainByItselfInAnOlderCopy() throws IOException {
    Path data = folder.resolve("data");
    Path early = folder.resolve("early");
    Path registry = folder.resolve("registry");
    String request;
    try (Node node = open(data)) {
      node.tenancy().createTenant("bygg-as", "Bygg AS");
      record(node, "0", "kari");
    }
    TestStore.copy(data, early, "keys"); // from before the person existed
    String key;
    try (Node node = open(data)) {
      key = node.tenancy().createKey(AccessRole.AUDITOR, "bygg-as", "test").secret();
      record(node, "1", "ola");
      states(node); // reading is recorded too: its keys are made here
      request =
          node.erasureRequests()
              .receive(
                  null,
                  new ErasureRequests.NewRequest(
                      "bygg-as", "ola", Set.of(Namespace.ACCOUNT), "Art. 17", null, "a test"))
              .id();
    }
    Path before = folder.resolve("before");
    TestStore.copy(data, before, "keys");
    TestStore.copy(data, registry, "registry");
    try (Node node = open(data)) {
      node.tenancy().revokeKey(node.tenancy().keys("bygg-as").getFirst().id(), null);
      node.erasureRequests().approve(null, request);
      Awaitility.await()
          .until(() -> node.erasureRequests().find(request).orElseThrow().parts() != null);
      assertThat(states(node)).containsExactly("erased", "open");
    }

    putBack(before, data);
    TestStore.copy(registry, data, "registry");
    try (Node node = open(data)) {
      assertThat(node.upkeep().loss().loss()).isEmpty();
      assertThat(states(node)).containsExactly("erased", "open");
      assertThat(rejected(node, "2", "ola")).isEqualTo("person-erased");
      assertThat(node.tenancy().authenticate(key)).as("revoked again").isEmpty();
    }

    putBack(early, data);
    try (Node node = open(data)) {
      assertThatThrownBy(() -> states(node)).isInstanceOf(KeysUnavailableException.class);
      assertThatThrownBy(() -> record(node, "3", "ola"))
          .isInstanceOf(KeysUnavailableException.class);
      node.upkeep().loss().accept(node.upkeep().loss().loss().orElseThrow(), null);
      assertThat(states(node)).containsExactly("erased", "open");
      assertThat(rejected(node, "4", "ola")).as("fenced again").isEqualTo("person-erased");
    }
  }

  @Test
  void epochsFromBeforeARotationOpenNothingAndSaySo() throws IOException {
    Path data = folder.resolve("data");
    open(data).close();
    Path old = folder.resolve("old");
    TestStore.copy(data, old, "epochs");
    try (Node node = open(data)) {
      assertThat(node.upkeep().epochs().rotate().epoch()).isEqualTo(2);
    }
    TestStore.copy(old, data, "epochs");
    assertThatThrownBy(() -> open(data))
        .isInstanceOf(KeysUnavailableException.class)
        .hasMessageContaining("escrow");
  }

  private String rejected(Node node, String id, String user) {
    return switch (send(node, id, user).getFirst()) {
      case Recorder.Result.Rejected(Problem problem) -> problem.slug();
      case Recorder.Result.Recorded recorded -> "recorded";
    };
  }

  private Node open(Path data) {
    return TestStore.open(new NodeOptions(data, null, 1_000), now::get);
  }

  private static void putBack(Path old, Path data) throws IOException {
    TestStore.copy(old, data, "keys");
  }

  private void record(Node node, String id, String user) {
    assertThat(send(node, id, user)).allMatch(Recorder.Result.Recorded.class::isInstance);
  }

  private List<Recorder.Result> send(Node node, String id, String user) {
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/app\",\"type\":\"job.started\",\"time\":\"%s\",\"data\":{\"user\":\"%s\"}}"
            .formatted(id, now.get(), user);
    return node.recorder()
        .record(
            EMITTER,
            new Recorder.Submission.Structured(event.getBytes(StandardCharsets.UTF_8)),
            false);
  }

  /// @return states of the events' parts, the newest first
  private static List<String> states(Node node) {
    assertThat(node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofSeconds(30)))
        .isTrue();
    return node
        .timeline()
        .query(
            OFFICER,
            "a test",
            new Timeline.Question(
                "bygg-as", null, List.of("job.started"), null, null, Map.of(), 100, null))
        .events()
        .stream()
        .flatMap(event -> event.parts().stream())
        .map(Timeline.Part::state)
        .toList();
  }
}
