package no.spor.storage.sqlite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import no.spor.storage.sqlite.TimelineTerms.Term;

/// A page of a run: the places of some terms, by term, then the newest first.
///
/// ```
/// padding    what SQLite keeps in the row's own page, see LOCAL_BYTES
/// count(2) || second(8) || position(8)        number of lists; what their first places lie by
/// (term(12) || end of its list(2))*           by term
/// lists: unit(1) || (time || position)*
/// ```
///
/// A list's first place is the difference to the page's, later ones are to the one before; times in
/// the list's unit (10⁰, 10³, 10⁶ or 10⁹ nanoseconds), which all its times are multiples of. Each
/// number is 7 bits a byte, the lowest first, signed ones with the sign lowest.
final class PostingPage {
  /// SQLite keeps this much of a long row beside other rows, where it moves it about and leaves
  /// copies behind; the rest lies in pages of its own, which are zeroed when they are let go. So
  /// pages are as long as fills those, and what a row has in common with others is padding. This is
  /// the least that SQLite keeps of a row where a page has 4096 bytes: (4096 − 12) · 32 / 255 − 23.
  private static final int LOCAL_BYTES = 489;

  private static final int UNIT_BYTES = 4092;
  static final int MOST_BYTES = 4 * UNIT_BYTES;
  static final int HEAD_BYTES = 18;
  static final int ENTRY_BYTES = Term.BYTES + 2;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int start;
  private final int count;
  private final int lists;

  PostingPage(byte[] row) {
    bytes = row;
    start = paddingOf(row);
    count = (short) SHORT.get(row, start) & 0xffff;
    lists = start + HEAD_BYTES + count * ENTRY_BYTES;
  }

  /// @return a row for so many bytes
  static byte[] rowFor(int bytes) {
    int units = Math.max(1, (bytes + UNIT_BYTES - 1) / UNIT_BYTES);
    // The row's head: its length, the id's type, the blob's type of 2 or 3 bytes.
    int head = units == 1 ? 4 : 5;
    return new byte[LOCAL_BYTES - head + units * UNIT_BYTES];
  }

  /// Makes a row of the same length with some of the lists.
  final class Rewriter {
    private final PageWriter writer = new PageWriter();

    private Rewriter() {
      writer.begin(longAt(bytes, start + 2), longAt(bytes, start + 10));
    }

    void copy(int index) {
      writer.copy(term(index), bytes, begin(index), end(index));
    }

    void put(Term term, PostingList list) {
      if (writer.put(term.high(), term.low(), list, 0) != list.size) {
        throw new IllegalStateException("less has become more");
      }
    }

    byte[] row() {
      var row = new byte[bytes.length];
      writer.fill(row);
      return row;
    }
  }

  Rewriter rewriter() {
    return new Rewriter();
  }

  static int paddingOf(byte[] row) {
    return row.length % UNIT_BYTES;
  }

  static void putShort(byte[] to, int at, int value) {
    SHORT.set(to, at, (short) value);
  }

  static void putInt(byte[] to, int at, int value) {
    INT.set(to, at, value);
  }

  static void putLong(byte[] to, int at, long value) {
    LONG.set(to, at, value);
  }

  static int intAt(byte[] from, int at) {
    return (int) INT.get(from, at);
  }

  static long longAt(byte[] from, int at) {
    return (long) LONG.get(from, at);
  }

  int count() {
    return count;
  }

  Term term(int index) {
    int at = entry(index);
    return new Term(longAt(bytes, at), intAt(bytes, at + 8));
  }

  /// @return index of the term's first list; −1 where there is none. More of them may follow: a
  ///   long list is written in pieces
  int find(Term term) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = entry(middle);
      int by = Long.compare(longAt(bytes, at), term.high());
      if (by == 0) {
        by = Integer.compare(intAt(bytes, at + 8), term.low());
      }
      if (by == 0) {
        return first(middle);
      }
      if (by < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private int first(int index) {
    int first = index;
    while (first > 0 && sameTerm(first - 1, index)) {
      first--;
    }
    return first;
  }

  /// @return whether the list after this one goes on with its term
  boolean continues(int index) {
    return index + 1 < count && sameTerm(index, index + 1);
  }

  private boolean sameTerm(int one, int other) {
    return Arrays.equals(
        bytes, entry(one), entry(one) + Term.BYTES, bytes, entry(other), entry(other) + Term.BYTES);
  }

  /// @return before the first place of a list
  PostingCursor cursor(int index) {
    var cursor = new PostingCursor();
    read(index, cursor);
    return cursor;
  }

  /// Puts a cursor before the first place of a list.
  void read(int index, PostingCursor cursor) {
    cursor.begin(
        bytes, begin(index), end(index), longAt(bytes, start + 2), longAt(bytes, start + 10));
  }

  /// @return a list's bytes
  byte[] list(int index) {
    return Arrays.copyOfRange(bytes, begin(index), end(index));
  }

  private int entry(int index) {
    return start + HEAD_BYTES + index * ENTRY_BYTES;
  }

  private int begin(int index) {
    return index == 0 ? lists : end(index - 1);
  }

  private int end(int index) {
    return lists + ((short) SHORT.get(bytes, entry(index) + Term.BYTES) & 0xffff);
  }
}
