package no.spor.vault;

/// Hides how long a plaintext is: codec, content, `80`, zeros up to the bucket. Buckets are
/// multiples of 32 bytes up to 512, from there on eight to an octave, so that padding never adds
/// more than an eighth to what is long. Why: `modules/decisions/0004-padding.md`.
final class Padding {
  /// The codec byte before the content and the mark behind it.
  static final int FRAME_BYTES = 2;

  private static final int SMALLEST_STEP = 32;
  private static final int STEPS_AN_OCTAVE = 8;
  private static final byte MARK = (byte) 0x80;

  private Padding() {}

  /// @return length of the plaintext with a content of this length
  static int padded(int contentLength) {
    int length = Math.addExact(contentLength, FRAME_BYTES);
    int step = Math.max(SMALLEST_STEP, Integer.highestOneBit(length) / STEPS_AN_OCTAVE);
    return Math.multiplyExact(Math.ceilDiv(length, step), step);
  }

  /// Fills `out[0, padded)`.
  static void pad(byte codec, byte[] content, byte[] out, int padded) {
    out[0] = codec;
    System.arraycopy(content, 0, out, 1, content.length);
    out[content.length + 1] = MARK;
    java.util.Arrays.fill(out, content.length + FRAME_BYTES, padded, (byte) 0);
  }

  /// @return length of the content; -1 where the plaintext is not padded as it must be
  static int contentLength(byte[] plaintext) {
    int at = plaintext.length - 1;
    while (at > 0 && plaintext[at] == 0) {
      at--;
    }
    if (at < 1 || plaintext[at] != MARK || padded(at - 1) != plaintext.length) {
      return -1;
    }
    return at - 1;
  }
}
