package no.spor.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Short texts that come again in each event of a request (names, sources, types), kept by their
/// bytes, so that each is made once. Not thread-safe.
final class Texts {
  private static final int SLOTS = 64;

  /// In how many slots a text can be.
  private static final int PLACES = 4;

  private static final int LONGEST = 64;

  private final byte[] @Nullable [] keys = new byte[SLOTS][];
  private final @Nullable String[] texts = new String[SLOTS];

  /// @param bytes UTF-8
  String of(byte[] bytes, int from, int to) {
    if (to - from > LONGEST) {
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    int first = (hash ^ hash >>> 6 ^ hash >>> 12) & SLOTS - 1;
    int slot = first;
    for (int i = 0; i < PLACES; i++) {
      slot = first + i & SLOTS - 1;
      byte[] key = keys[slot];
      String known = texts[slot];
      if (key == null || known == null) {
        return keep(slot, bytes, from, to);
      }
      if (Arrays.equals(key, 0, key.length, bytes, from, to)) {
        return known;
      }
    }
    return keep(slot, bytes, from, to);
  }

  private String keep(int slot, byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    keys[slot] = Arrays.copyOfRange(bytes, from, to);
    texts[slot] = text;
    return text;
  }
}
