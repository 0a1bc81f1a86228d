package no.spor.ledger.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Notes and keys that the Go module `golang.org/x/mod/sumdb/note` made and judged.
class NoteVectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors/note");

  static Stream<Path> sound() throws IOException {
    return files(false);
  }

  static Stream<Path> refused() throws IOException {
    return files(true);
  }

  private static Stream<Path> files(boolean refused) throws IOException {
    try (var all = Files.list(VECTORS)) {
      return all
          .filter(file -> file.getFileName().toString().endsWith(".json"))
          .filter(file -> file.getFileName().toString().startsWith("refused-") == refused)
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("sound")
  void aSoundNoteSaysWhoSignedWhat(Path file) {
    JsonNode vector = read(file);
    SignedNote note = SignedNote.parse(note(vector));
    List<NoteVerifier> keys = keys(vector);

    assertThat(note.text()).isEqualTo(vector.get("text").asString());
    assertThat(note.verifiedBy(keys))
        .extracting(NoteSignature::name)
        .containsExactlyElementsOf(strings(vector.get("verified")));
    assertThat(note.bytes()).isEqualTo(note(vector));
    assertThat(keys)
        .extracting(NoteVerifier::vkey)
        .containsExactlyElementsOf(strings(vector.get("keys")));
  }

  @ParameterizedTest
  @MethodSource("sound")
  void aPrivateKeySignsTheSameBytesAsTheReference(Path file) {
    JsonNode vector = read(file);
    if (!vector.has("private")) {
      return;
    }
    NoteKey key = NoteKey.parse(vector.get("private").asString());
    Instant at = Instant.ofEpochSecond(vector.path("time").asLong(1));
    NoteSignature signature =
        key.signer(InstantSource.fixed(at)).sign(vector.get("text").asString());

    assertThat(key.exposedText()).isEqualTo(vector.get("private").asString());
    assertThat(vector.get("note").asString()).contains(signature.line());
    assertThat(strings(vector.get("keys"))).contains(key.verifier().vkey());
    if (key.verifier().type() == KeyType.COSIGNATURE) {
      assertThat(signature.cosignedAt()).contains(at);
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatIsWrongInOnePlaceIsRefusedForThat(Path file) {
    JsonNode vector = read(file);
    assertThatThrownBy(() -> SignedNote.parse(note(vector)).verifiedBy(keys(vector)))
        .as("%s", vector.get("says").asString())
        .asInstanceOf(type(NoteException.class))
        .extracting(NoteException::kind)
        .isEqualTo(NoteException.Kind.valueOf(vector.get("refused").asString()));
  }

  private static List<NoteVerifier> keys(JsonNode vector) {
    return strings(vector.get("keys")).stream().map(NoteVerifier::of).toList();
  }

  private static byte[] note(JsonNode vector) {
    return vector.has("noteHex")
        ? HexFormat.of().parseHex(vector.get("noteHex").asString())
        : vector.path("note").asString("").getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static JsonNode read(Path file) {
    return JsonMapper.shared().readTree(file.toFile());
  }
}
