package no.spor.activity;

import java.util.Arrays;

/// Writes the CBOR (RFC 8949) that header bodies need, deterministically. Not thread-safe.
final class CborWriter {
  static final int UINT = 0;
  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;
  static final int FALSE = 0xf4;
  static final int TRUE = 0xf5;
  static final int NULL = 0xf6;

  private byte[] bytes;
  private int size;

  CborWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /// @param argument not negative
  void head(int major, long argument) {
    int top = major << 5;
    reserve(9);
    if (argument < 24) {
      bytes[size++] = (byte) (top | (int) argument);
      return;
    }
    int width = argument <= 0xff ? 1 : argument <= 0xffff ? 2 : argument <= 0xffff_ffffL ? 4 : 8;
    bytes[size++] = (byte) (top | (24 + Integer.numberOfTrailingZeros(width)));
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (argument >>> shift);
    }
  }

  void integer(long value) {
    if (value >= 0) {
      head(UINT, value);
    } else {
      head(NEGATIVE, ~value);
    }
  }

  void simple(int initialByte) {
    reserve(1);
    bytes[size++] = (byte) initialByte;
  }

  void raw(byte[] source) {
    reserve(source.length);
    System.arraycopy(source, 0, bytes, size, source.length);
    size += source.length;
  }

  /// @throws IllegalArgumentException for a lone surrogate, which has no UTF-8
  void text(String text) {
    int length = Utf8.length(text);
    head(TEXT, length);
    reserve(length);
    Utf8.encode(text, bytes, size);
    size += length;
  }

  /// Two hexadecimal digits of `digits` become a byte.
  void hex(CharSequence digits, int from, int to) {
    reserve((to - from) / 2);
    for (int i = from; i < to; i += 2) {
      bytes[size++] =
          (byte)
              (Character.digit(digits.charAt(i), 16) << 4
                  | Character.digit(digits.charAt(i + 1), 16));
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
