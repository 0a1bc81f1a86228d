package no.spor.ledger.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The published vectors of RFC 6962 trees, as Certificate Transparency is tested with.
class MerkleVectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors/tree");

  private static final List<String> LEAVES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  static Stream<JsonNode> inclusion() throws IOException {
    return lines("inclusion.jsonl");
  }

  static Stream<JsonNode> consistency() throws IOException {
    return lines("consistency.jsonl");
  }

  private static Stream<JsonNode> lines(String file) throws IOException {
    return Files.readAllLines(VECTORS.resolve(file)).stream()
        .map(line -> JsonMapper.shared().readTree(line));
  }

  @Test
  void theWellKnownTreesHaveTheWellKnownRoots() {
    var hasher = new MerkleHasher();
    var leaves = new ArrayList<byte[]>();
    for (int size = 0; size <= LEAVES.size(); size++) {
      var subtrees = (MerkleProofs.Subtrees) (height, index) -> naive(leaves, height, index);
      assertThat(HexFormat.of().formatHex(MerkleProofs.root(size, subtrees)))
          .isEqualTo(ROOTS.get(size));
      if (size < LEAVES.size()) {
        leaves.add(hasher.leaf(HexFormat.of().parseHex(LEAVES.get(size))));
      }
    }
  }

  private static byte[] naive(List<byte[]> leaves, int height, long index) {
    int from = (int) index << height;
    return new NaiveTree(leaves.subList(from, from + (1 << height))).root();
  }

  @ParameterizedTest
  @MethodSource("inclusion")
  void inclusionIsShownByTheSoundProofsAlone(JsonNode json) {
    assertThat(
            MerkleProofs.includes(
                bytes(json.get("leaf")),
                number(json, "index"),
                number(json, "size"),
                path(json),
                bytes(json.get("root"))))
        .as(json.get("name").asString())
        .isEqualTo(json.get("sound").asBoolean());
  }

  @ParameterizedTest
  @MethodSource("consistency")
  void consistencyIsShownByTheSoundProofsAlone(JsonNode json) {
    assertThat(
            MerkleProofs.isConsistent(
                number(json, "from"),
                bytes(json.get("fromRoot")),
                number(json, "to"),
                bytes(json.get("toRoot")),
                path(json)))
        .as(json.get("name").asString())
        .isEqualTo(json.get("sound").asBoolean());
  }

  /// Some are beyond 2⁶³: no position is.
  private static long number(JsonNode json, String member) {
    return json.get(member).numberValue().longValue();
  }

  private static List<byte[]> path(JsonNode json) {
    return json.get("path").valueStream().map(MerkleVectorsTest::bytes).toList();
  }

  private static byte[] bytes(JsonNode json) {
    return Base64.getDecoder().decode(json.asString());
  }
}
