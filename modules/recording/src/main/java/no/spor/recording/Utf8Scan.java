package no.spor.recording;

/// Looks over the bytes of a JSON text before it is parsed: are they UTF-8 (RFC 3629: no overlong
/// forms, no surrogates), without the control characters that JSON never holds raw, and do its
/// escapes name whole characters? Parsers are lenient here, and would take UTF-16 for what it is.
final class Utf8Scan {
  enum Finding {
    MALFORMED,
    /// An escape names half of a surrogate pair, without the other half.
    LONE_SURROGATE,
    /// No string in it has an escape.
    PLAIN,
    WITH_ESCAPES
  }

  private Utf8Scan() {}

  static Finding scan(byte[] bytes, int from, int to) {
    if (to - from >= 3
        && bytes[from] == (byte) 0xef
        && bytes[from + 1] == (byte) 0xbb
        && bytes[from + 2] == (byte) 0xbf) {
      return Finding.MALFORMED; // a byte order mark
    }
    Finding finding = Finding.PLAIN;
    int at = from;
    while (at < to) {
      byte b = bytes[at];
      if (b == '\\') {
        int length = escape(bytes, at, to);
        finding =
            length == 0 || finding == Finding.LONE_SURROGATE
                ? Finding.LONE_SURROGATE
                : Finding.WITH_ESCAPES;
        at += Math.max(1, length);
      } else if (b >= 0x20) {
        at++;
      } else if (b >= 0) {
        if (b != '\n' && b != '\r' && b != '\t') {
          return Finding.MALFORMED;
        }
        at++;
      } else {
        int length = sequence(bytes, at, to);
        if (length == 0) {
          return Finding.MALFORMED;
        }
        at += length;
      }
    }
    return finding;
  }

  /// @return how far to go on: past a backslash that is escaped, a character or a pair that is
  ///   named by its code units, or one byte; 0 for a lone surrogate
  private static int escape(byte[] bytes, int at, int to) {
    int unit = unit(bytes, at, to);
    if (unit < Character.MIN_SURROGATE || unit > Character.MAX_SURROGATE) {
      return unit >= 0 ? 6 : at + 1 < to && bytes[at + 1] == '\\' ? 2 : 1;
    }
    int other = unit(bytes, at + 6, to);
    boolean pair =
        unit <= Character.MAX_HIGH_SURROGATE
            && other >= Character.MIN_LOW_SURROGATE
            && other <= Character.MAX_LOW_SURROGATE;
    return pair ? 12 : 0;
  }

  /// @return what `\\uXXXX` here says; -1 where there is no such escape
  private static int unit(byte[] bytes, int at, int to) {
    if (to - at < 6 || bytes[at] != '\\' || bytes[at + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = 2; i < 6; i++) {
      int digit = Character.digit(bytes[at + i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  /// @return length of the well-formed sequence of two to four bytes that begins here, or 0
  private static int sequence(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xff;
    if (lead < 0xc2 || lead > 0xf4) {
      return 0;
    }
    int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (to - at < length) {
      return 0;
    }
    int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    int second = bytes[at + 1] & 0xff;
    if (second < least || second > most) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
