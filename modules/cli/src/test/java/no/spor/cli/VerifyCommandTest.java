package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `spor verify` on a data directory, as somebody types it.
class VerifyCommandTest {
  @TempDir private Path folder;

  @Test
  void anImportedDirectoryIsSoundUntilSomebodyChangesAByte() throws Exception {
    var data = folder.resolve("data");
    var file = folder.resolve("checkins.ndjson");
    MadeUpCheckins.write(file, 7, 600, 20);
    assertThat(Said.by("import", "--data", data.toString(), file.toString()).exitCode()).isZero();

    var sound = Said.by("verify", "--data", data.toString());
    assertThat(sound.exitCode()).as(sound.out() + sound.err()).isZero();
    assertThat(sound.lastLine()).startsWith("sound: ");
    assertThat(sound.out()).doesNotContain("not checked");

    Files.delete(data.resolve("root.key"));
    var withoutKeys = Said.by("verify", "--data", data.toString());
    assertThat(withoutKeys.exitCode()).as(withoutKeys.out()).isZero();
    assertThat(withoutKeys.err()).contains("control records are not opened");

    change(data, "entries", 33);
    var changed = Said.by("verify", "--data", data.toString());
    assertThat(changed.exitCode()).isEqualTo(1);
    assertThat(changed.out())
        .containsPattern("entry block \\d+, position \\d+")
        .contains("not sound: ");
  }

  /// Block 1 holds the first events.
  private static void change(Path data, String column, int at) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("ledger.db"))) {
      byte[] bytes;
      try (var rows =
          connection
              .createStatement()
              .executeQuery(
                  "select %s from block where count > 2 order by n limit 1".formatted(column))) {
        bytes = rows.getBytes(1);
      }
      bytes[at] ^= 1;
      try (var update =
          connection.prepareStatement(
              "update block set %s = ? where n = (select min(n) from block where count > 2)"
                  .formatted(column))) {
        update.setBytes(1, bytes);
        update.executeUpdate();
      }
    }
  }

  @Test
  void whatCannotBeCheckedIsNotCalledUnsound() throws Exception {
    assertThat(Said.by("verify", "--data", folder.resolve("none").toString()).exitCode())
        .isEqualTo(2);
    assertThat(Said.by("verify").exitCode()).isEqualTo(2);
    var file = Files.writeString(folder.resolve("proof"), "something else\n");
    assertThat(Said.by("verify", "--proof", file.toString()).exitCode()).isEqualTo(2);
    assertThat(Files.exists(folder.resolve("none"))).isFalse();
  }
}
