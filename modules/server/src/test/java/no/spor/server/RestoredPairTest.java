package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline;
import no.spor.ledger.verify.Report;
import no.spor.recording.Problem;
import no.spor.recording.Recorder;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.ErasureRequests.NewRequest;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.vault.PersonState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ledger and keys are both put back from before somebody was erased, as a backup has them.
@Tag("once")
class RestoredPairTest {
  private static final String TENANT = "bygg-as";
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, TENANT);
  private static final Access OFFICER = new Access("key-2", AccessRole.OFFICER, TENANT);

  @TempDir Path folder;
  private int events;

  @Test
  void continuedOnPurposeWhoWasErasedIsErasedFencedAndRecordedAgain() throws Exception {
    Path data = folder.resolve("data");
    String asked;
    try (Node node = open(data)) {
      node.tenancy().createTenant(TENANT, "Bygg AS");
      for (String who : List.of("ola", "kari", "per", "ola")) {
        record(node, "site.checkin", who);
        record(node, "account.changed", who);
      }
      asked = request(node, "ola");
      published(node);
    }
    copy(data, folder.resolve("backup"), Set.of("ledger.db", "keys.db"));
    String never;
    try (Node node = open(data)) {
      erase(node, asked);
      never = request(node, "never-seen");
      erase(node, never);
      record(node, "site.checkin", "eva");
      erase(node, request(node, "eva"));
      record(node, "account.closed", "per");
      await()
          .until(() ->
              states(node, "account.changed")
                  .equals(List.of("erased", "erased", "open", "erased")));
      published(node);
    }
    copy(folder.resolve("backup"), data, Set.of("ledger.db", "keys.db"));
    assertThatThrownBy(() -> open(data)).hasMessageContaining("ops/spor ledger continue");

    NodeOptions options = new NodeOptions(data, null, 1_000);
    LedgerCare.continueUnder(options, "log.example/spor/2", InstantSource.system());
    try (Node node = open(data)) {
      for (String who : List.of("ola", "never-seen", "eva")) {
        assertThat(node.vault().find(TENANT, new PersonId(Namespace.ACCOUNT, who)).state())
            .as(who)
            .isEqualTo(PersonState.ERASED);
        assertThat(rejected(node, who)).isEqualTo("person-erased");
      }
      assertThat(states(node, "site.checkin")).containsExactly("erased", "open", "open", "erased");
      assertThat(states(node, "account.changed"))
          .containsExactly("erased", "erased", "open", "erased");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> node.erasureRequests().find(asked).orElseThrow().state() == State.COMPLETED);
      assertThat(node.erasureRequests().find(asked).orElseThrow().parts()).isEqualTo(5);
      assertThat(node.erasureCertificates().of(asked)).contains("approved-as operator");
    }
    assertThat(recorded(data, "spor.person-erased")).isEqualTo(3);
    assertThat(recorded(data, "spor.account-closed")).isEqualTo(1);
    open(data).close();
    assertThat(recorded(data, "spor.person-erased")).as("once").isEqualTo(3);
    Report report = VerifiedLedger.at(data);
    assertThat(report.findings()).isEmpty();
    assertThat(report.unchecked()).isEmpty();
  }

  @Test
  void whereEverythingButTheCheckpointsIsFromBeforeTheStartRefusesAndSaysWhy() throws Exception {
    Path data = folder.resolve("data");
    String asked;
    try (Node node = open(data)) {
      node.tenancy().createTenant(TENANT, "Bygg AS");
      record(node, "site.checkin", "ola");
      asked = request(node, "ola");
      published(node);
    }
    copy(data, folder.resolve("backup"), null);
    try (Node node = open(data)) {
      erase(node, asked);
      published(node);
    }
    Path checkpoints = Files.copy(data.resolve("checkpoints.db"), folder.resolve("kept.db"));
    copy(folder.resolve("backup"), data, null);
    Files.copy(checkpoints, data.resolve("checkpoints.db"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> open(data))
        .hasMessageContaining("checkpoint")
        .hasMessageContaining("ops/spor ledger continue");
  }

  private static Node open(Path data) {
    return Node.open(new NodeOptions(data, null, 1_000), InstantSource.system());
  }

  private static void published(Node node) {
    long size = node.ledger().size();
    await().until(() -> node.publicLedger().size() >= size);
  }

  /// @param only null for all
  private static void copy(Path from, Path to, Set<String> only) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = from.relativize(file).toString();
        if (only == null || only.contains(name)) {
          Path target = to.resolve(name);
          Files.createDirectories(target.getParent());
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
          for (String left : List.of("-wal", "-shm")) {
            Files.deleteIfExists(to.resolve(name + left));
          }
        }
      }
    }
    Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
  }

  private static String request(Node node, String who) {
    return node.erasureRequests()
        .receive(
            null, new NewRequest(TENANT, who, Set.of(Namespace.ACCOUNT), "Art. 17", null, "test"))
        .id();
  }

  private static void erase(Node node, String request) {
    node.erasureRequests().approve(null, request);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> node.erasureRequests().find(request).orElseThrow().state() == State.COMPLETED);
  }

  private void record(Node node, String type, String who) {
    assertThat(send(node, type, who)).isInstanceOf(Recorder.Result.Recorded.class);
  }

  private String rejected(Node node, String who) {
    return switch (send(node, "site.checkin", who)) {
      case Recorder.Result.Rejected(Problem problem) -> problem.slug();
      case Recorder.Result.Recorded recorded -> "recorded";
    };
  }

  private Recorder.Result send(Node node, String type, String who) {
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":{\"user\":\"%s\"}}"
            .formatted(events++, type, RunningSpor.now(), who);
    return node.recorder()
        .record(
            EMITTER,
            new Recorder.Submission.Structured(event.getBytes(StandardCharsets.UTF_8)),
            false)
        .getFirst();
  }

  /// @return states of the first part of each event, the newest event first
  private static List<String> states(Node node, String type) {
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
        .map(event -> event.parts().getFirst().state())
        .toList();
  }

  private static long recorded(Path data, String type) {
    try (Node node = open(data)) {
      return node.ledger().readFrom(0, 1_000).stream()
          .filter(record -> new String(record.body(), StandardCharsets.ISO_8859_1).contains(type))
          .count();
    }
  }
}
