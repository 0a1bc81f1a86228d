package no.spor.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import no.spor.ledger.LedgerRecord.RecordPart;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The vectors of `FORMAT.md`, computed without any code of this house.
class FormatVectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  static Stream<Path> sound() throws IOException {
    return files(false);
  }

  static Stream<Path> refused() throws IOException {
    return files(true);
  }

  private static Stream<Path> files(boolean refused) throws IOException {
    try (var all = Files.list(VECTORS)) {
      return all
          .filter(file -> file.toString().endsWith(".json"))
          .filter(file -> file.getFileName().toString().startsWith("refused-") == refused)
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("sound")
  void recordsAreReadAsTheyWereWritten(Path file) {
    for (var json : read(file).get("blocks")) {
      var block = block(json);
      BlockReader.checkHash(block);
      var records = new BlockReader(block).records().iterator();
      var position = block.head().firstPosition();
      for (var expected : json.get("records")) {
        if (!expected.isNull()) {
          check(records.next(), expected, position);
        }
        position++;
      }
      assertThat(records).isExhausted();
    }
  }

  private static void check(LedgerRecord record, JsonNode expected, long position) {
    assertThat(record.position()).isEqualTo(position);
    assertThat(record.stream()).isEqualTo(expected.get("stream").asString());
    assertThat(record.sequence()).isEqualTo(expected.get("sequence").asLong());
    assertThat(record.recordedAtMillis()).isEqualTo(expected.get("recordedAt").asLong());
    assertThat(record.body()).isEqualTo(hex(expected.get("body")));
    assertThat(record.header()).isEqualTo(hex(expected.get("header")));
    assertThat(record.parts()).hasSize(expected.get("parts").size());
    for (int i = 0; i < record.parts().size(); i++) {
      var part = expected.get("parts").get(i);
      var bytes = hex(part.get("bytes"));
      switch (record.parts().get(i)) {
        case RecordPart.Kept kept -> {
          assertThat(part.get("kind").asString()).isEqualTo("kept");
          assertThat(kept.bytes()).isEqualTo(bytes);
        }
        case RecordPart.Dropped dropped -> {
          assertThat(part.get("kind").asString()).isEqualTo("dropped");
          assertThat(dropped.digest()).isEqualTo(bytes);
        }
        case RecordPart.None none -> assertThat(part.get("kind").asString()).isEqualTo("none");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sound")
  void theSameRecordsGiveTheSameBytes(Path file) {
    BlockHead previous = null;
    for (var json : read(file).get("blocks")) {
      var expected = block(json);
      if (isWrittenInOneGo(json)) {
        var given = new GivenRandom(expected.salts(), expected.head().commit());
        var builder = new BlockBuilder(expected.head().ledger(), given);
        for (var record : json.get("records")) {
          builder.add(
              draft(record, expected.head().control()),
              record.get("sequence").asLong(),
              record.get("recordedAt").asLong());
        }
        var built = builder.build(previous, expected.head().keys());
        assertThat(built).usingRecursiveComparison().isEqualTo(expected);
      }
      previous = expected.head();
    }
  }

  private static boolean isWrittenInOneGo(JsonNode block) {
    return block.get("salts").asString().startsWith("01")
        && block
            .get("records")
            .valueStream()
            .flatMap(record -> record.get("parts").valueStream())
            .noneMatch(part -> part.get("kind").asString().equals("dropped"));
  }

  private static Draft draft(JsonNode record, boolean control) {
    var parts = new ArrayList<DraftPart>();
    for (var part : record.get("parts")) {
      boolean none = part.get("kind").asString().equals("none");
      parts.add(new DraftPart(part.get("label").asString(), none ? null : hex(part.get("bytes"))));
    }
    return new Draft(
        record.get("stream").asString(),
        hex(record.get("body")),
        parts,
        null,
        List.of(),
        control,
        null);
  }

  @ParameterizedTest
  @MethodSource("droppable")
  void droppingLeavesEntriesAndHash(Path before, Path after, PartAddress part) {
    var whole = block(read(before).get("blocks").get(0));
    var dropped = block(read(after).get("blocks").get(0));
    assertThat(whole.entries()).isEqualTo(dropped.entries());
    assertThat(whole.head().hash()).isEqualTo(dropped.head().hash());
    int count = 0;
    for (int i = 0; i < whole.groups().size(); i++) {
      var drop = PartGroups.drop(whole.groups().get(i).bytes(), List.of(part));
      assertThat(drop.group()).isEqualTo(dropped.groups().get(i).bytes());
      assertThat(PartGroups.drop(drop.group(), List.of(part)).count()).isZero();
      count += drop.count();
    }
    assertThat(count).isOne();
  }

  static Stream<Object[]> droppable() {
    return Stream.<Object[]>of(
        new Object[] {
          VECTORS.resolve("before-the-drop.json"),
          VECTORS.resolve("several-parts.json"),
          new PartAddress(0, 3)
        });
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatIsNotAsTheFormatDemandsIsRefused(Path file) {
    var vector = read(file);
    assertThatThrownBy(() -> readAll(vector))
        .isInstanceOf(LedgerDamageException.class)
        .hasMessageContaining(vector.get("refused").asString());
  }

  @ParameterizedTest
  @MethodSource("small")
  void noBitCanBeFlippedUnnoticed(Path file) {
    for (var json : read(file).get("blocks")) {
      for (var bytes : new String[] {"salts", "entries", "headers", "groups", "hash"}) {
        int count = bytes(block(json), bytes).size();
        for (int i = 0; i < count; i++) {
          flipEach(json, bytes, i);
        }
      }
    }
  }

  static Stream<Path> small() throws IOException {
    return sound().filter(file -> !file.endsWith("largest-salt-index.json"));
  }

  private static void flipEach(JsonNode json, String which, int index) {
    var block = block(json);
    var bytes = bytes(block, which).get(index);
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      // The salt of a header that was dropped says nothing any more.
      boolean idle =
          which.equals("salts")
              && bytes[0] == BlockReader.SALTS_KEPT
              && bit >= 8
              && block.headers().get((bit / 8 - 1) / 16).length == 0;
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(isRefused(block) || idle).as("%s %d, bit %d", which, index, bit).isTrue();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(isRefused(block)).isFalse();
  }

  private static boolean isRefused(Block block) {
    try {
      BlockReader.checkHash(block);
      new BlockReader(block).records();
      return false;
    } catch (LedgerDamageException e) {
      return true;
    }
  }

  private static List<byte[]> bytes(Block block, String which) {
    return switch (which) {
      case "salts" -> List.of(block.salts());
      case "entries" -> List.of(block.entries());
      case "headers" -> block.headers();
      case "groups" -> block.groups().stream().map(Block.PartGroup::bytes).toList();
      default -> List.of(block.head().hash());
    };
  }

  private static void readAll(JsonNode vector) {
    var blocks = new ArrayList<Block>();
    vector.get("blocks").forEach(json -> blocks.add(block(json)));
    for (var block : blocks) {
      new BlockReader(block).records();
      BlockReader.checkHash(block);
    }
    var options = LedgerOptions.of(() -> Instant.EPOCH, new SecureRandom());
    try (var ledger =
        Ledger.open(
            new GivenStore(blocks), RecordIdentity.NONE, RecordedKeys.inMemory(), options)) {
      assertThat(ledger.size()).isPositive();
    }
  }

  private static JsonNode read(Path file) {
    return JsonMapper.shared().readTree(file.toFile());
  }

  private static Block block(JsonNode json) {
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
    var headers = new ArrayList<byte[]>();
    json.get("headers").forEach(header -> headers.add(hex(header)));
    var groups = new ArrayList<Block.PartGroup>();
    for (var group : json.get("groups")) {
      groups.add(new Block.PartGroup(group.get("label").asString(), hex(group.get("bytes"))));
    }
    return new Block(
        head, hex(json.get("entries")), hex(json.get("salts")), headers, groups, Set.of());
  }

  private static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.asString());
  }

  /// Gives the secret and the commit id that a vector has.
  private static final class GivenRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] salts;
    private final UUID commit;
    private int longs;

    GivenRandom(byte[] salts, UUID commit) {
      this.salts = salts;
      this.commit = commit;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(salts, 1, bytes, 0, bytes.length);
    }

    @Override
    public long nextLong() {
      return longs++ % 2 == 0 ? commit.getMostSignificantBits() : commit.getLeastSignificantBits();
    }
  }
}
