package no.spor.ledger.tree;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tiles in a map, to be changed by tests.
record KeptTiles(Map<TileId, byte[]> kept) implements TileStore {
  KeptTiles() {
    this(new HashMap<>());
  }

  @Override
  public Optional<byte[]> tile(int level, long index) {
    return Optional.ofNullable(kept.get(new TileId(level, index, TileId.FULL)));
  }

  @Override
  public void put(List<Tile> tiles) {
    for (var tile : tiles) {
      kept.put(new TileId(tile.level(), tile.index(), TileId.FULL), tile.hashes().clone());
    }
  }

  @Override
  public void removeFrom(long position) {
    kept.keySet().removeIf(id -> id.index() + 1 << 8 * (id.level() + 1) > position);
  }
}
