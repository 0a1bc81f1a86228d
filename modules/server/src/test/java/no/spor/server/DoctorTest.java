package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import no.spor.server.backup.Backups;
import no.spor.server.doctor.DirectoryCheck;
import no.spor.server.doctor.Finding;
import no.spor.server.doctor.Finding.Level;
import no.spor.server.doctor.ServerCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The doctor finds what is wrong, names what to do, and finds nothing where nothing is.
class DoctorTest {
  @TempDir Path folder;

  @FilesOnly("looks at the files")
  @Test
  void aDirectoryInOrderAndItsServerAreWell() throws IOException {
    Path data = folder.resolve("data");
    Path root = folder.resolve("root.key");
    try (RunningSpor spor = RunningSpor.on(data, "--spor.root-file=" + root)) {
      new Load(spor).run(5);
      Backups.make(data, folder.resolve("backup"), InstantSource.system());
      Backups.escrow(data, folder.resolve("escrow"), InstantSource.system());

      assertThat(troubles(data, root, Instant.now())).isEmpty();
      assertThat(ServerCheck.of(spor.get("/actuator/prometheus", null).body()))
          .noneMatch(finding -> finding.level() != Level.WELL);
    }
  }

  @FilesOnly("looks at the files")
  @Test
  void whatIsWrongWithADirectoryIsNamed() throws IOException {
    Path data = folder.resolve("data");
    try (Node ignored = TestStore.open(NodeOptions.importing(data, null), InstantSource.system())) {
      assertThat(ignored.ledgerId()).isNotNull();
    }
    Path root = data.resolve("root.key");
    assertThat(said(data, root, Instant.now()))
        .anyMatch(text -> text.contains("there is no backup of the keys"))
        .anyMatch(text -> text.contains("the root key lies in the data directory"));
    assertThat(said(data, root, Instant.now().minus(Duration.ofDays(1))))
        .anyMatch(text -> text.startsWith("the clock is behind"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(said(data, root, Instant.now()))
        .anyMatch(text -> text.contains("others may read the root key"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(said(data, root, Instant.now()))
        .anyMatch(text -> text.startsWith("others may read or write") && text.contains("root.key"));
    Files.delete(data.resolve("keys.db"));
    assertThat(said(data, root, Instant.now())).contains("keys.db is missing");
    assertThat(said(folder.resolve("nowhere"), root, Instant.now()))
        .anyMatch(text -> text.contains("there is no data directory"));
  }

  @Test
  void whatIsWrongWithAServerIsNamed() {
    String metrics =
        """
        spor_keys_ready 0.0
        spor_append_failing 1.0
        spor_append_stopped 0.0
        spor_ledger_publishing 1.0
        spor_ledger_unpublished_events 5.0
        spor_ledger_checkpoint_age_seconds 900.0
        spor_ledger_witness_age_seconds 90000.0
        spor_projection_failing{projection="timeline"} 1.0
        spor_projection_lag_seconds{projection="timeline"} 100.0
        spor_retention_late_classes 1.0
        spor_keys_rotation_late 1.0
        ssl_chain_expiry_seconds{bundle="spor"} 100000.0
        """;
    List<Finding> findings = ServerCheck.of(metrics);

    assertThat(findings.stream().filter(one -> one.level() == Level.TROUBLE)).hasSize(4);
    assertThat(findings.stream().filter(one -> one.level() == Level.WARNING)).hasSize(5);
    assertThat(findings)
        .allSatisfy(finding -> {
          for (String word : finding.advice().split("[, ]+")) {
            if (word.startsWith("ops/")) {
              assertThat(Repository.file(word)).exists();
            }
          }
        });
    assertThat(ServerCheck.of("<html>"))
        .singleElement()
        .matches(finding -> finding.level() == Level.TROUBLE);
  }

  private static List<String> said(Path data, Path root, Instant now) {
    return troubles(data, root, now).stream().map(Finding::what).toList();
  }

  private static List<Finding> troubles(Path data, Path root, Instant now) {
    return DirectoryCheck.of(data, root, now).stream()
        .filter(finding -> finding.level() != Level.WELL)
        .filter(finding -> !finding.what().contains("the disk"))
        .toList();
  }
}
