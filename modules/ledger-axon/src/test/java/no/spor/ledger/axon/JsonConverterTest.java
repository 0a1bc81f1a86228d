package no.spor.ledger.axon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.axonframework.conversion.ConversionException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonConverterTest {
  record Key(String name, List<Integer> numbers) {}

  private final JsonConverter converter = new JsonConverter(JsonMapper.shared());

  @Test
  void recordsBecomeBytesAndComeBack() {
    Key key = new Key("Ærlig", List.of(1, 2));
    byte[] bytes = converter.convert(key, byte[].class);
    assertThat(bytes).asString().isEqualTo("{\"name\":\"Ærlig\",\"numbers\":[1,2]}");
    assertThat((Key) converter.convert(bytes, Key.class)).isEqualTo(key);
    assertThat((String) converter.convert(bytes, String.class)).startsWith("{\"name\":\"Ærlig\"");
    assertThat((Object) converter.convert(null, Key.class)).isNull();
  }

  @Test
  void aMemberThatWasAddedLaterIsPassedOver() {
    assertThat((Key) converter.convert("{\"name\":\"a\",\"new\":1}".getBytes(), Key.class))
        .isEqualTo(new Key("a", null));
  }

  @Test
  void aFailureDoesNotQuoteThePayload() {
    byte[] bytes = "{\"name\":{\"secret\":\"ola@bygg.no\"}}".getBytes();
    assertThatThrownBy(() -> converter.convert(bytes, Key.class))
        .isInstanceOf(ConversionException.class)
        .hasNoCause()
        .message()
        .doesNotContain("ola", "secret");
  }
}
