package no.spor.vault;

import static no.spor.vault.Vectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What becomes of a part whose bytes, or whose place, somebody has changed.
class SealedPartAttacksTest {
  private static final int BLOCK = 16;

  private final Workbench bench = new Workbench();
  private final JsonNode vector = Vectors.read("vectors/actor-part.json");
  private final byte[] part = bytes(vector, "part");
  private final PartHead head = PartHead.read(part);
  private final byte[] body = bytes(vector, "body");
  private final byte[] ledger = bytes(vector, "ledger");
  private final ContentKey key =
      new ContentKey(SecretBytes.owning(bytes(vector, "contentKey")), bytes(vector, "commitment"));

  @Test
  void noBitCanBeChanged() {
    for (int bit = 0; bit < part.length * 8; bit++) {
      byte[] changed = part.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(open(changed, place(ledger, 0, body)))
          .as("bit %d", bit)
          .isInstanceOf(Opened.Damaged.class);
    }
  }

  @Test
  void noByteCanBeAddedOrTaken() {
    for (int length = 0; length < part.length + 70; length++) {
      if (length != part.length) {
        assertThat(open(Arrays.copyOf(part, length), place(ledger, 0, body)))
            .as("length %d", length)
            .isInstanceOf(Opened.Damaged.class);
      }
    }
  }

  @Test
  void anotherPlaceIsRefused() {
    assertThat(open(part, place(ledger, 0, body))).isInstanceOf(Opened.Clear.class);
    assertThat(open(part, place(ledger, 1, body))).isInstanceOf(Opened.Damaged.class);
    assertThat(open(part, place(ledger, 0, new byte[0]))).isInstanceOf(Opened.Damaged.class);
    byte[] otherLedger = ledger.clone();
    otherLedger[15]++;
    assertThat(open(part, place(otherLedger, 0, body))).isInstanceOf(Opened.Damaged.class);
    byte[] otherBody = body.clone();
    otherBody[3]++;
    assertThat(open(part, place(ledger, 0, otherBody))).isInstanceOf(Opened.Damaged.class);
    // a byte that moves from the body to what stands before it
    byte[] shorter = Arrays.copyOfRange(body, 1, body.length);
    assertThat(open(part, place(ledger, body[0], shorter))).isInstanceOf(Opened.Damaged.class);
  }

  private Opened open(byte[] bytes, PartCipher.Place place) {
    PartHead read = PartHead.read(bytes);
    return read == null ? new Opened.Damaged() : PartCipher.open(bench, key, read, bytes, place);
  }

  private static PartCipher.Place place(byte[] ledger, int index, byte[] body) {
    return new PartCipher.Place(ledger, index, body);
  }

  /// The attack that commitments are there for: AES-GCM alone takes one ciphertext under two keys
  /// (Dodis et al., CRYPTO 2018, "invisible salamanders").
  @Test
  void aCiphertextThatGcmTakesUnderTwoKeysOpensUnderOneAtMost() throws Exception {
    byte[] otherKey = new byte[32];
    new Random(5).nextBytes(otherKey);
    byte[] nonce = bytes(vector, "nonce");
    PartCipher.Place place = place(ledger, 0, body);
    byte[] forged = Arrays.copyOf(part, head.ciphertextAt() + 4 * BLOCK + BLOCK);
    byte[] aad = concat(Arrays.copyOf(part, head.length()), ledger, new byte[] {0}, body);
    byte[] ciphertextAndTag = bothWays(bytes(vector, "contentKey"), otherKey, nonce, aad, 4);
    System.arraycopy(ciphertextAndTag, 0, forged, head.ciphertextAt(), ciphertextAndTag.length);

    ContentKey other = new ContentKey(SecretBytes.owning(otherKey), new byte[32]);
    assertThat(bench.decrypt(key.key(), forged, head.nonceAt(), head.ciphertextAt(), aad))
        .as("GCM takes it under the one key")
        .isNotEqualTo(bench.decrypt(other.key(), forged, head.nonceAt(), head.ciphertextAt(), aad));
    assertThat(PartCipher.open(bench, other, head, forged, place))
        .as("the commitment is the other key's")
        .isInstanceOf(Opened.Damaged.class);
  }

  /// @return ciphertext and tag that decrypt under both keys, to different plaintexts
  private static byte[] bothWays(byte[] first, byte[] second, byte[] nonce, byte[] aad, int blocks)
      throws Exception {
    byte[] ciphertext = new byte[blocks * BLOCK];
    new Random(6).nextBytes(ciphertext);
    Arrays.fill(ciphertext, ciphertext.length - BLOCK, ciphertext.length, (byte) 0);
    Block h1 = Block.of(aes(first, new byte[BLOCK]));
    Block h2 = Block.of(aes(second, new byte[BLOCK]));
    byte[] counter = Arrays.copyOf(nonce, BLOCK);
    counter[BLOCK - 1] = 1;
    Block mask1 = Block.of(aes(first, counter));
    Block mask2 = Block.of(aes(second, counter));
    // the last block stands before H²: choose it so that the two tags become equal
    Block difference =
        ghash(h1, aad, ciphertext).plus(mask1).plus(ghash(h2, aad, ciphertext)).plus(mask2);
    Block last = difference.times(h1.times(h1).plus(h2.times(h2)).inverse());
    System.arraycopy(last.bytes(), 0, ciphertext, ciphertext.length - BLOCK, BLOCK);
    Block tag = ghash(h1, aad, ciphertext).plus(mask1);
    assertThat(tag).isEqualTo(ghash(h2, aad, ciphertext).plus(mask2));
    return concat(ciphertext, tag.bytes());
  }

  private static byte[] aes(byte[] key, byte[] block) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
    return cipher.doFinal(block);
  }

  private static Block ghash(Block h, byte[] aad, byte[] ciphertext) {
    Block y = new Block(0, 0);
    for (byte[] data : new byte[][] {aad, ciphertext}) {
      for (int at = 0; at < data.length; at += BLOCK) {
        y = y.plus(Block.of(Arrays.copyOfRange(data, at, at + BLOCK))).times(h);
      }
    }
    return y.plus(new Block(aad.length * 8L, ciphertext.length * 8L)).times(h);
  }

  private static byte[] concat(byte[]... pieces) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(pieces).mapToInt(p -> p.length).sum());
    for (byte[] piece : pieces) {
      all.put(piece);
    }
    return all.array();
  }

  /// An element of GCM's field, SP 800-38D §6.3.
  private record Block(long high, long low) {
    static Block of(byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      return new Block(in.getLong(), in.getLong());
    }

    byte[] bytes() {
      return ByteBuffer.allocate(BLOCK).putLong(high).putLong(low).array();
    }

    Block plus(Block other) {
      return new Block(high ^ other.high, low ^ other.low);
    }

    Block times(Block other) {
      Block z = new Block(0, 0);
      Block v = other;
      for (int i = 0; i < 128; i++) {
        long bit = i < 64 ? high >>> 63 - i & 1 : low >>> 127 - i & 1;
        z = bit == 1 ? z.plus(v) : z;
        long carry = v.low & 1;
        v = new Block(v.high >>> 1, v.low >>> 1 | v.high << 63);
        v = carry == 1 ? v.plus(new Block(0xe1L << 56, 0)) : v;
      }
      return z;
    }

    /// Fermat: the power of 2¹²⁸ − 2.
    Block inverse() {
      Block power = this;
      Block result = new Block(1L << 63, 0);
      for (int i = 1; i < 128; i++) {
        power = power.times(power);
        result = result.times(power);
      }
      return result;
    }
  }
}
