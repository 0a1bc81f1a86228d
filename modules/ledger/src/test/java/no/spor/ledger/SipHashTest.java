package no.spor.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashTest {
  @Test
  void givesTheReferenceVectorOfSixteenBytes() {
    // Key 00..0f, message 00..0f: vector 16 of the reference implementation's vectors_sip64,
    // db 9b c2 57 7f cc 2a 3f.
    var hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    assertThat(hash.hash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L)).isEqualTo(0x3f2acc7f57c29bdbL);
  }
}
