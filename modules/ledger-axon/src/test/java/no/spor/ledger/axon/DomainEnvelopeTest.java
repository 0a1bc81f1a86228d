package no.spor.ledger.axon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DomainEnvelopeTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void theBytesAreThoseOfTheFormat() {
    byte[] encoded = new DomainEnvelope(Map.of("k", "vå"), new byte[] {(byte) 0xca}).encode();
    assertThat(HEX.formatHex(encoded))
        .isEqualTo("01" + "0001" + "000000016b" + "0000000376c3a5" + "ca");
    DomainEnvelope decoded = DomainEnvelope.decode(encoded);
    assertThat(decoded.metadata()).isEqualTo(Map.of("k", "vå"));
    assertThat(decoded.payload()).containsExactly(0xca);
    assertThat(DomainEnvelope.decode(new DomainEnvelope(Map.of(), new byte[0]).encode()).payload())
        .isEmpty();
  }

  @Test
  void whatEndsTooEarlyOrIsOfAnotherFormatIsRefused() {
    byte[] encoded = new DomainEnvelope(Map.of("key", "value"), new byte[0]).encode();
    for (int length = 0; length < encoded.length; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);
      assertThatThrownBy(() -> DomainEnvelope.decode(cut))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> DomainEnvelope.decode(HEX.parseHex("020000")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DomainEnvelope.decode(HEX.parseHex("010001ffffffff")))
        .as("a length beyond the end does not allocate")
        .isInstanceOf(IllegalArgumentException.class);
  }
}
