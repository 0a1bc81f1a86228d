package no.spor.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Proofs and checkpoints, a file for each single failure, made by a program that is not ours.
class ProofVectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  static Stream<Path> proofs() throws IOException {
    return files("proof");
  }

  static Stream<Path> checkpoints() throws IOException {
    return files("checkpoint");
  }

  private static Stream<Path> files(String folder) throws IOException {
    try (var files = Files.list(VECTORS.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("proofs")
  void eachProofIsJudgedAsItSays(Path file) {
    var vector = JsonMapper.shared().readTree(file.toFile());
    assertThat(judged(() -> InclusionProof.parse(text(vector)).flaw(keys(vector)), "proof"))
        .isEqualTo(vector.path("refused").asString(""));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void eachCheckpointIsJudgedAsItSays(Path file) {
    var vector = JsonMapper.shared().readTree(file.toFile());
    assertThat(
            judged(
                () -> CheckpointNote.parse(text(vector)).signatureFlaw(keys(vector)), "signature"))
        .isEqualTo(vector.path("refused").asString(""));
  }

  @FunctionalInterface
  private interface Judge {
    @Nullable String flaw();
  }

  private static String judged(Judge judge, String kind) {
    try {
      return judge.flaw() == null ? "" : kind;
    } catch (IllegalArgumentException e) {
      return "form";
    }
  }

  private static byte[] text(JsonNode vector) {
    return vector.get("text").asString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<VerifierKey> keys(JsonNode vector) {
    return vector.get("keys").valueStream().map(key -> VerifierKey.parse(key.asString())).toList();
  }
}
