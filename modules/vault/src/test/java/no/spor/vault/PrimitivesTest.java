package no.spor.vault;

import static no.spor.vault.Vectors.bytes;
import static no.spor.vault.Vectors.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The primitives against published vectors: RFC 4231, RFC 5869, Project Wycheproof.
class PrimitivesTest {
  private final Workbench bench = new Workbench();

  @Test
  void hmacOfRfc4231() {
    assertHmac(
        "0b".repeat(20),
        hex("Hi There"),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assertHmac(
        hex("Jefe"),
        hex("what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assertHmac(
        "aa".repeat(131),
        hex("Test Using Larger Than Block-Size Key - Hash Key First"),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  }

  private void assertHmac(String key, String message, String mac) {
    SecretBytes secret = SecretBytes.owning(HexFormat.of().parseHex(key));
    assertThat(bench.hmac(secret, HexFormat.of().parseHex(message)))
        .isEqualTo(HexFormat.of().parseHex(mac));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void hkdfOfRfc5869() {
    SecretBytes keyingMaterial = SecretBytes.owning(HexFormat.of().parseHex("0b".repeat(22)));
    SecretBytes prk =
        bench.extract(HexFormat.of().parseHex("000102030405060708090a0b0c"), keyingMaterial);
    assertThat(prk.exposedCopy())
        .isEqualTo(
            HexFormat.of()
                .parseHex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
    assertThat(bench.expand(prk, 42, HexFormat.of().parseHex("f0f1f2f3f4f5f6f7f8f9")))
        .isEqualTo(
            HexFormat.of()
                .parseHex(
                    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
    assertThat(bench.expand(bench.extract(new byte[0], keyingMaterial), 42, new byte[0]))
        .isEqualTo(
            HexFormat.of()
                .parseHex(
                    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
  }

  @Test
  void hkdfOfWycheproof() {
    for (JsonNode test : Vectors.cases("wycheproof/hkdf_sha256.json")) {
      SecretBytes prk = bench.extract(bytes(test, "salt"), secret(test, "ikm"));
      int size = test.get("size").asInt();
      if (test.get("result").asString().equals("valid")) {
        assertThat(bench.expand(prk, size, bytes(test, "info")))
            .as("test %s", test.get("tcId"))
            .isEqualTo(bytes(test, "okm"));
      } else {
        assertThatThrownBy(() -> bench.expand(prk, size, bytes(test, "info")))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void hmacOfWycheproof() {
    for (JsonNode test : Vectors.cases("wycheproof/hmac_sha256.json")) {
      byte[] mac = bench.hmac(secret(test, "key"), bytes(test, "msg"));
      assertThat(Arrays.equals(mac, bytes(test, "tag")))
          .as("test %s", test.get("tcId"))
          .isEqualTo(test.get("result").asString().equals("valid"));
    }
  }

  @Test
  void gcmOfWycheproof() throws Exception {
    for (JsonNode test : Vectors.cases("wycheproof/aes_gcm_256.json")) {
      byte[] nonce = bytes(test, "iv");
      byte[] message = bytes(test, "msg");
      byte[] expected = joined(joined(nonce, bytes(test, "ct")), bytes(test, "tag"));
      byte[] aad = bytes(test, "aad");
      SecretBytes key = secret(test, "key");
      if (test.get("result").asString().equals("valid")) {
        byte[] out = Arrays.copyOf(nonce, expected.length);
        bench.encrypt(key, nonce, message, message.length, out, nonce.length, aad);
        assertThat(out).as("test %s", test.get("tcId")).isEqualTo(expected);
        assertThat(bench.decrypt(key, expected, 0, nonce.length, aad)).isEqualTo(message);
      } else {
        assertThatThrownBy(() -> bench.decrypt(key, expected, 0, nonce.length, aad))
            .as("test %s", test.get("tcId"))
            .isInstanceOf(AEADBadTagException.class);
      }
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
