package no.spor.ledger.verify;

import java.util.Arrays;
import java.util.Set;
import no.spor.ledger.Block;
import no.spor.ledger.Tag;

/// A block's records as [HistoryRules] see them: headers and parts in place, nothing copied. Good
/// while the rules look at it.
///
/// Part j of record i is meant by `(i, j)`; the arrays it gives out are the block's own.
public final class BlockView {
  /// A part that is there.
  public static final int KEPT = 1;

  /// A part that was dropped; its digest stands.
  public static final int DROPPED = 2;

  /// A part that was discarded on arrival.
  public static final int NONE = 0;

  private final Block block;
  private final PartItems parts;
  private final String[] streams;
  private final int[] bodies;

  BlockView(Block block, PartItems parts, String[] streams, int[] bodies) {
    this.block = block;
    this.parts = parts;
    this.streams = streams;
    this.bodies = bodies;
  }

  public long number() {
    return block.head().number();
  }

  public long position(int i) {
    return block.head().firstPosition() + i;
  }

  public int count() {
    return block.head().count();
  }

  public boolean control() {
    return block.head().control();
  }

  public Set<Tag> tags() {
    return block.tags();
  }

  /// @return whether record i has a header in form; all else is asked only of such
  public boolean present(int i) {
    return bodies[i] > 0;
  }

  public String stream(int i) {
    return streams[i];
  }

  public long recordedAtMillis(int i) {
    return BlockCheck.i64(block.headers().get(i), 8);
  }

  public long sequence(int i) {
    return BlockCheck.i64(block.headers().get(i), 0);
  }

  /// @return the stored header, of which the body begins at [#bodyOffset]
  public byte[] stored(int i) {
    return block.headers().get(i);
  }

  public int bodyOffset(int i) {
    return bodies[i];
  }

  public int parts(int i) {
    return parts.count(i);
  }

  /// @return [#KEPT], [#DROPPED] or [#NONE]
  public int state(int i, int j) {
    return parts.kind(i, j);
  }

  public int groups() {
    return block.groups().size();
  }

  /// @return the drop label of a group
  public String label(int group) {
    return block.groups().get(group).label();
  }

  /// @return the group in which a part lies
  public int group(int i, int j) {
    return parts.group(i, j);
  }

  /// @return one byte of a kept part; −1 beyond its end
  public int partByte(int i, int j, int at) {
    return at < parts.length(i, j)
        ? block.groups().get(parts.group(i, j)).bytes()[parts.offset(i, j) + at] & 0xff
        : -1;
  }

  /// @return a copy of a kept part
  public byte[] part(int i, int j) {
    int from = parts.offset(i, j);
    return Arrays.copyOfRange(
        block.groups().get(parts.group(i, j)).bytes(), from, from + parts.length(i, j));
  }
}
