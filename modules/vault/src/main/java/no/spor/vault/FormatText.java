package no.spor.vault;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Text as it stands in what keys are bound to.
final class FormatText {
  private FormatText() {}

  /// UTF-8, strictly: two texts never give the same bytes.
  ///
  /// @throws IllegalArgumentException for a lone surrogate; the text is not shown
  static byte[] utf8(String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    if (plain.length == text.length()) {
      for (byte one : plain) {
        if (one == '?') {
          return strictly(text); // what cannot be told is told as a question mark
        }
      }
      return plain;
    }
    return strictly(text);
  }

  private static byte[] strictly(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] out = new byte[bytes.remaining()];
      bytes.get(out);
      return out;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("text with a lone surrogate has no UTF-8");
    }
  }

  /// `str(x)`: length in two bytes, then UTF-8.
  static byte[] str(String text) {
    byte[] utf8 = utf8(text);
    if (utf8.length > 0xffff) {
      throw new IllegalArgumentException("text longer than 65535 bytes of UTF-8");
    }
    byte[] out = new byte[utf8.length + 2];
    out[0] = (byte) (utf8.length >> 8);
    out[1] = (byte) utf8.length;
    System.arraycopy(utf8, 0, out, 2, utf8.length);
    return out;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
