package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PartGroups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who asks for some records of a block gets those as they are in the whole of it, and of the
/// others nothing.
class SomeRecordsOfBlocksTest {
  private static final int SEED = 20261122;

  @Test
  void areWhatTheyAreInTheWholeOfIt(@TempDir Path folder) {
    try (var fixture = new SqliteLedgerFixture(folder.resolve("data"))) {
      var store = (SqliteLedgerStore) fixture.store();
      var blocks = new SampleBlocks(store.ledger(), SEED, null).any(15);
      store.append(blocks);
      assertThat(blocks)
          .anyMatch(block -> block.head().count() > BlockFrames.RECORDS)
          .anyMatch(block -> !partsOf(block, 0).isEmpty());
      check(store, blocks, true);
    }
  }

  /// As they lay before blocks were packed in frames; and once something of them is dropped.
  @Test
  void areTheSameInBlocksThatWereWrittenInOnePiece(@TempDir Path folder) throws Exception {
    try (var fixture = new SqliteLedgerFixture(folder.resolve("data"))) {
      var store = (SqliteLedgerStore) fixture.store();
      var blocks = new SampleBlocks(store.ledger(), SEED, null).any(15);
      store.append(blocks);
      store
          .file()
          .save(session -> {
            for (var block : blocks) {
              BlockRow.inOnePiece(block).update(session.prepare(BlockRow.UPDATE));
            }
          });
      assertThat(store.blocks(0, 15)).usingRecursiveComparison().isEqualTo(blocks);
      check(store, blocks, false);
      var block =
          blocks.stream()
              .filter(one -> one.head().count() > BlockFrames.RECORDS)
              .findFirst()
              .orElseThrow();
      var parts = new ArrayList<PartAddress>();
      for (var group : block.groups()) {
        PartGroups.read(
            group.bytes(),
            (record, part, kind, offset, length) -> parts.add(new PartAddress(record, part)));
      }
      assertThat(store.drop(block.head().number(), parts)).isPositive();
      var left = store.blocks(block.head().number(), 1).getFirst();
      assertThat(left.headers()).usingRecursiveComparison().isEqualTo(block.headers());
      check(store, List.of(left), true);
    }
  }

  private static void check(SqliteLedgerStore store, List<Block> blocks, boolean framed) {
    boolean narrowed = false;
    for (var block : blocks) {
      long first = block.head().firstPosition();
      long last = block.head().endPosition() - 1;
      var wanted = new TreeSet<>(List.of(first - 1, first, (first + last) / 2, last, last + 1));
      for (long asked : wanted.subSet(first, last + 1)) {
        var excerpt = store.excerptAt(asked, wanted).orElseThrow();
        var some = excerpt.block();
        int end = excerpt.from() + some.headers().size();
        narrowed |= some.headers().size() < block.headers().size();
        assertThat(asked - first).isGreaterThanOrEqualTo(excerpt.from()).isLessThan(end);
        assertThat(some.entries())
            .isEqualTo(Arrays.copyOfRange(block.entries(), 32 * excerpt.from(), 32 * end));
        for (int index = excerpt.from(); index < end; index++) {
          var header = some.headers().get(index - excerpt.from());
          if (wanted.contains(first + index)) {
            assertThat(header).isEqualTo(block.headers().get(index));
            assertThat(partsOf(some, index)).isEqualTo(partsOf(block, index));
          } else {
            assertThat(header).isEmpty();
            assertThat(partsOf(some, index)).isEmpty();
          }
        }
      }
    }
    assertThat(narrowed)
        .isEqualTo(
            framed && blocks.stream().anyMatch(one -> one.head().count() > BlockFrames.RECORDS));
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
