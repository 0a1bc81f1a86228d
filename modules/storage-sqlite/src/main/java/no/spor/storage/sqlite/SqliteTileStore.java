package no.spor.storage.sqlite;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import no.spor.ledger.tree.TileStore;
import no.spor.storage.sqlite.SqliteSession.Work;

/// Full tiles in `ledger.db`, beside the entries that they follow from. Thread-safe.
final class SqliteTileStore implements TileStore {
  /// A step of the ledger's schema.
  static final String SCHEMA =
      """
      create table tile(
        level integer not null,
        n integer not null,
        hashes blob not null,
        primary key (level, n));
      """;

  private static final String BEYOND = " from tile where (n + 1) << (8 * (level + 1)) > ?";

  private final SqliteFile file;

  SqliteTileStore(SqliteFile file) {
    this.file = file;
  }

  @Override
  public Optional<byte[]> tile(int level, long index) {
    return translating(() ->
        file.read(session ->
            session.first(
                "select hashes from tile where level = ? and n = ?",
                row -> row.getBytes(1),
                level,
                index)));
  }

  @Override
  public void put(List<Tile> tiles) {
    save(session -> {
      for (var tile : tiles) {
        session.update(
            "insert or replace into tile(level, n, hashes) values (?, ?, ?)",
            tile.level(),
            tile.index(),
            tile.hashes());
      }
      return tiles.size();
    });
  }

  @Override
  public void removeFrom(long position) {
    long beyond =
        translating(
            () -> file.read(session -> session.number("select count(*)" + BEYOND, position)));
    if (beyond > 0) {
      save(session -> session.update("delete" + BEYOND, position));
    }
  }

  private void save(Work<Integer> work) {
    translating(() -> file.write(work));
  }

  private static <T> T translating(Supplier<T> work) {
    try {
      return work.get();
    } catch (SqliteStoreException e) {
      throw SqliteLedgerStore.translated(e);
    }
  }
}
