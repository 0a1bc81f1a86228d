package no.spor.ledger.verify;

/// Tiles as somebody keeps or serves them (C2SP `tlog-tiles`). Nothing of them is believed.
@FunctionalInterface
public interface StoredTiles {
  /// @param level of the tile, from 0
  /// @param index of the tile in its level
  /// @param width how many hashes it has, 1 to 256
  /// @return the tile; an empty array where it is not kept
  byte[] tile(int level, long index, int width);
}
