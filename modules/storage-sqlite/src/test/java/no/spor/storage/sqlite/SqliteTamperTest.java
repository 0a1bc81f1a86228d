package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import no.spor.conformance.TamperSuite;
import no.spor.ledger.Block;
import no.spor.ledger.verify.BlockSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// The rows of `ledger.db` are changed by other means than the store's.
class SqliteTamperTest extends TamperSuite {
  @TempDir private Path folder;
  private final AtomicInteger count = new AtomicInteger();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var one : opened.reversed()) {
      one.close();
    }
  }

  @Override
  protected BlockSource stored(List<Block> honest, List<Block> changed) {
    var path = folder.resolve("data" + count.incrementAndGet());
    write(path, honest);
    if (changed != honest) {
      try (var connection =
          DriverManager.getConnection("jdbc:sqlite:" + path.resolve("ledger.db"))) {
        replace(connection, changed);
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
    var directory = DataDirectory.openToRead(path);
    opened.add(directory);
    var reader = SqliteLedgerReader.open(directory);
    opened.add(reader);
    return reader;
  }

  /// The store keeps one id for all blocks.
  private static void ledger(Connection connection, Block block) throws SQLException {
    try (var update = connection.prepareStatement("update ledger set id = ?")) {
      var id = block.head().ledger();
      update.setBytes(
          1,
          ByteBuffer.allocate(16)
              .putLong(id.getMostSignificantBits())
              .putLong(id.getLeastSignificantBits())
              .array());
      update.executeUpdate();
    }
  }

  static void write(Path path, List<Block> blocks) {
    try (var directory = DataDirectory.open(path);
        var store = SqliteLedgerStore.open(directory, blocks.getFirst().head().ledger())) {
      store.append(blocks);
    }
  }

  private static void replace(Connection connection, List<Block> blocks) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("delete from block");
    }
    try (var insert = connection.prepareStatement(BlockRow.INSERT)) {
      for (var block : blocks) {
        ledger(connection, block);
        BlockRow.of(block).insert(insert);
      }
    }
    connection.commit();
  }
}
