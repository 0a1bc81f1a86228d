package no.spor.activity;

import no.spor.activity.MalformedHeaderBodyException.Flaw;

/// Reads the CBOR that [CborWriter] writes and refuses all else: every length is checked before
/// anything is allocated. Not thread-safe.
final class CborReader {
  private final byte[] bytes;
  private int at;

  CborReader(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  int at() {
    return at;
  }

  boolean atEnd() {
    return at == bytes.length;
  }

  MalformedHeaderBodyException flaw(Flaw flaw) {
    return new MalformedHeaderBodyException(flaw, at);
  }

  /// @return the next item's initial byte, not consumed
  int peek() {
    if (at >= bytes.length) {
      throw flaw(Flaw.TRUNCATED);
    }
    return bytes[at] & 0xff;
  }

  int peekMajor() {
    return peek() >>> 5;
  }

  void skipInitialByte() {
    at++;
  }

  /// Reads a head of this major type. @return its argument; above `Long.MAX_VALUE` it is refused
  long head(int major) {
    int initial = peek();
    if (initial >>> 5 != major) {
      throw flaw(Flaw.WRONG_TYPE);
    }
    int info = initial & 0x1f;
    if (info < 24) {
      at++;
      return info;
    }
    if (info > 27) { // reserved, or an indefinite length
      throw flaw(Flaw.NOT_DETERMINISTIC);
    }
    int width = 1 << (info - 24);
    if (bytes.length - at - 1 < width) {
      throw flaw(Flaw.TRUNCATED);
    }
    long argument = 0;
    for (int i = 1; i <= width; i++) {
      argument = argument << 8 | (bytes[at + i] & 0xff);
    }
    if (argument < 0) {
      throw flaw(Flaw.INVALID_VALUE);
    }
    long least = width == 1 ? 24 : 1L << (4 * width);
    if (argument < least) {
      throw flaw(Flaw.NOT_DETERMINISTIC);
    }
    at += 1 + width;
    return argument;
  }

  /// Reads the head of an array, map or string. @return how many items or bytes; never more than
  /// bytes are left
  int count(int major) {
    int start = at;
    long count = head(major);
    if (count > bytes.length - at) {
      at = start;
      throw flaw(Flaw.TRUNCATED);
    }
    return (int) count;
  }

  long integer() {
    return peekMajor() == CborWriter.NEGATIVE ? ~head(CborWriter.NEGATIVE) : head(CborWriter.UINT);
  }

  /// @return an unsigned integer of at most 31 bits
  int number() {
    int start = at;
    long value = head(CborWriter.UINT);
    if (value > Integer.MAX_VALUE) {
      at = start;
      throw flaw(Flaw.INVALID_VALUE);
    }
    return (int) value;
  }

  String text() {
    int start = at;
    int length = count(CborWriter.TEXT);
    String text = Utf8.decode(bytes, at, length);
    if (text == null) {
      at = start;
      throw flaw(Flaw.INVALID_UTF8);
    }
    at += length;
    return text;
  }

  /// Passes over a byte or text string. @return offset of its first byte
  int skipString(int major) {
    int length = count(major);
    int start = at;
    at += length;
    return start;
  }
}
