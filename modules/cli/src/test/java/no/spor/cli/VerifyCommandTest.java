package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.util.Map;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `spor verify` on a data directory, as somebody types it.
class VerifyCommandTest {
  @TempDir private Path folder;

  @Test
  void anImportedDirectoryIsSoundUntilSomebodyChangesAByte() throws Exception {
    var data = folder.resolve("data");
    var file = folder.resolve("checkins.ndjson");
    var first = folder.resolve("first.ndjson");
    MadeUpCheckins.write(first, 6, 5, 1);
    assertThat(Said.by("import", "--data", data.toString(), first.toString()).exitCode()).isZero();
    var before = Files.copy(data.resolve("keys.db"), folder.resolve("keys.db"));
    MadeUpCheckins.write(file, 7, 600, 20);
    assertThat(Said.by("import", "--data", data.toString(), file.toString()).exitCode()).isZero();

    var sound = Said.by("verify", "--data", data.toString());
    assertThat(sound.exitCode()).as(sound.out() + sound.err()).isZero();
    assertThat(sound.lastLine()).startsWith("sound: ");
    assertThat(sound.out()).doesNotContain("not checked");

    keysThatAreBehindAreSaidToBe(data, before);
    checkpointsThatWereTakenAwayAreMissed(data);

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

  private void keysThatAreBehindAreSaidToBe(Path data, Path before) throws Exception {
    assertThat(Said.by("keystore", "status", "--data", data.toString()).out())
        .startsWith("epoch 1")
        .doesNotContain("behind");
    var kept = Files.copy(data.resolve("keys.db"), folder.resolve("kept.db"));
    Files.copy(before, data.resolve("keys.db"), StandardCopyOption.REPLACE_EXISTING);
    var status = Said.by("keystore", "status", "--data", data.toString());
    assertThat(status.exitCode()).as(status.err()).isZero();
    assertThat(status.out()).startsWith("epoch 1").contains("the key store is behind the ledger");
    Files.copy(kept, data.resolve("keys.db"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void checkpointsThatWereTakenAwayAreMissed(Path data) throws Exception {
    var kept = Files.copy(data.resolve("checkpoints.db"), folder.resolve("checkpoints.db"));
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("checkpoints.db"));
        var statement = connection.createStatement()) {
      statement.execute("delete from published");
      statement.execute("delete from cosigned");
    }
    var missed = Said.by("verify", "--data", data.toString());
    assertThat(missed.exitCode()).as(missed.out() + missed.err()).isEqualTo(1);
    assertThat(missed.out()).contains("checkpoint-missing: ").contains("not sound: 1 findings");
    Files.copy(kept, data.resolve("checkpoints.db"), StandardCopyOption.REPLACE_EXISTING);
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
  void aServerShowsItsTreeAndATenantItsOwnEvents() throws Exception {
    var data = folder.resolve("data");
    var file = folder.resolve("checkins.ndjson");
    MadeUpCheckins.write(file, 8, 700, 20);
    Map<String, Object> settings =
        Map.of("spor.data", data.toString(), "server.port", 0, "server.address", "127.0.0.1");
    try (RunningServer server = RunningServer.start(settings)) {
      var url = server.url();
      var tenancy = server.node().tenancy();
      tenancy.createTenant(MadeUpCheckins.TENANT, "Bygg AS");
      var emitter = tenancy.createKey(AccessRole.EMITTER, MadeUpCheckins.TENANT, "gate").secret();
      var auditor = tenancy.createKey(AccessRole.AUDITOR, MadeUpCheckins.TENANT, "audit").secret();
      var older =
          Files.write(folder.resolve("older"), published(url, server.node().ledger().size()));
      assertThat(Said.by("import", "--url", url, "--key", emitter, file.toString()).exitCode())
          .isZero();
      long size = server.node().ledger().size();
      published(url, size);

      var own = Said.by("verify", "--url", url, "--key", auditor, "--since", older.toString());
      assertThat(own.exitCode()).as(own.out() + own.err()).isZero();
      assertThat(own.out()).contains("events of bygg-as: 700").contains("sound: " + size);
      assertThat(own.err()).contains("believed as the server shows it");
      var vkey = text(url, "/ledger/key").lines().findFirst().orElseThrow();
      assertThat(Said.by("verify", "--url", url, "--vkey", vkey).exitCode()).isZero();

      var proof =
          Files.writeString(
              folder.resolve("one.tlog-proof"),
              new String(get(url, "/v1/events/" + (size - 1) + "/proof", auditor)));
      var proven = Said.by("verify", "--proof", proof.toString(), "--vkey", vkey);
      assertThat(proven.exitCode()).as(proven.out() + proven.err()).isZero();
      Files.writeString(proof, Files.readString(proof).replaceFirst("index \\d+", "index 3"));
      assertThat(Said.by("verify", "--proof", proof.toString(), "--vkey", vkey).exitCode())
          .isEqualTo(1);
      Files.writeString(proof, Files.readString(proof).replaceFirst("proof", "prooF"));
      var none = Said.by("verify", "--proof", proof.toString(), "--vkey", vkey);
      assertThat(none.exitCode()).isEqualTo(1);
      assertThat(none.out()).startsWith("not sound: proof: ");

      var forged = Files.readString(older).replaceFirst("\\n\\d+\\n", "\n2\n");
      var beside = Said.by("verify", "--data", data.toString(), "--since", older.toString());
      assertThat(beside.exitCode()).as(beside.out() + beside.err()).isZero();
      assertThat(beside.err()).contains("a server uses");
      Files.writeString(older, forged);
      assertThat(Said.by("verify", "--data", data.toString(), "--since", older.toString()).out())
          .contains("checkpoint-signature");
    }
  }

  private static byte[] published(String url, long size) throws Exception {
    for (int tries = 0; tries < 200; tries++) {
      var lines = text(url, "/ledger/checkpoint").split("\n");
      if (lines.length > 2 && Long.parseLong(lines[1]) >= size) {
        return text(url, "/ledger/checkpoint").getBytes(StandardCharsets.UTF_8);
      }
      Thread.sleep(50);
    }
    throw new AssertionError("never published");
  }

  private static String text(String url, String path) throws Exception {
    return new String(get(url, path, null), StandardCharsets.UTF_8);
  }

  private static byte[] get(String url, String path, String key) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(url + path));
      if (key != null) {
        request.header("Authorization", "Bearer " + key);
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body();
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
