package no.spor.storage.sqlite;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import no.spor.rights.RetentionStore;

/// How far retention has come, in `ledger.db`. Thread-safe.
final class SqliteRetentionStore implements RetentionStore {
  private final SqliteFile file;

  SqliteRetentionStore(SqliteFile file) {
    this.file = file;
  }

  @Override
  public OptionalLong number(String name) {
    return file.read(session ->
        session
            .first("select number from retention where name = ?", row -> row.getLong(1), name)
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty()));
  }

  @Override
  public Map<String, Long> all() {
    return file.read(session -> {
      Map<String, Long> all = new TreeMap<>();
      session.list(
          "select name, number from retention", row -> all.put(row.getString(1), row.getLong(2)));
      return all;
    });
  }

  @Override
  public void keep(String name, long number) {
    file.save(
        session -> session.update("insert or replace into retention values (?, ?)", name, number));
  }
}
