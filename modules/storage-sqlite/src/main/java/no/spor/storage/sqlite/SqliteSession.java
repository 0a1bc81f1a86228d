package no.spor.storage.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One connection with its prepared statements, for the duration of one read or transaction. Not
/// thread-safe, and not to be kept.
public final class SqliteSession {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  SqliteSession(Connection connection) {
    this.connection = connection;
  }

  /// Makes a value of the current row.
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /// Something to be done with the database.
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T in(SqliteSession session) throws SQLException;
  }

  /// Something to be done with the database that answers nothing.
  @FunctionalInterface
  public interface Task {
    void in(SqliteSession session) throws SQLException;
  }

  /// @param sql constant text: statements are kept by their text for the life of the connection
  /// @return a statement without parameters set; do not close it, close its result sets
  public PreparedStatement prepare(String sql) throws SQLException {
    var known = statements.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      statements.put(sql, known);
    } else {
      known.clearParameters();
    }
    return known;
  }

  /// @param values numbers, strings, byte arrays or null
  /// @return number of rows changed
  public int update(String sql, @Nullable Object... values) throws SQLException {
    return bind(prepare(sql), values).executeUpdate();
  }

  /// @return all rows
  public <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... values)
      throws SQLException {
    var found = new ArrayList<T>();
    try (var rows = bind(prepare(sql), values).executeQuery()) {
      while (rows.next()) {
        found.add(reader.read(rows));
      }
    }
    return found;
  }

  /// @return the first row, if there is one
  public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... values)
      throws SQLException {
    try (var rows = bind(prepare(sql), values).executeQuery()) {
      return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
    }
  }

  /// @return the first column of the first row as a number; 0 where it is null or there is no row
  public long number(String sql, @Nullable Object... values) throws SQLException {
    return first(sql, row -> row.getLong(1), values).orElse(0L);
  }

  /// Runs statements that are not worth keeping, for instance a pragma or a script.
  void execute(String script) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(script);
    }
  }

  /// Lets go of all statements: the driver ends a statement that failed, and it cannot be used
  /// again.
  void forgetStatements() {
    statements.values().forEach(SqliteSession::end);
    statements.clear();
  }

  private static void end(PreparedStatement statement) {
    try {
      statement.close();
    } catch (SQLException e) {
      // It has ended already.
    }
  }

  void close() throws SQLException {
    connection.close();
  }

  private static PreparedStatement bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
