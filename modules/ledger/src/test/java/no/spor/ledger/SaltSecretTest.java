package no.spor.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SaltSecretTest {
  @Test
  void isHmacSha256() {
    // RFC 4231, test cases 1 and 2.
    var key = new byte[20];
    Arrays.fill(key, (byte) 0x0b);
    check(key, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    check(
        "Jefe".getBytes(StandardCharsets.US_ASCII),
        "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  private static void check(byte[] key, String message, String expected) {
    var mac = new byte[32];
    var secret = new SaltSecret(key);
    for (int again = 0; again < 2; again++) {
      secret.hmac(message.getBytes(StandardCharsets.US_ASCII), mac);
      assertThat(HexFormat.of().formatHex(mac)).isEqualTo(expected);
    }
  }
}
