package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.recording.Problem;
import no.spor.recording.Recorder;
import no.spor.rights.ErasureRequests;
import no.spor.rights.ForeignHistoryException;
import no.spor.rights.verify.RecordedHistory;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ledger that was put back to an earlier point on purpose, with the key store kept: what the
/// keys have forgotten since stays forgotten, the ledger says so, and all of it verifies.
@Tag("once")
class RestoredLedgerTest {
  private static final String TENANT = "bygg-as";
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, TENANT);
  private static final Access OFFICER = new Access("key-2", AccessRole.OFFICER, TENANT);
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private Path data;
  private long events;

  @Test
  void whatTheKeysForgotAfterThatPointStaysForgottenAndTheLedgerVerifies() throws Exception {
    data = folder.resolve("data");
    try (Node node = open()) {
      node.tenancy().createTenant(TENANT, "Bygg AS");
      for (String who : List.of("ola", "kari", "per", "eva")) {
        record(node, "site.checkin", who);
        record(node, "login.succeeded", who);
      }
      erase(node, "eva");
    }
    verified();
    Path copy = folder.resolve("copy");
    TestStore.copy(data, copy, "ledger");
    long restored;
    try (Node node = open()) {
      restored = node.ledger().size();
      erase(node, "ola");
      for (int i = 0; i < 20; i++) {
        record(node, "site.checkin", "per");
      }
    }
    now.set(START.plus(Duration.ofDays(25)));
    try (Node node = open()) {
      node.upkeep().retention().run(true);
      assertThat(states(node, "login.succeeded")).containsOnlyKeys("expired");
    }
    verified();

    TestStore.copy(copy, data, "ledger");
    assertThatThrownBy(this::open)
        .isInstanceOf(ForeignHistoryException.class)
        .hasMessageContaining("ops/spor ledger continue");
    NodeOptions options = options();
    LedgerCare.continueUnder(options, "log.example/spor/2", now::get);
    try (Node node = open()) {
      HeaderBody first = HeaderBodyCodec.decode(node.ledger().read(restored).orElseThrow().body());
      assertThat(first.type()).isEqualTo("spor.ledger-continued");
      assertThat(
              first.tags().stream()
                  .filter(tag -> tag.key().equals("keys-followed"))
                  .map(EventTag::value))
          .singleElement()
          .asString()
          .matches("\\d+/[0-9a-f]{64}");
      node.upkeep().retention().run(true);
      assertThat(states(node, "site.checkin")).isEqualTo(Map.of("open", 2, "erased", 2));
      assertThat(states(node, "login.succeeded")).containsOnlyKeys("expired");
      assertThat(rejected(node, "ola")).isEqualTo("person-erased");
    }
    verified();

    // Everything that forgets goes on from here, also for those erased in what was lost.
    try (Node node = open()) {
      node.erasureRequests().permit(null, TENANT, "ola", now.get(), "asked for it");
      record(node, "site.checkin", "ola");
      erase(node, "ola");
      assertThat(rejected(node, "ola")).isEqualTo("person-erased");
      record(node, "site.checkin", "kari");
      erase(node, "kari");
    }
    LedgerCare.rotateKey(options, now::get);
    Report report = verified();
    assertThat(report.unchecked())
        .containsOnlyKeys(
            "checkpoints of a former origin, of what was lost when the ledger was restored");
  }

  private NodeOptions options() {
    return TestStore.on(new NodeOptions(data, null, 1_000));
  }

  private Node open() {
    return Node.open(options(), now::get);
  }

  /// As `spor verify --data` does.
  private Report verified() {
    try (StoredLedger ledger = StoredLedger.open(options())) {
      assertThat(ledger.payloads()).as(ledger.whyWithoutPayloads()).isNotNull();
      Verifier verifier =
          Verifier.of(ledger.blocks())
              .rules(new RecordedHistory(ledger.payloads()))
              .tiles(ledger.tiles());
      KeyChain keys = KeyChain.of(ledger.keyStatements(), null);
      keys.flaws().forEach(verifier::keyFlaw);
      List<StoredLedger.Kept> kept = ledger.checkpoints(keys.origin());
      assertThat(kept).isNotEmpty();
      kept.forEach(one -> verifier.checkpoint(one.name(), one.note(), keys.keysFor(one.note())));
      // Those of before count as far as the ledger was restored, and accuse nobody beyond.
      for (String origin : keys.formerOrigins()) {
        ledger
            .checkpoints(origin)
            .forEach(one ->
                verifier.formerCheckpoint(one.name(), one.note(), keys.formerKeysFor(one.note())));
      }
      Report report = verifier.run();
      assertThat(report.findings()).isEmpty();
      return report;
    }
  }

  private void erase(Node node, String who) {
    ErasureRequests requests = node.erasureRequests();
    String id =
        requests
            .receive(
                null,
                new ErasureRequests.NewRequest(
                    TENANT, who, Set.of(Namespace.ACCOUNT), "Art. 17", null, "a test"))
            .id();
    requests.approve(null, id);
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> requests.find(id).orElseThrow().parts() != null);
  }

  private void record(Node node, String type, String user) {
    assertThat(send(node, type, user)).isInstanceOf(Recorder.Result.Recorded.class);
  }

  private String rejected(Node node, String user) {
    return switch (send(node, "site.checkin", user)) {
      case Recorder.Result.Rejected(Problem problem) -> problem.slug();
      case Recorder.Result.Recorded recorded -> "recorded";
    };
  }

  private Recorder.Result send(Node node, String type, String user) {
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":{\"user\":\"%s\",\"app\":\"web\"}}"
            .formatted(events++, type, now.get(), user);
    return node.recorder()
        .record(
            EMITTER,
            new Recorder.Submission.Structured(event.getBytes(StandardCharsets.UTF_8)),
            false)
        .getFirst();
  }

  /// @return of events of a type: how many parts there are of each state
  private static Map<String, Integer> states(Node node, String type) {
    assertThat(node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofSeconds(30)))
        .isTrue();
    return node
        .timeline()
        .query(
            OFFICER,
            "a test",
            new Timeline.Question(TENANT, null, List.of(type), null, null, Map.of(), 100, null))
        .events()
        .stream()
        .flatMap(event -> event.parts().stream())
        .map(Timeline.Part::state)
        .collect(Collectors.toMap(state -> state, state -> 1, Integer::sum, TreeMap::new));
  }
}
