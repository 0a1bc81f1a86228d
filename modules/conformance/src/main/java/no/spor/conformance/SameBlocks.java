package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;

/// Compares blocks byte for byte: records with arrays are not equal by themselves.
final class SameBlocks {
  private SameBlocks() {}

  static void assertSame(List<Block> actual, List<Block> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertSame(actual.get(i), expected.get(i));
    }
  }

  static void assertSame(Block actual, Block expected) {
    assertSame(actual.head(), expected.head());
    var what = "block " + expected.head().number() + ": ";
    assertThat(actual.entries()).as(what + "entries").isEqualTo(expected.entries());
    assertThat(actual.salts()).as(what + "salts").isEqualTo(expected.salts());
    assertThat(actual.tags()).as(what + "tags").isEqualTo(expected.tags());
    assertThat(actual.headers().stream().map(ByteBuffer::wrap))
        .as(what + "headers")
        .isEqualTo(expected.headers().stream().map(ByteBuffer::wrap).toList());
    assertThat(actual.groups().stream().map(Block.PartGroup::label))
        .as(what + "labels")
        .isEqualTo(expected.groups().stream().map(Block.PartGroup::label).toList());
    assertThat(actual.groups().stream().map(group -> ByteBuffer.wrap(group.bytes())))
        .as(what + "groups")
        .isEqualTo(expected.groups().stream().map(g -> ByteBuffer.wrap(g.bytes())).toList());
  }

  static void assertSame(BlockHead actual, BlockHead expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }
}
