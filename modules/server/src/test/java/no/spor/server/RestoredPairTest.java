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
import java.util.Set;
import java.util.stream.Stream;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.ledger.verify.Report;
import no.spor.rights.ErasureRequest.State;
import no.spor.vault.PersonState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ledger and keys are both put back from before somebody was erased, as a backup has them.
@Tag("once")
class RestoredPairTest {

  @TempDir Path folder;
  private final OneTenant tenant = new OneTenant(InstantSource.system());

  @Test
  void continuedOnPurposeWhoWasErasedIsErasedFencedAndRecordedAgain() throws Exception {
    Path data = folder.resolve("data");
    String asked;
    try (Node node = open(data)) {
      tenant.create();
      for (String who : List.of("ola", "kari", "per", "ola")) {
        tenant.record("site.checkin", who);
        tenant.record("account.changed", who);
      }
      asked = tenant.request("ola");
      published(node);
    }
    copy(data, folder.resolve("backup"), Set.of("ledger.db", "keys.db"));
    String never;
    try (Node node = open(data)) {
      tenant.erase(asked);
      never = tenant.request("never-seen");
      tenant.erase(never);
      tenant.record("site.checkin", "eva");
      tenant.erase(tenant.request("eva"));
      tenant.record("account.closed", "per");
      await()
          .until(() ->
              tenant
                  .states("account.changed")
                  .equals(List.of("erased", "erased", "open", "erased")));
      published(node);
    }
    copy(folder.resolve("backup"), data, Set.of("ledger.db", "keys.db"));
    assertThatThrownBy(() -> open(data)).hasMessageContaining("ops/spor ledger continue");

    NodeOptions options = new NodeOptions(data, null, 1_000);
    LedgerCare.continueUnder(options, "log.example/spor/2", InstantSource.system());
    try (Node node = open(data)) {
      for (String who : List.of("ola", "never-seen", "eva")) {
        assertThat(
                node.vault().find(OneTenant.TENANT, new PersonId(Namespace.ACCOUNT, who)).state())
            .as(who)
            .isEqualTo(PersonState.ERASED);
        assertThat(tenant.rejected(who)).isEqualTo("person-erased");
      }
      assertThat(tenant.states("site.checkin")).containsExactly("erased", "open", "open", "erased");
      assertThat(tenant.states("account.changed"))
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
      tenant.create();
      tenant.record("site.checkin", "ola");
      asked = tenant.request("ola");
      published(node);
    }
    copy(data, folder.resolve("backup"), null);
    try (Node node = open(data)) {
      tenant.erase(asked);
      published(node);
    }
    Path checkpoints = Files.copy(data.resolve("checkpoints.db"), folder.resolve("kept.db"));
    copy(folder.resolve("backup"), data, null);
    Files.copy(checkpoints, data.resolve("checkpoints.db"), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> open(data))
        .hasMessageContaining("checkpoint")
        .hasMessageContaining("ops/spor ledger continue");
  }

  private Node open(Path data) {
    Node node = Node.open(new NodeOptions(data, null, 1_000), InstantSource.system());
    tenant.on(node);
    return node;
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

  private long recorded(Path data, String type) {
    try (Node node = open(data)) {
      return node.ledger().readFrom(0, 1_000).stream()
          .filter(record -> new String(record.body(), StandardCharsets.ISO_8859_1).contains(type))
          .count();
    }
  }
}
