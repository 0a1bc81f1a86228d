package no.spor.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The verifier against the vectors of `FORMAT.md`, which were computed without any code of this
/// house: what is sound it finds sound, what is refused it names.
class VerifierVectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  static Stream<Path> vectors() throws IOException {
    try (var files = Files.list(VECTORS)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void eachVectorIsJudgedAsItSays(Path file) {
    var vector = JsonMapper.shared().readTree(file.toFile());
    var blocks = new ArrayList<Block>();
    vector.get("blocks").forEach(json -> blocks.add(block(json)));
    var ledger = blocks.getFirst().head().ledger();

    var report = Verifier.of(new BlocksInMemory(ledger, blocks)).threads(1).run();

    var expected = vector.path("found").valueStream().map(JsonNode::asString).toList();
    assertThat(report.counts().keySet().stream().map(FindingKind::label).sorted().toList())
        .as("%s", report)
        .isEqualTo(expected);
    assertThat(vector.has("refused")).isEqualTo(!report.sound());
  }

  static Block block(JsonNode json) {
    var head =
        new BlockHead(
            UUID.fromString(json.get("ledger").asString()),
            json.get("number").asLong(),
            json.get("firstPosition").asLong(),
            json.get("count").asInt(),
            hex(json.get("previousHash")),
            UUID.fromString(json.get("commit").asString()),
            json.get("epoch").asLong(),
            new KeyStoreMark(
                UUID.fromString(json.get("keyStore").asString()), json.get("generation").asLong()),
            json.get("control").asBoolean(),
            hex(json.get("hash")));
    List<byte[]> headers = json.get("headers").valueStream().map(header -> hex(header)).toList();
    var groups =
        json.get("groups")
            .valueStream()
            .map(group ->
                new Block.PartGroup(group.get("label").asString(), hex(group.get("bytes"))))
            .toList();
    return new Block(
        head, hex(json.get("entries")), hex(json.get("salts")), headers, groups, Set.of());
  }

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.asString());
  }
}
