package no.spor.ledger.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import no.spor.ledger.LedgerDamageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlogProofTest {
  /// After the example of C2SP `tlog-proof`.
  private static final String EXAMPLE =
      """
      c2sp.org/tlog-proof@v1
      extra AQIDBA==
      index 73894
      gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
      B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=

      example.com/fancylog
      109482
      sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

      — example.com/fancylog hI2DJw==
      """;

  @Test
  void theExampleIsReadAndWrittenByteForByte() {
    var proof = TlogProof.parse(EXAMPLE);
    assertThat(proof.index()).isEqualTo(73_894);
    assertThat(proof.extra()).containsExactly(1, 2, 3, 4);
    assertThat(proof.path()).hasSize(2);
    assertThat(proof.note()).startsWith("example.com/fancylog\n").endsWith("hI2DJw==\n");
    assertThat(proof.text()).isEqualTo(EXAMPLE);
  }

  @Test
  void aTreeOfOneHasAnEmptyPath() {
    var text = new TlogProof(0, List.of(), null, "o\n1\nroot\n\n— o x\n").text();
    assertThat(text).isEqualTo("c2sp.org/tlog-proof@v1\nindex 0\n\no\n1\nroot\n\n— o x\n");
    assertThat(TlogProof.parse(text).path()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c2sp.org/tlog-proof@v2\nindex 0\n\no\n",
        "c2sp.org/tlog-proof@v1\n\no\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n\no\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\no\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nextra AQID\n\no\n",
        "c2sp.org/tlog-proof@v1\nextra AQI\nindex 1\n\no\n",
        "c2sp.org/tlog-proof@v1\nextra AQID\nextra AQID\nindex 1\n\no\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nAQID\n\no\n",
        "c2sp.org/tlog-proof@v1\nindex 1\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmB=\n\no\n",
        "c2sp.org/tlog-proof@v1\r\nindex 1\n\no\n",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775807\n\no\n",
      })
  void whatIsNoProofIsRefused(String text) {
    assertThatThrownBy(() -> TlogProof.parse(text)).isInstanceOf(LedgerDamageException.class);
  }
}
