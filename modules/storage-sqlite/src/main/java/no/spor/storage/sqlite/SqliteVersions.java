package no.spor.storage.sqlite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Says of which version the stores of a data directory are, without changing them: while a server
/// uses them, too.
public final class SqliteVersions {
  private static final Map<String, SqliteSchema> SCHEMAS = new LinkedHashMap<>();

  static {
    SCHEMAS.put("ledger.db", SqliteLedgerStore.SCHEMA);
    SCHEMAS.put("keys.db", KeyWrites.SCHEMA);
    SCHEMAS.put("epochs.db", SqliteEpochStore.SCHEMA);
    SCHEMAS.put("checkpoints.db", SqliteCheckpointStore.SCHEMA);
    SCHEMAS.put("registry.db", SqliteRegistryStore.SCHEMA);
    SCHEMAS.put("views.db", SqliteViews.SCHEMA);
  }

  private SqliteVersions() {}

  /// @param version that the file has
  /// @param known the newest that this program knows; it writes that one
  /// @param ours whether the file is one of Spor's of that duty
  public record Found(String file, int version, int known, boolean ours) {}

  /// @return all files that a data directory can have
  public static List<String> files() {
    return List.copyOf(SCHEMAS.keySet());
  }

  /// @return those that are there, none that cannot be read
  /// @throws SqliteStoreException where one is no database
  public static List<Found> in(Path data) {
    List<Found> found = new ArrayList<>();
    SCHEMAS.forEach((file, schema) -> {
      Path path = data.resolve(file);
      if (Files.isRegularFile(path)) {
        found.add(look(path, file, schema));
      }
    });
    return found;
  }

  private static Found look(Path path, String file, SqliteSchema schema) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma query_only=on");
      int version = number(statement, "pragma user_version");
      int owner = number(statement, "pragma application_id");
      return new Found(file, version, schema.version(), owner == schema.applicationId());
    } catch (SQLException e) {
      throw SqliteStoreException.of(path, false, e);
    }
  }

  private static int number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getInt(1) : 0;
    }
  }
}
