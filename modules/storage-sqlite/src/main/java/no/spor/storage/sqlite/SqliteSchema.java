package no.spor.storage.sqlite;

import java.util.List;

/// What a database file holds, and how an older one becomes a newer one.
///
/// @param applicationId four bytes that tell whose file it is (`PRAGMA application_id`); not 0
/// @param steps SQL scripts; step i brings a file of version i to version i + 1. A step that was
///   released is never changed: add another
/// @param readable oldest version that can be read as it is, where nothing may be written
public record SqliteSchema(int applicationId, List<String> steps, int readable) {
  public SqliteSchema {
    steps = List.copyOf(steps);
    if (applicationId == 0 || steps.isEmpty()) {
      throw new IllegalArgumentException("a schema has an application id and at least one step");
    }
  }

  /// @param name four ASCII characters, for instance `SpLe`
  public static SqliteSchema of(String name, String... steps) {
    if (name.length() != 4 || name.chars().anyMatch(c -> c > 127)) {
      throw new IllegalArgumentException("four ASCII characters");
    }
    int id = 0;
    for (int i = 0; i < 4; i++) {
      id = id << 8 | name.charAt(i);
    }
    return new SqliteSchema(id, List.of(steps), steps.length);
  }

  SqliteSchema readableFrom(int version) {
    return new SqliteSchema(applicationId, steps, version);
  }

  /// @return the version that this program writes (`PRAGMA user_version`)
  public int version() {
    return steps.size();
  }
}
