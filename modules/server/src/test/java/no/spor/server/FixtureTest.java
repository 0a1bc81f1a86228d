package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import no.spor.storage.sqlite.SqliteVersions;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Data directories that former versions wrote are opened and read whole; what a newer version
/// wrote is refused, file by file.
@FilesOnly("what former versions wrote are files")
class FixtureTest {
  @TempDir Path data;

  static Stream<Path> fixtures() throws IOException {
    try (Stream<Path> files =
        Files.list(Repository.file("modules/server/src/test/resources/fixtures"))) {
      return files.filter(file -> file.toString().endsWith(".zip")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aDataDirectoryOfThisVersionIsReadWhole(Path fixture) throws IOException {
    unzip(fixture);
    try (RunningSpor spor = RunningSpor.on(data)) {
      for (var expected : List.of(List.of("bygg-as", 8), List.of("fjord-as", 4))) {
        String officer = spor.key(AccessRole.OFFICER, (String) expected.getFirst());
        var page =
            spor.post(
                "/v1/timeline",
                officer,
                RunningSpor.JSON,
                "{\"limit\":1000}",
                "Purpose",
                "reading what a former version wrote",
                "Spor-After",
                Long.toString(spor.node().ledger().size() - 1));
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.json().path("events")).hasSize((Integer) expected.getLast());
        page.json()
            .path("events")
            .forEach(event ->
                event
                    .path("parts")
                    .forEach(part -> assertThat(part.path("state").asString()).isEqualTo("open")));
        assertThat(page.body()).contains("Barcode B");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aFileThatANewerVersionWroteIsRefusedWithWhatToDo(Path fixture) throws Exception {
    for (String file : SqliteVersions.files()) {
      unzip(fixture);
      if (!Files.exists(data.resolve(file))) {
        continue;
      }
      version(file, 999);
      assertThatThrownBy(
              () -> Node.open(NodeOptions.importing(data, null), InstantSource.system()).close())
          .as(file)
          .hasMessageContaining(file)
          .hasMessageContaining("newer version of Spor");
      assertThat(SqliteVersions.in(data))
          .anyMatch(found -> found.file().equals(file) && found.version() == 999);
    }
  }

  private void version(String file, int version) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve(file));
        Statement statement = connection.createStatement()) {
      statement.execute("pragma user_version=" + version);
    }
  }

  private void unzip(Path fixture) throws IOException {
    try (Stream<Path> old = Files.walk(data)) {
      for (Path file : old.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    try (InputStream in = Files.newInputStream(fixture);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = data.resolve(entry.getName()).normalize();
        if (!file.startsWith(data)) {
          throw new IOException("an entry leads out");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.write(file, zip.readAllBytes());
        }
      }
    }
    Path root = data.resolve("root.key");
    Files.setPosixFilePermissions(
        root, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }
}
