package no.spor.storage.sqlite;

import no.spor.storage.sqlite.TimelineTerms.Term;

/// Gathers the lists of one [PostingPage]. Not thread-safe.
final class PageWriter {
  private static final int LONGEST_PLACE_BYTES = 20;

  private final byte[] entries = new byte[PostingPage.MOST_BYTES];
  private final byte[] lists = new byte[PostingPage.MOST_BYTES];
  private int count;
  private int length;
  private long second;
  private long position;

  /// @param toSecond what the first time of each list is told by
  void begin(long toSecond, long toPosition) {
    count = 0;
    length = 0;
    second = toSecond;
    position = toPosition;
  }

  int count() {
    return count;
  }

  /// @return whether another list can begin here
  boolean hasRoom() {
    return room() >= PostingPage.ENTRY_BYTES + 1 + LONGEST_PLACE_BYTES;
  }

  private int room() {
    return PostingPage.MOST_BYTES
        - PostingPage.HEAD_BYTES
        - count * PostingPage.ENTRY_BYTES
        - length;
  }

  /// Writes as much of a list as the page takes.
  ///
  /// @param list in order
  /// @return the first place that it did not take
  int put(long high, int low, PostingList list, int from) {
    byte code = PostingCursor.unitOf(list.times, from, list.size);
    long unit = PostingCursor.nanos(code);
    int end = count * PostingPage.ENTRY_BYTES + Term.BYTES;
    entry(high, low);
    lists[length++] = code;
    long time = second * (PostingCursor.SECOND / unit);
    long before = position;
    int at = from;
    for (; at < list.size && room() >= LONGEST_PLACE_BYTES; at++) {
      long next = list.times[at] / unit;
      number(at == from ? signed(time - next) : time - next);
      number(signed(before - list.positions[at]));
      time = next;
      before = list.positions[at];
    }
    PostingPage.putShort(entries, end, length);
    return at;
  }

  /// Takes a list as it is, told by the same second and position.
  void copy(Term term, byte[] from, int begin, int end) {
    int entryEnd = count * PostingPage.ENTRY_BYTES + Term.BYTES;
    entry(term.high(), term.low());
    System.arraycopy(from, begin, lists, length, end - begin);
    length += end - begin;
    PostingPage.putShort(entries, entryEnd, length);
  }

  private void entry(long high, int low) {
    int at = count * PostingPage.ENTRY_BYTES;
    PostingPage.putLong(entries, at, high);
    PostingPage.putInt(entries, at + 8, low);
    count++;
  }

  private void number(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      lists[length++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    lists[length++] = (byte) left;
  }

  private static long signed(long value) {
    return value << 1 ^ value >> 63;
  }

  /// @return a row as long as it must be
  byte[] row() {
    var row = PostingPage.rowFor(PostingPage.HEAD_BYTES + count * PostingPage.ENTRY_BYTES + length);
    fill(row);
    return row;
  }

  void fill(byte[] row) {
    int at = PostingPage.paddingOf(row);
    PostingPage.putShort(row, at, count);
    PostingPage.putLong(row, at + 2, second);
    PostingPage.putLong(row, at + 10, position);
    int entriesLength = count * PostingPage.ENTRY_BYTES;
    System.arraycopy(entries, 0, row, at + PostingPage.HEAD_BYTES, entriesLength);
    System.arraycopy(lists, 0, row, at + PostingPage.HEAD_BYTES + entriesLength, length);
  }
}
