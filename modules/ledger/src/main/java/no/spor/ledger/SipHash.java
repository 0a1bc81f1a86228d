package no.spor.ledger;

/// SipHash-2-4 of 16 bytes (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012). Who does
/// not know the key cannot aim at collisions.
final class SipHash {
  private final long key0;
  private final long key1;

  SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /// @param first the first 8 bytes, little-endian
  /// @param second the other 8 bytes, little-endian
  long hash(long first, long second) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    // Three words of message, the last of which holds the length alone; then four rounds to finish.
    for (int word = 0; word < 4; word++) {
      long message = word == 0 ? first : word == 1 ? second : word == 2 ? 16L << 56 : 0;
      if (word < 3) {
        v3 ^= message;
      } else {
        v2 ^= 0xff;
      }
      for (int round = 0; round < (word < 3 ? 2 : 4); round++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= message;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
