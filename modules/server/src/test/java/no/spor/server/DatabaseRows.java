package no.spor.server;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What stands in the rows of databases, unpacked: a search of the files alone would not see what
// is compressed.
final class DatabaseRows {
  private static final int KIND_BYTES = 1;
  private static final byte ZSTANDARD = 1;

  private DatabaseRows() {}

  /// Adds each table's content, by name.
  static void addAll(Map<String, byte[]> found, Path data) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".db")).toList()) {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + file)) {
          for (String table : tables(database)) {
            found.put(file.getFileName() + " " + table, content(database, table));
          }
        } catch (SQLException unreadable) {
          throw new IOException(unreadable);
        }
      }
    }
  }

  private static List<String> tables(Connection database) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = database.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT name FROM sqlite_master WHERE type = 'table'")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private static byte[] content(Connection database, String table) throws SQLException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM \"" + table + "\"")) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int column = 1; column <= columns; column++) {
          Object value = rows.getObject(column);
          content.writeBytes(
              value instanceof byte[] bytes
                  ? unpacked(bytes)
                  : String.valueOf(value).getBytes(StandardCharsets.UTF_8));
          content.write('\n');
        }
      }
    }
    return content.toByteArray();
  }

  private static byte[] unpacked(byte[] stored) {
    if (stored.length > KIND_BYTES && stored[0] == ZSTANDARD) {
      long length = Zstd.getFrameContentSize(stored, KIND_BYTES, stored.length - KIND_BYTES);
      if (length >= 0 && !Zstd.isError(length)) {
        byte[] bytes = new byte[(int) length];
        Zstd.decompressByteArray(
            bytes, 0, bytes.length, stored, KIND_BYTES, stored.length - KIND_BYTES);
        return bytes;
      }
    }
    return stored;
  }
}
