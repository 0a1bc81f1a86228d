package no.spor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
  private final JsonReader reader = new JsonReader();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "{}]",
        "{]",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{'a':1}",
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "-",
        "0x10",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "True",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\t\"",
        "\"\n\"",
        "{} {}",
        "1 2",
        "/* */{}",
        "// x\n{}",
        "# x\n{}",
        "{\"a\":1 \"b\":2}",
        "[1 2]",
        "{\"a\":1}\u0000",
        "\u0000",
        "\ufeff{}",
        "{\"a\":undefined}",
        "\u00a0{}",
        "\u000b{}",
        "[,1]",
        "\"\u007f",
        "{\"a\" 1}"
      })
  void whatIsNoJsonIsRefused(String text) {
    refused(text.getBytes(StandardCharsets.UTF_8), "malformed-json");
  }

  @ParameterizedTest
  @CsvSource({
    "an overlong slash, c0af",
    "an overlong slash of three bytes, e080af",
    "an overlong slash of four bytes, f08080af",
    "Java's own zero, c080",
    "a high surrogate, eda080",
    "a low surrogate, edbfbf",
    "a pair of surrogates (CESU-8), eda0bdedb880",
    "beyond Unicode, f4908080",
    "a lead that is none, f5808080",
    "five bytes, f888808080",
    "a lone continuation, 80",
    "a sequence cut short, e282",
    "Latin-1, e5",
    "0xff, ff"
  })
  void whatIsNoUtf8IsRefused(String name, String hex) {
    byte[] string = HexFormat.of().parseHex("22" + hex + "22");
    refused(string, "malformed-json");
    refused(HexFormat.of().parseHex("7b22" + hex + "223a317d"), "malformed-json");
    refused(HexFormat.of().parseHex("22" + hex), "malformed-json");
  }

  @Test
  void otherEncodingsAreNotGuessed() {
    refused("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE), "malformed-json");
    refused("{\"a\":1}".getBytes(StandardCharsets.UTF_16BE), "malformed-json");
    refused("{\"a\":1}".getBytes(StandardCharsets.UTF_16), "malformed-json");
    refused("{\"a\":1}".getBytes(java.nio.charset.Charset.forName("UTF-32")), "malformed-json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ude00\\ud83d\"",
        "{\"\\ud800\":1}",
        "[[\"x\\uD83D\"]]",
        "\"\\ud83dx\\ude00\""
      })
  void aLoneSurrogateIsRefused(String text) {
    refused(text.getBytes(StandardCharsets.UTF_8), "lone-surrogate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":2}",
        "[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]",
        "{\"\":1,\"\":2}"
      })
  void aMemberTwiceIsRefused(String text) {
    refused(text.getBytes(StandardCharsets.UTF_8), "duplicate-member");
  }

  @Test
  void equalNamesInDifferentObjectsAreNoDuplicates() throws Exception {
    assertThat(read("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}").count()).isEqualTo(5);
  }

  @Test
  void nestingIsBounded() throws Exception {
    assertThat(read("[".repeat(32) + "]".repeat(32)).count()).isEqualTo(1);
    assertThat(read("{\"a\":".repeat(31) + "{}" + "}".repeat(31)).count()).isEqualTo(32);
    refused(("[".repeat(33) + "]".repeat(33)).getBytes(StandardCharsets.UTF_8), "nesting-too-deep");
    refused("[".repeat(200_000).getBytes(StandardCharsets.UTF_8), "nesting-too-deep");
    refused("{\"a\":".repeat(50_000).getBytes(StandardCharsets.UTF_8), "nesting-too-deep");
  }

  @Test
  void numbersAreBoundedInLengthNotInValue() throws Exception {
    assertThat(read("1E999999999").kind(0)).isEqualTo(JsonDocument.FRACTION);
    assertThat(read("9".repeat(1000)).number(0)).isEqualTo("9".repeat(1000));
    refused("9".repeat(1001).getBytes(StandardCharsets.UTF_8), "number-too-long");
    refused(("0." + "1".repeat(200_000)).getBytes(StandardCharsets.UTF_8), "number-too-long");
  }

  @Test
  void everyValueIsFoundAtItsBytes() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String text = RawJson.object(random, 5);
      byte[] bytes = (" x" + text + " y").getBytes(StandardCharsets.UTF_8);
      JsonDocument document = reader.read(bytes, 2, bytes.length - 1);
      for (int node = 0; node < document.count(); node++) {
        byte[] value =
            java.util.Arrays.copyOfRange(bytes, document.start(node), document.end(node));
        Object parsed = RawJson.parse(value);
        if (document.kind(node) == JsonDocument.STRING) {
          assertThat(document.string(node)).as("seed %d: %s", seed, text).isEqualTo(parsed);
        }
        String name = document.name(node);
        if (name != null) {
          byte[] member =
              java.util.Arrays.copyOfRange(bytes, document.nameStart(node), document.end(node));
          String object = "{" + new String(member, StandardCharsets.UTF_8) + "}";
          assertThat(RawJson.parse(object.getBytes(StandardCharsets.UTF_8)))
              .as("seed %d: %s", seed, text)
              .isEqualTo(java.util.Map.of(name, parsed));
        }
      }
    }
  }

  @Test
  void whatIsJsonAnotherParserSaysToo() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String pieces = "{}[]\",:\\u0019aeE.-+tfn \t\n/";
    int sound = 0;
    for (int round = 0; round < 40_000; round++) {
      StringBuilder changed = new StringBuilder(RawJson.object(random, 4));
      for (int change = random.nextInt(3); change > 0; change--) {
        int at = random.nextInt(changed.length() + 1);
        char piece = pieces.charAt(random.nextInt(pieces.length()));
        switch (random.nextInt(3)) {
          case 0 -> changed.insert(at, piece);
          case 1 -> changed.replace(at, Math.min(at + 1, changed.length()), "" + piece);
          default -> changed.delete(at, Math.min(at + 1, changed.length()));
        }
      }
      String text = changed.toString();
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      boolean json = true;
      try {
        reader.read(bytes, 0, bytes.length);
        sound++;
      } catch (RefusedEventException e) {
        if (e.problem() != Problems.MALFORMED_JSON) {
          continue;
        }
        json = false;
      }
      assertThat(json).as("seed %d: %s", seed, text).isEqualTo(RawJson.isJson(bytes));
    }
    assertThat(sound).isBetween(10_000, 35_000);
  }

  @Test
  void eachLineOfABodyIsReadAsIfItStoodAlone() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] broken = {
      "{", "}", "{\"a\":", "[", "]", "\"", "\"a", "{\"a\":\"", "1", "1.", "tru", ",", "{}{}"
    };
    for (int round = 0; round < 2_000; round++) {
      StringBuilder body = new StringBuilder();
      for (int line = random.nextInt(12); line >= 0; line--) {
        String text = RawJson.object(random, 3);
        boolean sound = random.nextInt(3) > 0;
        int cut = random.nextInt(text.length());
        body.append(
                sound
                    ? text
                    : random.nextBoolean()
                        ? text.substring(0, cut)
                        : broken[random.nextInt(broken.length)])
            .append(random.nextInt(9) == 0 ? "\r" : "")
            .append(line == 0 && random.nextBoolean() ? "" : "\n");
      }
      byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
      for (int start = 0, stop; start < bytes.length; start = stop + 1) {
        for (stop = start; stop < bytes.length && bytes[stop] != '\n'; ) {
          stop++;
        }
        byte[] alone = java.util.Arrays.copyOfRange(bytes, start, stop);
        assertThat(told(reader, bytes, start, stop))
            .as("seed %d: %s", seed, body)
            .isEqualTo(told(new JsonReader(), alone, 0, alone.length));
      }
    }
  }

  /// @return what stands there, by offsets from where the text begins; or what is wrong with it
  private static String told(JsonReader reader, byte[] bytes, int start, int stop) {
    StringBuilder told = new StringBuilder();
    try {
      JsonDocument read = reader.read(bytes, start, stop);
      for (int node = 0; node < read.count(); node++) {
        told.append(read.kind(node)).append(' ').append(read.name(node)).append(' ');
        told.append(read.start(node) - start).append(' ').append(read.end(node) - start);
        told.append(read.kind(node) == JsonDocument.STRING ? read.string(node) : "").append('\n');
      }
      return told.toString();
    } catch (RefusedEventException refused) {
      return refused.problem().toString();
    }
  }

  @Test
  void membersAreComparedHoweverManyThereAre() throws Exception {
    for (int count : new int[] {15, 16, 17, 18, 40, 5_000}) {
      StringBuilder object = new StringBuilder("{\"a\":{\"x\":1}");
      for (int i = 1; i < count; i++) {
        object.append(",\"m").append(i).append("\":{\"x\":").append(i).append('}');
      }
      assertThat(read(object + "}").count()).isEqualTo(1 + 2 * count);
      for (String twice : new String[] {"a", "\\u0061", "m1", "m" + (count - 1)}) {
        String text = object + ",\"" + twice + "\":0}";
        refused(text.getBytes(StandardCharsets.UTF_8), "duplicate-member");
      }
    }
  }

  @Test
  void textsThatComeAgainAreWhatTheyAre() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Texts texts = new Texts();
    for (int round = 0; round < 20_000; round++) {
      String text = RawJson.text(random).repeat(random.nextInt(8) == 0 ? 9 : 1);
      byte[] bytes = ("x" + text + "y").getBytes(StandardCharsets.UTF_8);
      assertThat(texts.of(bytes, 1, bytes.length - 1)).as("seed %d", seed).isEqualTo(text);
    }
  }

  @Test
  void theScanAgreesWithJavaOnWhatUtf8Is() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(6)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            (byte)
                (random.nextInt(3) > 0 ? random.nextInt(0x80, 0x100) : random.nextInt(0x20, 0x80));
      }
      boolean mark =
          bytes.length >= 3
              && bytes[0] == (byte) 0xef
              && bytes[1] == (byte) 0xbb
              && bytes[2] == (byte) 0xbf;
      assertThat(Utf8Scan.scan(bytes, 0, bytes.length) != Utf8Scan.Finding.MALFORMED)
          .as("seed %d: %s", seed, HexFormat.of().formatHex(bytes))
          .isEqualTo(!mark && utf8(bytes));
    }
  }

  private static boolean utf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private JsonDocument read(String text) throws RefusedEventException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return reader.read(bytes, 0, bytes.length);
  }

  private void refused(byte[] bytes, String slug) {
    assertThatExceptionOfType(RefusedEventException.class)
        .as(new String(bytes, 0, Math.min(bytes.length, 50), StandardCharsets.ISO_8859_1))
        .isThrownBy(() -> reader.read(bytes, 0, bytes.length))
        .withMessage(slug);
  }
}
