package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.rights.ForeignHistoryException;
import no.spor.rights.verify.RecordedHistory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ledger that was put back to an earlier point on purpose, with the key store kept: what the
/// keys have forgotten since stays forgotten, the ledger says so, and all of it verifies.
@Tag("once")
class RestoredLedgerTest {
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private Path data;
  private final OneTenant tenant = new OneTenant(now::get);

  @Test
  void whatTheKeysForgotAfterThatPointStaysForgottenAndTheLedgerVerifies() throws Exception {
    data = folder.resolve("data");
    try (Node node = open()) {
      tenant.create();
      for (String who : List.of("ola", "kari", "per", "eva")) {
        tenant.record("site.checkin", who);
        tenant.record("login.succeeded", who);
      }
      tenant.record("account.changed", "kari");
      tenant.erase(tenant.request("eva"));
    }
    verified();
    Path copy = folder.resolve("copy");
    TestStore.copy(data, copy, "ledger");
    long restored;
    try (Node node = open()) {
      restored = node.ledger().size();
      tenant.erase(tenant.request("ola"));
      tenant.record("account.closed", "kari");
      await().until(() -> tenant.states("account.changed").contains("erased"));
      for (int i = 0; i < 20; i++) {
        tenant.record("site.checkin", "per");
      }
    }
    now.set(START.plus(Duration.ofDays(25)));
    try (Node node = open()) {
      node.upkeep().retention().run(true);
      assertThat(tenant.states("login.succeeded")).containsOnly("expired");
    }
    verified();

    TestStore.copy(copy, data, "ledger");
    assertThatThrownBy(this::open)
        .isInstanceOf(ForeignHistoryException.class)
        .hasMessageContaining("ops/spor ledger continue");
    NodeOptions options = options();
    LedgerCare.continueUnder(options, "log.example/spor/2", now::get);
    try (Node node = open()) {
      saysWhatTheKeysHadFollowed(node, restored);
      node.upkeep().retention().run(true);
      assertThat(tenant.states("site.checkin"))
          .containsExactlyInAnyOrder("open", "open", "erased", "erased");
      assertThat(tenant.states("login.succeeded")).containsOnly("expired");
      assertThat(tenant.rejected("ola")).isEqualTo("person-erased");
      assertThat(tenant.states("account.changed")).contains("erased");
      // What came back of them goes from the files once more, and is accounted for.
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> {
            assertThat(dropped(node, "site.checkin")).isEqualTo(2);
            assertThat(dropped(node, "account.changed")).isEqualTo(1);
          });
      assertThat(tenant.states("site.checkin"))
          .containsExactlyInAnyOrder("open", "open", "erased", "erased");
    }
    verified();

    everythingThatForgetsGoesOn();
    LedgerCare.rotateKey(options, now::get);
    Report report = verified();
    assertThat(report.unchecked())
        .containsOnlyKeys(
            "checkpoints of a former origin, of what was lost when the ledger was restored");
  }

  private static void saysWhatTheKeysHadFollowed(Node node, long restored) {
    HeaderBody first = HeaderBodyCodec.decode(node.ledger().read(restored).orElseThrow().body());
    assertThat(first.type()).isEqualTo("spor.ledger-continued");
    assertThat(
            first.tags().stream()
                .filter(tag -> tag.key().equals("keys-followed"))
                .map(EventTag::value))
        .singleElement()
        .asString()
        .matches("\\d+/[0-9a-f]{64}");
  }

  /// Also for those erased in what was lost.
  private void everythingThatForgetsGoesOn() {
    try (Node node = open()) {
      node.erasureRequests().permit(null, OneTenant.TENANT, "ola", now.get(), "asked for it");
      tenant.record("site.checkin", "ola");
      tenant.erase(tenant.request("ola"));
      assertThat(tenant.rejected("ola")).isEqualTo("person-erased");
      tenant.record("site.checkin", "kari");
      tenant.erase(tenant.request("kari"));
    }
  }

  private NodeOptions options() {
    return TestStore.on(new NodeOptions(data, null, 1_000));
  }

  private Node open() {
    Node node = Node.open(options(), now::get);
    tenant.on(node);
    return node;
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

  /// @return of how many events of a type the first part is in no file any more
  private static long dropped(Node node, String type) {
    return node.ledger().readFrom(0, 1_000).stream()
        .filter(record -> HeaderBodyCodec.decode(record.body()).type().equals(type))
        .filter(record -> record.parts().getFirst() instanceof RecordPart.Dropped)
        .count();
  }
}
