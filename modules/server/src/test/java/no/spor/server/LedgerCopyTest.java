package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline;
import no.spor.ledger.Block;
import no.spor.ledger.Checkpoint;
import no.spor.recording.Recorder;
import no.spor.rights.ErasureRequest;
import no.spor.rights.ErasureRequests.NewRequest;
import no.spor.server.LedgerCopy.Copied;
import no.spor.server.LedgerCopy.Place;
import no.spor.storage.mongodb.MongoForTests;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.vault.MovableKeys.HeldFollowed;
import no.spor.vault.MovableKeys.HeldLookup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ledger that moves from files to MongoDB and back is the same ledger, with the same keys: what
/// was open is open, what was erased or is over is gone.
@Tag("once")
class LedgerCopyTest {
  private static final String TENANT = "bygg-as";
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, TENANT);
  private static final Access OFFICER = new Access("key-2", AccessRole.OFFICER, TENANT);
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");
  private static final LedgerCopy.Progress QUIET = (done, all, records) -> {};

  @TempDir Path temp;
  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final String prefix = "move" + UUID.randomUUID().toString().substring(0, 8);
  private int events;

  @AfterEach
  void drop() {
    MongoForTests.drop(prefix);
  }

  private Place mongo() {
    return new Place(null, MongoOptions.on(MongoForTests.uri(), prefix, true));
  }

  private Place files(String name) {
    return new Place(temp.resolve(name), null);
  }

  /// With the root key of the first place.
  private Node serve(Place place) {
    Path data = place.directory() != null ? place.directory() : temp.resolve("node");
    NodeOptions options = new NodeOptions(data, temp.resolve("root.key"), 10_000);
    return Node.open(options.withMongo(place.mongo()), now::get);
  }

  @Test
  void aLedgerComesBackFromMongoDbWithTheSameRootAndTheSameKeys() {
    List<String> shown = fill(files("here"));
    String note = note(files("here"));
    Set<Object> keys = keys(files("here"));
    assertThat(keys).hasSizeGreaterThan(8);

    assertThatThrownBy(() ->
            LedgerCopy.copy(
                files("here"),
                mongo(),
                (done, all, records) -> {
                  throw new IllegalStateException("killed");
                }))
        .hasMessage("killed");
    Copied there = LedgerCopy.copy(files("here"), mongo(), QUIET);
    assertThat(LedgerCopy.copy(files("here"), mongo(), QUIET).root())
        .as("said again")
        .isEqualTo(there.root());
    Copied back = LedgerCopy.copy(mongo(), files("back"), QUIET);

    assertThat(back.root()).isEqualTo(there.root());
    assertThat(Checkpoint.parse(Checkpoint.textOf(note)).root()).isEqualTo(there.root());
    assertThat(keys(mongo())).isEqualTo(keys);
    assertThat(keys(files("back"))).isEqualTo(keys);
    assertThat(note(mongo())).isEqualTo(note);
    assertThat(note(files("back"))).isEqualTo(note);
    for (Place place : List.of(mongo(), files("back"))) {
      try (Node node = serve(place)) {
        assertThat(node.publicLedger().checkpoint()).as("the proofs").isEqualTo(note);
        assertThat(timeline(node)).isEqualTo(shown);
        assertThat(node.upkeep().loss().loss()).isEmpty();
        assertThat(record(node, "site.checkin", "ola", 1))
            .as("still erased")
            .allMatch(Recorder.Result.Rejected.class::isInstance);
        assertThat(record(node, "site.checkin", "new", 1))
            .allMatch(Recorder.Result.Recorded.class::isInstance);
      }
    }
    assertThatThrownBy(() -> LedgerCopy.copy(files("here"), files("back"), QUIET))
        .isInstanceOf(IllegalDataDirectoryException.class)
        .hasMessageContaining("a server has used");
    assertThatThrownBy(() -> LedgerCopy.copy(files("here"), mongo(), QUIET))
        .isInstanceOf(IllegalDataDirectoryException.class)
        .hasMessageContaining("choose one that is empty");
  }

  @Test
  void whatIsForgottenBetweenTwoCopiesIsNotInTheSecond() {
    fill(files("here"));
    LedgerCopy.copy(files("here"), mongo(), QUIET);
    try (Node node = serve(files("here"))) {
      erase(node, "kari");
      node.upkeep().epochs().rotate();
    }
    LedgerCopy.copy(files("here"), mongo(), QUIET);

    assertThat(keys(mongo())).isEqualTo(keys(files("here")));
    try (Node node = serve(mongo())) {
      assertThat(timeline(node).stream().filter(line -> line.contains("\"kari\""))).isEmpty();
      assertThat(timeline(node).stream().filter(line -> line.contains("erased")))
          .hasSizeGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void anotherLedgerAndADirectoryOfANodeOnMongoDbAreRefused() throws Exception {
    fill(files("here"));
    serve(files("other")).close();
    Files.delete(temp.resolve("other/registry.db"));
    assertThatThrownBy(() -> LedgerCopy.copy(files("here"), files("other"), QUIET))
        .isInstanceOf(IllegalDataDirectoryException.class)
        .hasMessageContaining("another ledger");
    assertThatThrownBy(() -> LedgerCopy.copy(files("nowhere"), files("new"), QUIET))
        .isInstanceOf(IllegalDataDirectoryException.class)
        .hasMessageContaining("there is no ledger in");
    LedgerCopy.copy(files("here"), mongo(), QUIET);
    serve(mongo()).close();
    assertThatThrownBy(() -> serve(files("node")))
        .isInstanceOf(IllegalDataDirectoryException.class)
        .hasMessageContaining("SPOR_STORE=mongodb");
    NodeOptions beside =
        new NodeOptions(temp.resolve("here"), temp.resolve("root.key"), 1_000)
            .withMongo(mongo().mongo());
    assertThatThrownBy(() -> Node.open(beside, now::get))
        .isInstanceOf(IllegalDataDirectoryException.class)
        .hasMessageContaining("ops/spor copy");
  }

  /// @return its timeline
  private List<String> fill(Place place) {
    List<String> shown;
    try (Node node = serve(place)) {
      node.tenancy().createTenant(TENANT, "Bygg AS");
      for (String person : List.of("ola", "kari", "per")) {
        record(node, "site.checkin", person, 10);
        record(node, "login.succeeded", person, 5);
      }
      erase(node, "ola");
      node.upkeep().epochs().rotate();
      now.set(START.plus(Duration.ofDays(22)));
      record(node, "login.succeeded", "kari", 3);
      assertThat(node.upkeep().retention().run(true).late()).isFalse();
      shown = timeline(node);
      await().until(() -> node.publicLedger().size() == node.ledger().size());
    }
    assertThat(shown.stream().filter(line -> line.contains("erased")))
        .hasSizeGreaterThanOrEqualTo(10);
    assertThat(shown.stream().filter(line -> line.contains("expired")))
        .hasSizeGreaterThanOrEqualTo(10);
    return shown;
  }

  private static void erase(Node node, String person) {
    EnumSet<Namespace> all = EnumSet.allOf(Namespace.class);
    String id =
        node.erasureRequests()
            .receive(null, new NewRequest(TENANT, person, all, "Art. 17", null, "a test"))
            .id();
    node.erasureRequests().approve(null, id);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            node.erasureRequests().find(id).orElseThrow().state()
                == ErasureRequest.State.COMPLETED);
  }

  private List<Recorder.Result> record(Node node, String type, String person, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(
          "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":{\"user\":\"%s\",\"site\":\"1\"}}\n"
              .formatted(events++, type, now.get(), person));
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    return node.recorder().record(EMITTER, new Recorder.Submission.Lines(bytes), false);
  }

  private static List<String> timeline(Node node) {
    assertThat(node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofSeconds(30)))
        .isTrue();
    return node
        .timeline()
        .query(
            OFFICER,
            "a test",
            new Timeline.Question(TENANT, null, List.of(), null, null, Map.of(), 1_000, null))
        .events()
        .stream()
        .map(event ->
            event.position()
                + " "
                + event.id()
                + event.parts().stream()
                    .map(part -> " " + part.role() + " " + part.state() + text(part.data()))
                    .toList())
        .toList();
  }

  /// @return everything that the key store holds, its epochs, what of blocks is kept, and how far
  ///   retention has come
  private static Set<Object> keys(Place place) {
    Set<Object> held = new HashSet<>();
    try (Opened opened = new Opened()) {
      CopiedStores stores = CopiedStores.source(opened, place);
      stores
          .keys()
          .each(one ->
              held.add(
                  switch (one) {
                    case HeldFollowed(UUID ledger, var followed) ->
                        ledger + " " + followed.block() + hex(followed.hash());
                    case HeldLookup lookup ->
                        Arrays.asList(
                            lookup.ref(),
                            lookup.person(),
                            Set.copyOf(lookup.pseudonyms()),
                            lookup.fence());
                    default -> one;
                  }));
      held.add(stores.keys().self());
      held.add(stores.retention().all());
      stores
          .epochs()
          .epochs(stores.keys().id())
          .forEach(epoch -> held.add(epoch + hex(epoch.wrapped()) + epoch.destroyedAtMillis()));
      for (Block block : stores.ledger().blocks(0, 10_000)) {
        block
            .groups()
            .forEach(group ->
                held.add("block " + block.head().number() + group.label() + hex(group.bytes())));
      }
    }
    return held;
  }

  private static String text(byte[] data) {
    return data == null ? "" : " " + new String(data, StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? " gone" : " " + HexFormat.of().formatHex(bytes);
  }

  private static String note(Place place) {
    try (Opened opened = new Opened()) {
      return CopiedStores.source(opened, place).checkpoints().newest().orElseThrow().note();
    }
  }
}
