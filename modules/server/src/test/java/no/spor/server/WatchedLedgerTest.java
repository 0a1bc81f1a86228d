package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.InconsistentLedgerException;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.identity.IdentityException;
import no.spor.ledger.identity.KeyStatement;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.witness.Witness;
import no.spor.ledger.witness.WitnessAddress;
import no.spor.ledger.witness.WitnessFolder;
import no.spor.ledger.witness.WitnessServer;
import no.spor.server.NodeOptions.Outward;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ledger that others watch: what it cannot take back, how it changes its key, and how it goes on
/// after it was restored.
@Tag("once")
class WatchedLedgerTest {
  private static final String ORIGIN = "log.example/spor";

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private NodeOptions options(@Nullable String origin, List<WitnessAddress> witnesses) {
    return TestStore.on(
        new NodeOptions(folder.resolve("data"), null, 1000)
            .withOutward(new Outward(origin, witnesses, null)));
  }

  private static Node open(NodeOptions options) {
    return TestStore.open(options, InstantSource.system());
  }

  private WitnessAddress witness(String name, NoteVerifier... logs) throws IOException {
    WitnessFolder kept = WitnessFolder.open(folder.resolve(name));
    open.add(kept);
    NoteKey key = kept.key("witness.example/" + name, new SecureRandom());
    Witness witness = new Witness(List.of(logs), kept, key.signer(InstantSource.system()));
    WitnessServer server =
        WitnessServer.start(witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    open.add(server);
    return new WitnessAddress(URI.create("http://127.0.0.1:" + server.port()), key.verifier());
  }

  private static NoteVerifier key(Node node) {
    return NoteVerifier.of(node.publicLedger().keys().getFirst());
  }

  private static SignedNote newest(Node node) {
    return SignedNote.parse(node.publicLedger().checkpoint());
  }

  private static long publish(Node node, String tenant) {
    node.tenancy().createTenant(tenant, tenant);
    long size = node.ledger().size();
    await().until(() -> node.publicLedger().size() >= size);
    return size;
  }

  private void copy(String from, String to, String... stores) throws IOException {
    TestStore.copy(folder.resolve(from), folder.resolve(to), stores);
  }

  private static List<KeyStatement> statements(Node node) {
    List<String> notes = new ArrayList<>();
    for (int i = 0; node.publicLedger().keyStatement(i).isPresent(); i++) {
      notes.add(node.publicLedger().keyStatement(i).orElseThrow());
    }
    return KeyStatement.chain(notes);
  }

  private static List<HeaderBody> headersFrom(Node node, long position) {
    return node.ledger().readFrom(position, 100).stream()
        .map(LedgerRecord::body)
        .map(HeaderBodyCodec::decode)
        .toList();
  }

  @Test
  void anOldCopyOfLedgerAndCheckpointsTogetherIsRefusedBecauseAWitnessKnowsBetter()
      throws Exception {
    NoteVerifier log;
    try (Node node = open(options(ORIGIN, List.of()))) {
      publish(node, "bygg-as");
      log = key(node);
      assertThat(log.name()).isEqualTo(ORIGIN);
    }
    copy("data", "backup", "ledger", "keys", "checkpoints");
    List<WitnessAddress> witnesses = List.of(witness("w1", log), witness("w2", log));
    NodeOptions watched = options(null, witnesses);
    Path kept = folder.resolve("kept-checkpoint");
    try (Node node = open(watched)) {
      long size = publish(node, "rens-as");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            assertThat(node.publicLedger().cosigned()).isPresent();
            SignedNote note = SignedNote.parse(node.publicLedger().cosigned().orElseThrow());
            assertThat(Checkpoint.parse(note.text()).size()).isEqualTo(size);
            assertThat(note.verifiedBy(List.of(log))).hasSize(1);
            assertThat(note.signaturesOf(witnesses.stream().map(WitnessAddress::key).toList()))
                .hasSize(2);
            assertThat(node.publicLedger().checkpoint()).isEqualTo(note.format());
          });
      Files.writeString(kept, node.publicLedger().checkpoint());
    }
    open(watched).close();

    copy("backup", "data", "ledger", "keys", "checkpoints");
    assertThatThrownBy(() -> open(watched))
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("witness witness.example/w")
        .hasMessageContaining("old copy");
    NodeOptions since =
        new NodeOptions(folder.resolve("data"), null, 1000)
            .withOutward(new Outward(null, List.of(), kept));
    assertThatThrownBy(() -> open(since))
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("the file that was given");
    Files.writeString(kept, Files.readString(kept).replace(ORIGIN, "log.example/other"));
    assertThatThrownBy(() -> open(since)).isInstanceOf(IdentityException.class);
  }

  @Test
  void aWitnessThatCannotBeAskedDoesNotKeepALedgerFromServing() throws Exception {
    NoteVerifier log;
    try (Node node = open(options(ORIGIN, List.of()))) {
      log = key(node);
    }
    WitnessAddress witness = witness("w1", log);
    open.removeLast().close();
    open.removeLast().close();
    try (Node node = open(options(ORIGIN, List.of(witness)))) {
      publish(node, "bygg-as");
      assertThat(node.publicLedger().cosigned()).isEmpty();
    }
  }

  @Test
  void theOriginIsSetOnceForGood() {
    open(options(ORIGIN, List.of())).close();
    open(options(null, List.of())).close();
    assertThatThrownBy(() -> open(options("log.example/other", List.of())))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining(ORIGIN);
  }

  @Test
  void whoHoldsTheFormerKeyFollowsToTheNewOne() throws Exception {
    NodeOptions options = options(ORIGIN, List.of());
    NoteVerifier old;
    long size;
    try (Node node = open(options)) {
      size = publish(node, "bygg-as");
      old = key(node);
    }
    copy("data", "backup", "keys");
    String rotated = LedgerCare.rotateKey(options, InstantSource.system());
    NoteVerifier next = NoteVerifier.of(rotated);
    try (Node node = open(options)) {
      assertThat(node.publicLedger().keys()).containsExactly(rotated, old.vkey());
      assertThat(KeyStatement.follow(old, statements(node))).containsExactly(old, next);
      assertThat(headersFrom(node, size))
          .singleElement()
          .satisfies(header -> {
            assertThat(header.type()).isEqualTo("spor.ledger-key");
            assertThat(header.tags())
                .contains(new EventTag("origin", ORIGIN), new EventTag("vkey", rotated));
          });
      publish(node, "rens-as");
      assertThat(newest(node).verifiedBy(List.of(next))).hasSize(1);
      assertThat(newest(node).signaturesOf(List.of(old))).isEmpty();
      size = node.ledger().size();
    }
    try (Node node = open(options)) {
      assertThat(node.ledger().size()).as("recorded once").isEqualTo(size);
    }
    copy("backup", "data", "keys");
    assertThatThrownBy(() -> open(options))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("key store");
  }

  @Test
  void aLedgerRestoredOnPurposeGoesOnUnderANewOriginThatNamesTheLastCheckpoint() throws Exception {
    NodeOptions options = options(ORIGIN, List.of());
    long restored;
    try (Node node = open(options)) {
      restored = publish(node, "bygg-as");
    }
    copy("data", "backup", "ledger", "keys");
    NoteVerifier old;
    Checkpoint last;
    try (Node node = open(options)) {
      publish(node, "rens-as");
      old = key(node);
      last = Checkpoint.parse(newest(node).text());
      assertThat(last.size()).isGreaterThan(restored);
    }
    copy("backup", "data", "ledger", "keys");
    assertThatThrownBy(() -> open(options))
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("ops/spor ledger continue");

    String vkey =
        LedgerCare.continueUnder(options(null, List.of()), ORIGIN + "/2", InstantSource.system());
    NoteVerifier next = NoteVerifier.of(vkey);
    try (Node node = open(options(null, List.of()))) {
      assertThat(node.publicLedger().keys()).containsExactly(vkey, old.vkey());
      assertThat(KeyStatement.follow(old, statements(node))).containsExactly(old, next);
      assertThat(statements(node).getLast().last()).contains(last);
      HeaderBody first = headersFrom(node, restored).getFirst();
      assertThat(first.type()).isEqualTo("spor.ledger-continued");
      assertThat(first.tags().stream().collect(Collectors.toMap(EventTag::key, EventTag::value)))
          .containsEntry("origin", ORIGIN + "/2")
          .containsEntry("predecessor", ORIGIN)
          .containsEntry("size", Long.toString(last.size()));
      publish(node, "ny-as");
      assertThat(newest(node).verifiedBy(List.of(next))).hasSize(1);
      assertThat(Checkpoint.parse(newest(node).text()).origin()).isEqualTo(ORIGIN + "/2");
    }
    assertThatThrownBy(() -> open(options))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining(ORIGIN + "/2");
    assertThatThrownBy(() ->
            LedgerCare.continueUnder(options(null, List.of()), ORIGIN, InstantSource.system()))
        .isInstanceOf(IdentityException.class);
  }

  @Test
  void aLedgerWhoseCheckpointsWereLostGoesOnUnderANewOriginOnly() throws Exception {
    NodeOptions options = options(null, List.of());
    try (Node node = open(options)) {
      publish(node, "bygg-as");
    }
    copy("nowhere", "data", "checkpoints");
    assertThatThrownBy(() -> open(options)).isInstanceOf(IdentityException.class);
    String vkey = LedgerCare.continueUnder(options, ORIGIN + "/2", InstantSource.system());
    try (Node node = open(options)) {
      assertThat(node.publicLedger().keys()).containsExactly(vkey);
      publish(node, "rens-as");
    }
  }

  /// Everything that witnesses are told, byte for byte.
  @Test
  void nothingOfTenantsIsInWhatWitnessesAreTold() throws Exception {
    NoteVerifier log;
    try (Node node = open(options(ORIGIN, List.of()))) {
      log = key(node);
    }
    List<byte[]> told = new ArrayList<>();
    WitnessAddress witness = witness("w1", log);
    try (RecordingProxy proxy = new RecordingProxy(witness.url(), told);
        Node node =
            open(options(ORIGIN, List.of(new WitnessAddress(proxy.url(), witness.key()))))) {
      for (String tenant : IntStream.range(0, 3).mapToObj(i -> "bygg-as-" + i).toList()) {
        long size = publish(node, tenant);
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() ->
                node.publicLedger()
                    .cosigned()
                    .map(note -> Checkpoint.parse(Checkpoint.textOf(note)).size() >= size)
                    .orElse(false));
      }
    }
    assertThat(told).hasSizeGreaterThanOrEqualTo(3);
    for (byte[] body : told) {
      assertThat(new String(body, StandardCharsets.UTF_8))
          .matches(
              "(old [0-9]+\n([A-Za-z0-9+/]{43}=\n){0,63}\nlog\\.example/spor\n[0-9]+\n"
                  + "[A-Za-z0-9+/]{43}=\n\n(\u2014 [a-z./0-9]+ [A-Za-z0-9+/=]+\n)+)?");
    }
  }
}
