package no.spor.ledger.verify;

import java.util.Arrays;

/// Makes the tiles of a growing tree and holds stored ones against them. For one thread.
final class TileCompare implements TreeFrontier.TileHashes {
  private static final int WIDTH = 256;
  private static final int LEVELS = 8;

  private final StoredTiles stored;
  private final Findings findings;
  private final byte[][] tiles = new byte[LEVELS][WIDTH * Sha256.BYTES];
  private final long[] begun = new long[LEVELS];

  TileCompare(StoredTiles stored, Findings findings) {
    this.stored = stored;
    this.findings = findings;
    Arrays.fill(begun, -1);
  }

  @Override
  public void hash(int level, long index, byte[] hash) {
    int place = (int) (index % WIDTH);
    if (place == 0) {
      begun[level] = index / WIDTH;
    }
    if (begun[level] != index / WIDTH) {
      return; // begun before the point from which the check went on
    }
    System.arraycopy(hash, 0, tiles[level], place * Sha256.BYTES, Sha256.BYTES);
    if (place == WIDTH - 1) {
      compare(level, index / WIDTH, WIDTH);
    }
  }

  /// Compares the partial tiles too.
  void end(long size, boolean whole) {
    for (int level = 0; whole && level < LEVELS; level++) {
      long hashes = size >>> (8 * level);
      int width = (int) (hashes % WIDTH);
      if (width > 0 && begun[level] == hashes / WIDTH) {
        compare(level, hashes / WIDTH, width);
      }
    }
  }

  private void compare(int level, long index, int width) {
    var bytes = stored.tile(level, index, width);
    boolean same =
        bytes.length == width * Sha256.BYTES
            && Arrays.equals(bytes, 0, bytes.length, tiles[level], 0, bytes.length);
    if (bytes.length > 0 && !same) {
      findings.add(
          Finding.ofPosition(
              FindingKind.TILE,
              index * WIDTH << (8 * level),
              "the tile of level %d, index %d, width %d is not that of the tree"
                  .formatted(level, index, width)));
    }
  }
}
