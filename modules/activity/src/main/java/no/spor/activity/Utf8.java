package no.spor.activity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// UTF-8 without replacement characters: what cannot be said exactly is refused.
final class Utf8 {
  private Utf8() {}

  /// @throws IllegalArgumentException for a lone surrogate, which has no UTF-8
  static int length(String text) {
    int chars = text.length();
    int length = chars;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      if (!Character.isSurrogate(c)) {
        length += c < 0x800 ? 1 : 2;
        continue;
      }
      if (Character.isLowSurrogate(c)
          || i + 1 == chars
          || !Character.isLowSurrogate(text.charAt(i + 1))) {
        throw new IllegalArgumentException("a lone surrogate at " + i);
      }
      i++;
      length += 2;
    }
    return length;
  }

  /// @param text without lone surrogates
  static void encode(String text, byte[] target, int at) {
    int chars = text.length();
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        byte[] whole = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(whole, 0, target, at - i, whole.length);
        return;
      }
      target[at++] = (byte) c;
    }
  }

  /// @return null where the bytes are no UTF-8
  static @Nullable String decode(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] < 0) {
        try {
          return StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, from, length))
              .toString();
        } catch (CharacterCodingException e) {
          return null;
        }
      }
    }
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }
}
