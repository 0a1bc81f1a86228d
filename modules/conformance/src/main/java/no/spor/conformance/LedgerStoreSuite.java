package no.spor.conformance;

import static no.spor.conformance.SameBlocks.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.ledger.Tag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [LedgerStore] must promise. A subclass gives a fixture; a fixture declares
/// differences, it never skips.
public abstract class LedgerStoreSuite {

  /// A store under test.
  public interface Fixture extends AutoCloseable {
    LedgerStore store();

    /// @return the same ledger as another node sees it; [#store] where one process alone may use it
    default LedgerStore another() {
      return store();
    }

    /// Closes the store.
    ///
    /// @return the same ledger, opened anew as after a restart
    LedgerStore reopened();

    @Override
    void close();
  }

  private static final long SEED = 20_261_122;
  private static final String DAY = "presence/1/2026-11-22";
  private static final String NEXT_DAY = "presence/1/2026-11-23";

  protected Fixture fixture;
  private LedgerStore store;
  private SampleBlocks samples;

  /// @return a fixture over an empty ledger
  protected abstract Fixture open();

  @BeforeEach
  void openFixture() {
    fixture = open();
    store = fixture.store();
    samples = samples(SEED, null);
  }

  @AfterEach
  void closeFixture() {
    fixture.close();
  }

  @Test
  void aNewLedgerIsEmptyUntilItsFirstBlock() {
    assertThat(store.newest()).isEmpty();
    assertThat(store.blocks(0, 10)).isEmpty();
    assertThat(store.blockAt(0)).isEmpty();
    assertThat(store.drop(0, List.of(new PartAddress(0, 0)))).isZero();
    var block = samples.simple();
    append(block);
    assertThat(store.newest()).get().satisfies(head -> assertSame(head, block.head()));
  }

  @Test
  void everyByteComesBackAsItWasGiven() {
    var blocks = samples.any(60);
    blocks.forEach(this::append);
    assertSame(store.blocks(0, 100), blocks);
    assertSame(fixture.another().blocks(0, 100), blocks);
  }

  @Test
  void severalBlocksAreWrittenInOneCall() {
    var blocks = samples.any(20);
    assertThat(store.append(blocks)).isEqualTo(20);
    assertSame(store.blocks(0, 100), blocks);
  }

  @Test
  void everythingIsThereAfterReopening() {
    var blocks = samples.any(40);
    blocks.forEach(this::append);
    var id = store.ledger();
    store = fixture.reopened();
    assertThat(store.ledger()).isEqualTo(id).isEqualTo(blocks.getFirst().head().ledger());
    assertSame(store.blocks(0, 100), blocks);
    assertSame(store.newest().orElseThrow(), blocks.getLast().head());
    append(samples.any());
    assertThat(store.heads(40, 2)).hasSize(1);
  }

  @Test
  void theLargestBlockIsKept() {
    for (int i = 0; i < 256; i++) {
      samples.record(i == 0 ? 32 * 1024 - 95 : 100);
      samples.part(DAY, 0, samples.bytes(i == 0 ? 512 * 1024 : 5_800));
    }
    var block = samples.build();
    append(block);
    store = fixture.reopened();
    assertSame(store.blocks(0, 1), List.of(block));
  }

  @Test
  void recordsWithoutPartsAndGroupsWithNothingButNonesAreKept() {
    var bare = samples.record(17).record(17).build();
    var nones = samples.record(17).none(DAY, 0).none(NEXT_DAY, 1).record(17).none(DAY, 0).build();
    append(bare);
    append(nones);
    assertSame(store.blocks(0, 9), List.of(bare, nones));
    assertThat(store.labelledBlocks(NEXT_DAY, 0, 9)).containsExactly(1L);
  }

  @Test
  void numbersKeepTheirFullRange() {
    var largest = new KeyStoreMark(new UUID(-1, -1), Long.MAX_VALUE);
    var smallest = new KeyStoreMark(new UUID(Long.MIN_VALUE, 1), 0);
    var blocks =
        List.of(
            samples.record(50).writer(Long.MAX_VALUE, largest).control().build(),
            samples.record(50).writer(0, smallest).build());
    assertThat(store.append(blocks)).isEqualTo(2);
    assertSame(store.blocks(0, 9), blocks);
  }

  @Test
  void blocksAndHeadsAreReadInOrderFromAnyNumber() {
    var blocks = samples.any(12);
    store.append(blocks);
    for (int from = 0; from <= 12; from++) {
      for (int max : new int[] {0, 1, 5, 100}) {
        var expected = blocks.subList(from, Math.min(12, from + max));
        assertSame(store.blocks(from, max), expected);
        var heads = store.heads(from, max);
        assertThat(heads).hasSameSizeAs(expected);
        for (int i = 0; i < heads.size(); i++) {
          assertSame(heads.get(i), expected.get(i).head());
        }
      }
    }
    assertThat(store.blocks(Long.MAX_VALUE, 5)).isEmpty();
  }

  @Test
  void everyPositionLeadsToItsBlock() {
    var blocks = samples.any(15);
    store.append(blocks);
    for (var block : blocks) {
      for (long p = block.head().firstPosition(); p < block.head().endPosition(); p++) {
        assertSame(store.blockAt(p).orElseThrow(), block);
      }
    }
    assertThat(store.blockAt(blocks.getLast().head().endPosition())).isEmpty();
    assertThat(store.blockAt(-1)).isEmpty();
    assertThat(store.blockAt(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void onlyTheNextNumberIsTaken() {
    var blocks = samples.any(4);
    append(blocks.get(0));
    append(blocks.get(1));
    var other = samples(7, blocks.getFirst().head());
    assertThat(store.append(List.of(other.any()))).as("number 1 is taken").isZero();
    assertThat(store.append(List.of(blocks.get(3)))).as("number 2 is missing").isZero();
    var late = samples(8, blocks.getFirst().head());
    assertThat(store.append(late.any(2))).as("2 must not follow another 1").isZero();
    assertSame(store.blocks(0, 9), blocks.subList(0, 2));
  }

  @Test
  void whatStandsAlreadyIsCountedNotWrittenAgain() {
    var blocks = samples.any(5);
    assertThat(store.append(blocks.subList(0, 3))).isEqualTo(3);
    assertThat(store.append(blocks.subList(0, 3))).isEqualTo(3);
    assertThat(store.append(blocks.subList(1, 5))).isEqualTo(4);
    assertSame(store.blocks(0, 9), blocks);
  }

  @Test
  void blocksThatAreNotConsecutiveAreNoCall() {
    var blocks = samples.any(4);
    append(blocks.getFirst());
    assertThatThrownBy(() -> store.append(List.of(blocks.get(1), blocks.get(3))))
        .isInstanceOf(IllegalArgumentException.class);
    assertSame(store.blocks(0, 9), blocks.subList(0, 1));
  }

  @Test
  void ofRacingWritersOneWinsEachNumber() {
    int writers = 4;
    int rounds = 25;
    var winners = new ConcurrentHashMap<Long, UUID>();
    var doubles = new AtomicInteger();
    Racing.race(
        writers,
        rounds,
        (writer, round) -> {
          var block = samples(writer * 1000L + round, store.newest().orElse(null)).any();
          var mine = writer % 2 == 0 ? store : fixture.another();
          return () -> {
            if (mine.append(List.of(block)) == 1
                && winners.put(block.head().number(), block.head().commit()) != null) {
              doubles.incrementAndGet();
            }
          };
        });
    var heads = store.heads(0, 2 * rounds);
    assertThat(doubles).hasValue(0);
    assertThat(heads).hasSize(rounds).hasSameSizeAs(winners.keySet());
    assertThat(heads)
        .allSatisfy(head -> assertThat(winners).containsEntry(head.number(), head.commit()));
    assertChained(heads);
  }

  @Test
  void ofRacingBatchesAPrefixOfEachStands() {
    var said = new ConcurrentHashMap<UUID, Boolean>();
    Racing.race(
        4,
        10,
        (writer, round) -> {
          var batch = samples(writer * 1000L + round, store.newest().orElse(null)).any(3);
          return () -> {
            int standing = store.append(batch);
            for (int i = 0; i < batch.size(); i++) {
              said.put(batch.get(i).head().commit(), i < standing);
            }
          };
        });
    var heads = store.heads(0, 1000);
    var standing = heads.stream().map(BlockHead::commit).toList();
    assertThat(heads).hasSizeGreaterThanOrEqualTo(10);
    said.forEach((commit, stands) -> assertThat(standing.contains(commit)).isEqualTo(stands));
    assertChained(heads);
  }

  @Test
  void readersSeeWholeBlocksOnlyAndNoneVanishes() {
    var blocks = samples.any(80);
    var done = new AtomicBoolean();
    var shown = new AtomicLong(-1);
    Racing.inParallel(
        3,
        thread -> {
          if (thread == 0) {
            try {
              blocks.forEach(this::append);
            } finally {
              done.set(true);
            }
            return;
          }
          boolean last;
          do {
            last = done.get();
            long before = shown.get();
            if (before >= 0) {
              assertShown(blocks.get((int) before));
            }
            long newest = store.newest().map(BlockHead::number).orElse(-1L);
            assertThat(newest).isGreaterThanOrEqualTo(before);
            shown.accumulateAndGet(newest, Math::max);
          } while (!last);
          assertShown(blocks.getLast());
        });
    assertThat(shown).hasNonNegativeValue();
    assertSame(store.blocks(0, 100), blocks);
  }

  /// What one read has shown, every later one shows, whichever it is.
  private void assertShown(Block block) {
    var head = block.head();
    assertSame(store.blocks(head.number(), 1).getFirst(), block);
    assertSame(store.heads(head.number(), 1).getFirst(), head);
    assertSame(store.blockAt(head.endPosition() - 1).orElseThrow(), block);
    var control = store.controlBlocks(head.number(), head.number() + 1, 1);
    assertThat(control).hasSize(head.control() ? 1 : 0);
  }

  @Test
  void controlBlocksAreFound() {
    var blocks = new ArrayList<Block>();
    for (int i = 0; i < 20; i++) {
      blocks.add(i % 3 == 0 ? samples.record(40).control().build() : samples.simple());
    }
    store.append(blocks);
    store = fixture.reopened();
    var control = blocks.stream().filter(block -> block.head().control()).toList();
    assertSame(store.controlBlocks(0, 20, 100), control);
    assertSame(store.controlBlocks(3, 20, 2), control.subList(1, 3));
    assertSame(store.controlBlocks(4, 19, 2), control.subList(2, 4));
    assertSame(store.controlBlocks(0, 3, 100), control.subList(0, 1));
    assertThat(store.controlBlocks(19, 20, 2)).isEmpty();
    assertThatThrownBy(() -> store.controlBlocks(0, 21, 100))
        .as("what lies before a block that this read cannot see")
        .isInstanceOf(LedgerStoreException.class);
  }

  @Test
  void blocksAreFoundByAnyOfTheirTags() {
    var a = new Tag(0, 0);
    var b = new Tag(-1, -1);
    var c = new Tag(0, -1);
    var nobodys = new Tag(-1, 0);
    store.append(
        List.of(
            samples.record(40).tag(a).build(),
            samples.record(40).tag(a).tag(b).build(),
            samples.record(40).build(),
            samples.record(40).tag(c).build(),
            samples.record(40).tag(b).build()));
    store = fixture.reopened();
    assertThat(store.taggedBlocks(List.of(a), 0, 9)).containsExactly(0L, 1L);
    assertThat(store.taggedBlocks(List.of(a, b), 0, 9)).containsExactly(0L, 1L, 4L);
    assertThat(store.taggedBlocks(List.of(c, b, a), 0, 3)).containsExactly(0L, 1L, 3L);
    assertThat(store.taggedBlocks(List.of(b, a), 1, 9)).containsExactly(1L, 4L);
    assertThat(store.taggedBlocks(List.of(nobodys), 0, 9)).isEmpty();
    assertThat(store.taggedBlocks(List.of(), 0, 9)).isEmpty();
    assertThat(store.taggedBlocks(List.of(a, b, c), 5, 9)).isEmpty();
  }

  @Test
  void blocksAreFoundByTheirExactLabels() {
    var longest = "å".repeat(64);
    var labels = List.of("day", "Day", "day ", "da", "day/1", longest, longest.substring(1) + "aa");
    for (var label : labels) {
      append(samples.record(40).part(label, 0, samples.bytes(50)).build());
    }
    append(samples.record(40).part("day", 0, samples.bytes(9)).none(longest, 1).build());
    store = fixture.reopened();
    for (int i = 1; i < labels.size() - 2; i++) {
      assertThat(store.labelledBlocks(labels.get(i), 0, 9)).containsExactly((long) i);
    }
    assertThat(store.labelledBlocks("day", 0, 9)).containsExactly(0L, 7L);
    assertThat(store.labelledBlocks("day", 0, 1)).containsExactly(0L);
    assertThat(store.labelledBlocks("day", 1, 9)).containsExactly(7L);
    assertThat(store.labelledBlocks(longest, 0, 9)).containsExactly(5L, 7L);
    assertThat(store.labelledBlocks("nobody's", 0, 9)).isEmpty();
  }

  @Test
  void labelsAreFoundOverManyBlocks() {
    var blocks = new ArrayList<Block>();
    for (int i = 0; i < 1_300; i++) {
      blocks.add(samples.record(20).none(i % 100 == 7 ? DAY : NEXT_DAY, 0).build());
    }
    assertThat(store.append(blocks)).isEqualTo(1_300);
    assertThat(store.labelledBlocks(DAY, 0, 99))
        .containsExactly(
            7L, 107L, 207L, 307L, 407L, 507L, 607L, 707L, 807L, 907L, 1007L, 1107L, 1207L);
    assertThat(store.labelledBlocks(DAY, 508, 6))
        .containsExactly(607L, 707L, 807L, 907L, 1007L, 1107L);
    assertThat(store.labelledBlocks(DAY, 1208, 6)).isEmpty();
  }

  @Test
  void aDroppedPartLeavesItsDigestAndNothingElseChanges() {
    var gone = samples.bytes(300);
    var kept = samples.bytes(300);
    var before = samples.any(3);
    samples.record(60).part(DAY, 0, gone).none(DAY, 1).part(NEXT_DAY, 2, kept);
    samples.record(60).part(DAY, 0, kept).tag(new Tag(1, 2));
    var block = samples.build();
    var after = samples.any(3);
    store.append(before);
    append(block);
    store.append(after);

    assertThat(store.drop(3, List.of(new PartAddress(0, 0)))).isEqualTo(1);

    var left =
        ByteBuffer.allocate(1 + 36 + 4 + 8 + 300)
            .put(new byte[] {1, 0, 0, 0, 2})
            .put(SampleBlocks.digest(gone))
            .put(new byte[] {0, 0, 1, 0, 0, 1, 0, 1})
            .putInt(300)
            .put(kept)
            .array();
    var expected = new ArrayList<Block>(before);
    expected.add(
        new Block(
            block.head(),
            block.entries(),
            block.salts(),
            block.headers(),
            List.of(new Block.PartGroup(DAY, left), block.groups().get(1)),
            block.tags()));
    expected.addAll(after);
    assertSame(store.blocks(0, 9), expected);
    assertSame(store.blockAt(block.head().firstPosition()).orElseThrow(), expected.get(3));
    store = fixture.reopened();
    assertSame(store.blocks(0, 9), expected);
    store.reclaim();
    assertSame(store.blocks(0, 9), expected);
    assertThat(store.labelledBlocks(DAY, 3, 1)).containsExactly(3L);
    assertThat(store.taggedBlocks(List.of(new Tag(1, 2)), 3, 1)).containsExactly(3L);
  }

  @Test
  void droppingAgainDropsNothing() {
    samples.record(60).part(DAY, 0, samples.bytes(80)).part(NEXT_DAY, 1, samples.bytes(80));
    samples.none(DAY, 2);
    append(samples.build());
    append(samples.simple());
    var all = List.of(new PartAddress(0, 0), new PartAddress(0, 1), new PartAddress(0, 2));
    assertThat(store.drop(0, all.subList(0, 1))).isEqualTo(1);
    assertThat(store.drop(0, all)).as("one of two groups left, and a none").isEqualTo(1);
    var left = store.blocks(0, 9);
    assertThat(store.drop(0, all)).isZero();
    assertThat(store.drop(0, List.of(new PartAddress(7, 0), new PartAddress(0, 9)))).isZero();
    assertThat(store.drop(0, List.of())).isZero();
    assertThat(store.drop(99, all)).isZero();
    assertSame(store.blocks(0, 9), left);
  }

  @Test
  void racingDropsOfOneBlockAllCount() {
    int parts = 64;
    for (int i = 0; i < parts; i++) {
      samples.record(30).part(i % 2 == 0 ? DAY : NEXT_DAY, 0, samples.bytes(200));
    }
    append(samples.build());
    var dropped = new AtomicInteger();
    Racing.inParallel(
        4,
        thread -> {
          var mine = thread % 2 == 0 ? store : fixture.another();
          for (int i = 0; i < parts; i++) {
            // Each part is dropped by two threads.
            if (i % 2 == thread / 2) {
              dropped.addAndGet(mine.drop(0, List.of(new PartAddress(i, 0))));
            }
          }
        });
    assertThat(dropped).hasValue(parts);
    assertThat(store.blocks(0, 1).getFirst().groups())
        .hasSize(2)
        .allSatisfy(group -> assertThat(group.bytes()).hasSize(1 + 36 * parts / 2));
  }

  @Test
  void droppingReclaimingAndAppendingDoNotDisturbEachOther() {
    var first = IntStream.range(0, 20).mapToObj(i -> samples.simple()).toList();
    store.append(first);
    var later = samples.any(40);
    Racing.inParallel(
        3,
        thread -> {
          switch (thread) {
            case 0 -> later.forEach(this::append);
            case 1 ->
                LongStream.range(0, 20).forEach(n -> store.drop(n, List.of(new PartAddress(0, 0))));
            default -> IntStream.range(0, 5).forEach(i -> store.reclaim());
          }
        });
    assertThat(store.blocks(0, 20))
        .hasSize(20)
        .allSatisfy(block -> assertThat(block.groups().getFirst().bytes()).hasSize(37));
    assertSame(store.blocks(20, 100), later);
  }

  private SampleBlocks samples(long seed, @Nullable BlockHead previous) {
    return new SampleBlocks(store.ledger(), seed, previous);
  }

  private void append(Block block) {
    assertThat(store.append(List.of(block))).isEqualTo(1);
  }

  private static void assertChained(List<BlockHead> heads) {
    for (int i = 0; i < heads.size(); i++) {
      var head = heads.get(i);
      assertThat(head.number()).isEqualTo(i);
      assertThat(head.firstPosition()).isEqualTo(i == 0 ? 0 : heads.get(i - 1).endPosition());
      assertThat(head.previousHash()).isEqualTo(i == 0 ? new byte[32] : heads.get(i - 1).hash());
    }
  }
}
