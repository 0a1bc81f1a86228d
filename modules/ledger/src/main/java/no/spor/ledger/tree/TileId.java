package no.spor.ledger.tree;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import no.spor.ledger.LedgerFormat;

/// Names a tile or an entry bundle: the path of C2SP `tlog-tiles` below `tile/`.
///
/// @param level from 0 on; [#ENTRIES] for a bundle of entries
/// @param index among those of its level, from the left
/// @param width how many of its hashes (or entries), 1 to 256; fewer than 256 is a partial tile
public record TileId(int level, long index, int width) {
  /// Hashes in a full tile.
  public static final int FULL = 256;

  /// Levels of the tree in a tile.
  static final int HEIGHT = 8;

  /// Bytes of a full tile.
  static final int FULL_BYTES = FULL * LedgerFormat.HASH_BYTES;

  /// Stands for a level where entries are meant.
  public static final int ENTRIES = -1;

  private static final int MAX_LEVEL = 63;

  // Indexes below 10^18; a ledger's are below 2^55.
  private static final Pattern PATH =
      Pattern.compile(
          "(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

  /// @throws IllegalArgumentException where there can be no such tile
  public TileId {
    if (level < ENTRIES || level > MAX_LEVEL || index < 0 || width < 1 || width > FULL) {
      throw new IllegalArgumentException("no tile has such coordinates");
    }
  }

  /// @param path for instance `0/x001/x234/067.p/8` or `entries/000`
  /// @return what it names; empty where it is no such path, or not in its one spelling
  public static Optional<TileId> parse(String path) {
    var matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var place = matcher.group(1);
    int level = place.equals("entries") ? ENTRIES : Integer.parseInt(place);
    long index = Long.parseLong(matcher.group(2).replace("x", "").replace("/", ""));
    int width = matcher.group(3) == null ? FULL : Integer.parseInt(matcher.group(3));
    if (level > MAX_LEVEL || width == FULL && matcher.group(3) != null || width > FULL) {
      return Optional.empty();
    }
    return Optional.of(new TileId(level, index, width)).filter(id -> id.path().equals(path));
  }

  /// @return the path below `tile/`
  public String path() {
    var digits = String.format(Locale.ROOT, "%03d", index % 1000);
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      digits = String.format(Locale.ROOT, "x%03d/", rest % 1000) + digits;
    }
    return (level == ENTRIES ? "entries" : Integer.toString(level))
        + '/'
        + digits
        + (width == FULL ? "" : ".p/" + width);
  }

  /// @return whether a tree of this size has it, whole: what the specification asks a log to serve,
  ///   and partial tiles between
  boolean isIn(long size) {
    int shift = HEIGHT * Math.max(0, level);
    long hashes = shift >= Long.SIZE ? 0 : size >> shift;
    return index <= hashes / FULL && hashes - index * FULL >= width;
  }
}
