package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import no.spor.server.RunningSpor.Answer;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.tenancy.AccessRole;
import no.spor.vault.WrongRootException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What a node finds again when it starts, and when it refuses to.
class KeysSurviveTest {
  private static final String PERSON = "kari@survive.example";
  private static final String QUESTION = "{\"person\":\"" + PERSON + "\"}";

  /// A data directory of a server that ran and stopped; tests work on copies.
  @TempDir static Path original;

  private static Path olderKeys;
  private static String admin;
  private static String emitter;
  private static String officer;
  private static JsonNode timelineBefore;
  private static JsonNode catalogueBefore;
  private static JsonNode keysBefore;
  @TempDir Path folder;

  @BeforeAll
  static void aServerRanAndStopped(@TempDir Path aside) throws IOException {
    Path data = original.resolve("data");
    try (RunningSpor spor = RunningSpor.on(data)) {
      admin = spor.node().administratorKey().orElseThrow();
      spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
      emitter = spor.key(AccessRole.EMITTER, "bygg-as");
      officer = spor.key(AccessRole.OFFICER, "bygg-as");
      record(spor, "first", PERSON);
    }
    olderKeys = aside;
    TestStore.copy(data, olderKeys, "keys");
    try (RunningSpor spor = RunningSpor.on(data)) {
      spor.send(
          "PUT",
          "/v1/tenants/bygg-as/catalogue",
          admin,
          "application/yaml",
          BodyPublishers.ofString("retention: { session: P30D }"));
      record(spor, "second", "ola@survive.example");
      long last = record(spor, "third", PERSON);
      timelineBefore = timeline(spor, last);
      catalogueBefore = spor.get("/v1/tenants/bygg-as/catalogue", admin).json();
      keysBefore = spor.get("/v1/keys", admin).json();
    }
  }

  @Test
  void aRestartKeepsKeysTenantsCatalogueAndTimeline() throws IOException {
    try (RunningSpor spor = RunningSpor.on(copy())) {
      assertThat(spor.node().administratorKey()).isEmpty();
      assertThat(spor.node().rootKeyNotice()).isEmpty();
      assertThat(spor.get("/v1/keys", admin).json()).isEqualTo(keysBefore);
      assertThat(spor.get("/v1/tenants/bygg-as/catalogue", admin).json())
          .isEqualTo(catalogueBefore);
      assertThat(timelineBefore.path("events")).hasSize(2);
      assertThat(timeline(spor, 0).path("events")).isEqualTo(timelineBefore.path("events"));
      assertThat(duplicate(spor)).isTrue();
    }
  }

  /// The ledger says what they held.
  @Test
  void registryViewsAndRememberedIdsCanBeLost() throws IOException {
    Path data = copy();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        String name = data.relativize(file).toString();
        if (name.startsWith("registry.db")
            || name.startsWith("views.db")
            || name.startsWith("ids")) {
          Files.delete(file);
        }
      }
    }
    TestStore.forget(data, "views");
    try (RunningSpor spor = RunningSpor.on(data)) {
      assertThat(spor.node().administratorKey()).isEmpty();
      assertThat(spor.get("/v1/keys", admin).json()).isEqualTo(keysBefore);
      assertThat(spor.get("/v1/tenants/bygg-as/catalogue", admin).json())
          .isEqualTo(catalogueBefore);
      assertThat(timeline(spor, spor.node().ledger().size() - 1).path("events"))
          .isEqualTo(timelineBefore.path("events"));
      assertThat(duplicate(spor)).isTrue();
    }
  }

  @Test
  void withoutItsRootANodeRefusesToStartAndMakesNoOther() throws IOException {
    Path data = copy();
    Files.delete(data.resolve("root.key"));

    assertThatThrownBy(() -> open(data))
        .isInstanceOf(WrongRootException.class)
        .hasMessageContaining("there is no root at")
        .hasMessageContaining("root.key");
    assertThat(data.resolve("root.key")).doesNotExist();
  }

  @Test
  void withAnothersRootANodeRefusesToStart() throws IOException {
    Path data = copy();
    Path other = folder.resolve("other");
    open(other).close();
    Files.copy(
        other.resolve("root.key"), data.resolve("root.key"), StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> open(data))
        .isInstanceOf(WrongRootException.class)
        .message()
        .contains("root")
        .contains(" ");
  }

  @FilesOnly("a database that is not there is an empty one: see the test of a lost key store")
  @ParameterizedTest
  @ValueSource(strings = {"ledger.db", "keys.db", "epochs.db"})
  void withoutOneOfItsStoresANodeRefusesToStartAndNamesIt(String store) throws IOException {
    Path data = copy();
    try (Stream<Path> files = Files.list(data)) {
      for (Path file :
          files.filter(file -> file.getFileName().toString().startsWith(store)).toList()) {
        Files.delete(file);
      }
    }

    assertThatThrownBy(() -> open(data))
        .isInstanceOf(IllegalDataDirectoryException.class)
        .hasMessageContaining("lacks [" + store + "]")
        .hasMessageContaining("put back");
    assertThat(data.resolve(store)).doesNotExist();
  }

  @Test
  void aSecondNodeOnTheSameDirectoryIsRefusedAndTheFirstGoesOn() throws IOException {
    Path data = copy();
    try (Node first = open(data)) {
      assertThatThrownBy(() -> open(data))
          .isInstanceOf(DataDirectory.DirectoryInUseException.class)
          .hasMessageContaining(data.toRealPath().toString());
      assertThat(first.tenancy().tenant("bygg-as")).isPresent();
    }
  }

  @Test
  void keysOlderThanTheLedgerSayThatTheyCannotTellAndNeverThatNobodyWasThere() throws IOException {
    Path data = copy();
    TestStore.copy(olderKeys, data, "keys");

    try (RunningSpor spor = RunningSpor.on(data)) {
      long size = spor.node().ledger().size();
      String event =
          RunningSpor.event("later", "login.succeeded", "{\"user\":\"new@survive.example\"}");
      List<Answer> answers =
          List.of(
              spor.post("/v1/timeline", officer, RunningSpor.JSON, QUESTION, "Purpose", "p"),
              spor.get("/v1/events/" + (size - 1), officer, "Purpose", "p"),
              spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event));
      assertThat(answers)
          .allSatisfy(answer -> {
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.problem()).isEqualTo("temporarily-unavailable");
            assertThat(answer.body()).doesNotContain("never-seen", "position");
          });
      assertThat(spor.node().ledger().size()).isEqualTo(size);
    }
  }

  private Path copy() throws IOException {
    Path to = folder.resolve("data");
    Path from = original.resolve("data");
    TestStore.copyAll(from, to);
    return to;
  }

  private static Node open(Path data) {
    return TestStore.open(new NodeOptions(data, null, 1000), InstantSource.system());
  }

  private static boolean duplicate(RunningSpor spor) {
    Answer again =
        spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event("first", PERSON));
    return again.json().path("duplicate").asBoolean();
  }

  private static String event(String id, String person) {
    return RunningSpor.event(id, "login.succeeded", "{\"user\":\"" + person + "\"}");
  }

  private static long record(RunningSpor spor, String id, String person) {
    Answer answer = spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, event(id, person));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().path("position").asLong();
  }

  private static JsonNode timeline(RunningSpor spor, long after) {
    Answer answer =
        spor.post(
            "/v1/timeline",
            officer,
            RunningSpor.JSON,
            QUESTION.getBytes(StandardCharsets.UTF_8),
            "Purpose",
            "p",
            "Spor-After",
            Long.toString(after));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }
}
