package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.PartGroups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who asks for some records of a block gets those as they are in the whole of it, and of the
/// others nothing.
class SomeRecordsOfBlocksTest {
  @Test
  void areWhatTheyAreInTheWholeOfIt(@TempDir Path folder) {
    try (var fixture = new SqliteLedgerFixture(folder.resolve("data"))) {
      var store = fixture.store();
      var blocks = new SampleBlocks(store.ledger(), 20261122, null).any(15);
      store.append(blocks);
      for (var block : blocks) {
        long first = block.head().firstPosition();
        long last = block.head().endPosition() - 1;
        var wanted = new TreeSet<>(List.of(first - 1, first, last, last + 1));
        var some = store.blockAt(first, wanted).orElseThrow();
        assertThat(some.entries()).isEqualTo(block.entries());
        for (long position = first; position <= last; position++) {
          int index = (int) (position - first);
          if (wanted.contains(position)) {
            assertThat(some.headers().get(index)).isEqualTo(block.headers().get(index));
            assertThat(partsOf(some, index)).isEqualTo(partsOf(block, index));
          } else {
            assertThat(some.headers().get(index)).isEmpty();
            assertThat(partsOf(some, index)).isEmpty();
          }
        }
      }
      assertThat(blocks).anyMatch(block -> !partsOf(block, 0).isEmpty());
    }
  }

  private static List<String> partsOf(Block block, int index) {
    var parts = new ArrayList<String>();
    for (var group : block.groups()) {
      PartGroups.read(
          group.bytes(),
          (record, part, kind, offset, length) -> {
            if (record == index) {
              var bytes = HexFormat.of().formatHex(group.bytes(), offset, offset + length);
              parts.add(group.label() + " " + part + " " + kind + " " + bytes);
            }
          });
    }
    return parts;
  }
}
