package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    return Node.open(new NodeOptions(folder.resolve("data"), null, 1000), InstantSource.system());
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

  private void copy(Path from, Path to, String store) throws IOException {
    Files.createDirectories(to);
    for (String ending : new String[] {".db", ".db-wal", ".db-shm"}) {
      Files.deleteIfExists(to.resolve(store + ending));
      if (Files.exists(from.resolve(store + ending))) {
        Files.copy(
            from.resolve(store + ending),
            to.resolve(store + ending),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
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
    copy(data, backup, "ledger");
    copy(data, backup, "keys");
    try (Node node = open()) {
      assertThat(newest(node).size()).isEqualTo(size);
      record(node, "second-");
      size = node.ledger().size();
    }
    try (Node node = open()) {
      assertThat(newest(node).size()).isEqualTo(size);
    }

    // Ledger and keys of one backup fit together; what was published since does not.
    copy(data, folder.resolve("present"), "ledger");
    copy(data, folder.resolve("present"), "keys");
    copy(backup, data, "ledger");
    copy(backup, data, "keys");
    assertThatThrownBy(this::open)
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("old copy of the ledger");
    assertThatThrownBy(this::open).isInstanceOf(InconsistentLedgerException.class);

    copy(folder.resolve("present"), data, "ledger");
    copy(folder.resolve("present"), data, "keys");
    copy(data, folder.resolve("kept"), "checkpoints");
    copy(folder.resolve("nowhere"), data, "checkpoints");
    assertThatThrownBy(this::open)
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("put back checkpoints.db");

    copy(folder.resolve("kept"), data, "checkpoints");
    try (Node node = open()) {
      assertThat(newest(node).size()).isEqualTo(size);
    }
  }
}
