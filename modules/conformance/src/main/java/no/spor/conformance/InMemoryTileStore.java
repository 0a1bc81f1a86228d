package no.spor.conformance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.spor.ledger.tree.TileStore;

/// A [TileStore] in memory.
public class InMemoryTileStore implements TileStore {
  private record Place(int level, long index) {
    boolean reaches(long position) {
      return index + 1 << 8 * (level + 1) > position;
    }
  }

  private final Map<Place, byte[]> tiles = new HashMap<>();

  @Override
  public synchronized Optional<byte[]> tile(int level, long index) {
    return Optional.ofNullable(tiles.get(new Place(level, index)));
  }

  @Override
  public synchronized void put(List<Tile> full) {
    full.forEach(tile -> tiles.put(new Place(tile.level(), tile.index()), tile.hashes()));
  }

  @Override
  public synchronized void removeFrom(long position) {
    tiles.keySet().removeIf(place -> place.reaches(position));
  }
}
