package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import no.spor.conformance.TamperedLedger;
import no.spor.ledger.LedgerDamageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A byte of any column of `ledger.db` is changed, whichever it is: the verifier does not call the
/// ledger sound. And looking changes nothing.
class EveryStoredByteTest {
  private static final int FLIPS = 200;
  private static final List<String> COLUMNS =
      List.of(
          "block.n",
          "block.first",
          "block.count",
          "block.head",
          "block.tags",
          "block.salts",
          "block.entries",
          "block.headers",
          "block.form",
          "block.groups",
          "control_block.n",
          "tag.tag",
          "tag.n",
          "label.id",
          "label.name",
          "block_label.span",
          "block_label.label",
          "block_label.n",
          "ledger.id");

  @TempDir private Path folder;

  @Test
  void noneCanBeChangedUnnoticed() throws Exception {
    long seed = ThreadLocalRandom.current().nextLong();
    var random = new Random(seed);
    var sample = new TamperedLedger();
    SqliteTamperTest.write(folder, sample.blocks());
    assertThat(sound(sample)).isTrue();
    int changed = 0;
    for (int tries = 0; changed < FLIPS && tries < 10 * FLIPS; tries++) {
      var column = COLUMNS.get(random.nextInt(COLUMNS.size()));
      var file = folder.resolve("ledger.db");
      var before = Files.readAllBytes(file);
      var flipped = flip(file, column, random);
      if (flipped != null) {
        changed++;
        assertThat(named(sample, column))
            .as("seed %d, change %d: %s of %s", seed, changed, flipped, column)
            .isTrue();
        Files.write(file, before);
      }
    }
    assertThat(changed).isEqualTo(FLIPS);
    assertThat(sound(sample)).isTrue();
  }

  @Test
  void lookingChangesNoByteAndMakesNoFile() throws Exception {
    var sample = new TamperedLedger();
    SqliteTamperTest.write(folder, sample.blocks());
    var before = files();
    assertThat(sound(sample)).isTrue();
    assertThat(files()).isEqualTo(before);
  }

  /// A copy that was kept since before blocks were packed in frames.
  @Test
  void aFileOfTheFormerVersionIsReadAsItIsAndThenWritten() throws Exception {
    var sample = new TamperedLedger();
    var ledger = sample.blocks().getFirst().head().ledger();
    try (var directory = DataDirectory.open(folder);
        var store = SqliteLedgerStore.open(directory, ledger)) {
      store.append(sample.blocks());
      store
          .file()
          .save(session -> {
            for (var block : sample.blocks()) {
              BlockRow.inOnePiece(block).update(session.prepare(BlockRow.UPDATE));
            }
          });
    }
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ledger.db"));
        var statement = connection.createStatement()) {
      for (var column : List.of("form", "headers1", "groups1", "headers2", "groups2")) {
        statement.execute("alter table block drop column " + column);
      }
      statement.execute("alter table block drop column headers3");
      statement.execute("alter table block drop column groups3");
      statement.execute("pragma user_version=2");
    }
    var before = files();
    assertThat(sound(sample)).isTrue();
    assertThat(files()).isEqualTo(before);
    try (var directory = DataDirectory.open(folder);
        var store = SqliteLedgerStore.open(directory, ledger)) {
      assertThat(store.blocks(0, 100)).usingRecursiveComparison().isEqualTo(sample.blocks());
    }
    assertThat(sound(sample)).isTrue();
  }

  /// Who kills a server leaves its log, and what is in it counts.
  @Test
  void whatStandsInTheLogIsReadAndTheLogIsLeftAlone() throws Exception {
    var sample = new TamperedLedger();
    var copy = folder.resolve("copy");
    Files.createDirectories(copy);
    var live = folder.resolve("live");
    try (var directory = DataDirectory.open(live);
        var store = SqliteLedgerStore.open(directory, sample.blocks().getFirst().head().ledger())) {
      store.append(sample.blocks());
      Files.copy(live.resolve("ledger.db"), copy.resolve("ledger.db"));
      Files.copy(live.resolve("ledger.db-wal"), copy.resolve("ledger.db-wal"));
      try (var beside = DataDirectory.openToRead(live);
          var reader = SqliteLedgerReader.open(beside)) {
        assertThat(beside.isShared()).isTrue();
        assertThat(sample.verify(reader).sound()).isTrue();
      }
    }
    folder = copy;
    var before = files();
    assertThat(sound(sample)).isTrue();
    assertThat(files()).isEqualTo(before);
  }

  private Map<String, String> files() throws Exception {
    var files = new HashMap<String, String>();
    try (var all = Files.list(folder)) {
      for (var file : all.toList()) {
        files.put(
            file.getFileName().toString(),
            Files.getLastModifiedTime(file)
                + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  private boolean sound(TamperedLedger sample) {
    try (var directory = DataDirectory.openToRead(folder);
        var reader = SqliteLedgerReader.open(directory)) {
      return sample.verify(reader).sound();
    } catch (LedgerDamageException e) {
      return false;
    }
  }

  /// @return whether a report says what is wrong and, of a block, where
  private boolean named(TamperedLedger sample, String column) {
    try (var directory = DataDirectory.openToRead(folder);
        var reader = SqliteLedgerReader.open(directory)) {
      var report = sample.verify(reader);
      boolean placed =
          report.findings().stream().anyMatch(one -> one.block() >= 0 || one.position() >= 0);
      return !report.sound() && (placed || !column.startsWith("block."));
    } catch (LedgerDamageException e) {
      return !column.startsWith("block.");
    }
  }

  /// @return what was changed; null where there is nothing to change
  private static String flip(Path file, String column, Random random) throws SQLException {
    var table = column.substring(0, column.indexOf('.'));
    var name = column.substring(table.length() + 1);
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("pragma journal_mode=delete");
      statement.execute("pragma ignore_check_constraints=on");
      long rows = number(connection, "select count(*) from " + table);
      long row = rows == 0 ? 0 : random.nextLong(rows);
      String was;
      try (var one =
          statement.executeQuery(
              "select %s, typeof(%s) from %s limit 1 offset %d"
                  .formatted(name, name, table, row))) {
        if (!one.next()) {
          return null;
        }
        was = change(connection, table, name, one.getString(2), one.getBytes(1), row, random);
      }
      statement.execute("pragma journal_mode=wal");
      return was;
    }
  }

  private static String change(
      Connection connection,
      String table,
      String name,
      String type,
      byte[] bytes,
      long row,
      Random random)
      throws SQLException {
    if (bytes == null || bytes.length == 0) {
      return null;
    }
    int at = random.nextInt(bytes.length);
    byte bit = (byte) (1 << random.nextInt(8));
    var where =
        table.equals("tag") || table.equals("block_label")
            ? "(%s) = (select %s from %s limit 1 offset %d)"
                .formatted(keys(table), keys(table), table, row)
            : "rowid = (select rowid from %s limit 1 offset %d)".formatted(table, row);
    try (var update =
        connection.prepareStatement(
            "update %s set %s = ? where %s".formatted(table, name, where))) {
      if (type.equals("integer")) {
        update.setLong(
            1,
            number(connection, "select %s from %s limit 1 offset %d".formatted(name, table, row))
                ^ (1L << random.nextInt(20)));
      } else {
        bytes[at] ^= bit;
        if (type.equals("text")) {
          update.setString(1, new String(bytes, StandardCharsets.ISO_8859_1));
        } else {
          update.setBytes(1, bytes);
        }
      }
      update.executeUpdate();
      return "row %d, byte %d, bit %d".formatted(row, at, bit);
    } catch (SQLException e) {
      return null; // the schema allows no such value
    }
  }

  private static String keys(String table) {
    return table.equals("tag") ? "tag, n" : "span, label, n";
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
