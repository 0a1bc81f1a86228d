package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.InconsistentLedgerException;
import no.spor.ledger.identity.IdentityException;
import no.spor.recording.Recorder;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a data directory tells of what was published: a node opens only a ledger that continues it.
class PublishingTest {
  private static final Access EMITTER = new Access("test", AccessRole.EMITTER, "bygg-as");

  @TempDir Path folder;

  private Node open() {
    return TestStore.open(
        new NodeOptions(folder.resolve("data"), null, 1000), InstantSource.system());
  }

  private static void record(Node node, String prefix) {
    var lines = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      lines.append(RunningSpor.event(prefix + i, "login.succeeded", "{\"user\":\"a@b.example\"}"));
      lines.append('\n');
    }
    var bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(node.recorder().record(EMITTER, new Recorder.Submission.Lines(bytes), false))
        .allSatisfy(result -> assertThat(result).isInstanceOf(Recorder.Result.Recorded.class));
  }

  private static Checkpoint newest(Node node) {
    return Checkpoint.parse(Checkpoint.textOf(node.publicLedger().checkpoint()));
  }

  @Test
  void aStoppedNodeHasPublishedAllAndAnOldCopyOfItsLedgerIsNotOpened() throws IOException {
    Path data = folder.resolve("data");
    Path backup = folder.resolve("backup");
    long size;
    try (Node node = open()) {
      node.tenancy().createTenant("bygg-as", "Bygg AS");
      record(node, "first-");
      size = node.ledger().size();
    }
    TestStore.copy(data, backup, "ledger");
    TestStore.copy(data, backup, "keys");
    try (Node node = open()) {
      assertThat(newest(node).size()).isEqualTo(size);
      record(node, "second-");
      size = node.ledger().size();
    }
    try (Node node = open()) {
      assertThat(newest(node).size()).isEqualTo(size);
    }

    // Ledger and keys of one backup fit together; what was published since does not.
    TestStore.copy(data, folder.resolve("present"), "ledger");
    TestStore.copy(data, folder.resolve("present"), "keys");
    TestStore.copy(backup, data, "ledger");
    TestStore.copy(backup, data, "keys");
    assertThatThrownBy(this::open)
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("old copy of the ledger");
    assertThatThrownBy(this::open).isInstanceOf(InconsistentLedgerException.class);

    TestStore.copy(folder.resolve("present"), data, "ledger");
    TestStore.copy(folder.resolve("present"), data, "keys");
    TestStore.copy(data, folder.resolve("kept"), "checkpoints");
    TestStore.copy(folder.resolve("nowhere"), data, "checkpoints");
    assertThatThrownBy(this::open)
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("put back checkpoints.db");

    TestStore.copy(folder.resolve("kept"), data, "checkpoints");
    try (Node node = open()) {
      assertThat(newest(node).size()).isEqualTo(size);
    }
  }
}
