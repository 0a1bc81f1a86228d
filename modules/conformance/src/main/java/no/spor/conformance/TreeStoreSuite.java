package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import no.spor.ledger.tree.TileStore;
import no.spor.ledger.tree.TileStore.Tile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store must promise of the entries that the tree is made of ([LedgerStore#entries])
/// and of the tiles that are kept beside them ([TileStore]). A subclass gives a fixture; a fixture
/// declares differences, it never skips.
public abstract class TreeStoreSuite {

  /// A store under test.
  public interface Fixture extends AutoCloseable {
    LedgerStore ledger();

    TileStore tiles();

    /// Opens everything anew, as after a restart.
    void reopen();

    @Override
    void close();
  }

  private static final long SEED = 20_261_122;

  protected Fixture fixture;

  /// @return a fixture over an empty ledger
  protected abstract Fixture open();

  @BeforeEach
  void openFixture() {
    fixture = open();
  }

  @AfterEach
  void closeFixture() {
    fixture.close();
  }

  private byte[] write(int blocks) {
    UUID ledger = fixture.ledger().ledger();
    var samples = new SampleBlocks(ledger, SEED, null).any(blocks);
    assertThat(fixture.ledger().append(samples)).isEqualTo(blocks);
    var all = new ByteArrayOutputStream();
    samples.stream().map(Block::entries).forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Test
  void entriesComeFromAnyPlaceOnHoweverBlocksDivideThem() {
    var all = write(40);
    var random = new Random(SEED);
    int size = all.length / 32;
    for (int round = 0; round < 200; round++) {
      int from = random.nextInt(size);
      int max = 1 + random.nextInt(random.nextBoolean() ? 8 : 2 * size);
      assertThat(fixture.ledger().entries(from, max))
          .as("%s from %s of %s", max, from, size)
          .isEqualTo(Arrays.copyOfRange(all, 32 * from, 32 * Math.min(size, from + max)));
    }
    fixture.reopen();
    assertThat(fixture.ledger().entries(0, 65_536)).isEqualTo(all);
  }

  @Test
  void thereAreNoEntriesBeyondTheEnd() {
    assertThat(fixture.ledger().entries(0, 9)).isEmpty();
    int size = write(3).length / 32;
    assertThat(fixture.ledger().entries(size - 1, 9)).hasSize(32);
    assertThat(fixture.ledger().entries(size, 9)).isEmpty();
    assertThat(fixture.ledger().entries(size + 1_000_000L, 9)).isEmpty();
  }

  @Test
  void entriesStayWhenPartsAreDropped() {
    var all = write(10);
    var samples = new SampleBlocks(fixture.ledger().ledger(), SEED, null).any(10);
    for (var block : samples) {
      for (int record = 0; record < block.head().count(); record++) {
        fixture.ledger().drop(block.head().number(), List.of(new PartAddress(record, 0)));
      }
    }
    fixture.ledger().reclaim();
    assertThat(fixture.ledger().entries(0, 65_536)).isEqualTo(all);
  }

  @Test
  void tilesAreThereAfterReopening() {
    assertThat(fixture.tiles().tile(1, 0)).isEmpty();
    fixture.tiles().put(List.of(tile(1, 0), tile(1, 1), tile(2, 0), tile(5, 1L << 20)));
    fixture.reopen();
    assertThat(fixture.tiles().tile(1, 0)).contains(tile(1, 0).hashes());
    assertThat(fixture.tiles().tile(1, 1)).contains(tile(1, 1).hashes());
    assertThat(fixture.tiles().tile(2, 0)).contains(tile(2, 0).hashes());
    assertThat(fixture.tiles().tile(5, 1L << 20)).contains(tile(5, 1L << 20).hashes());
    assertThat(fixture.tiles().tile(2, 1)).isEmpty();
    assertThat(fixture.tiles().tile(3, 0)).isEmpty();
  }

  @Test
  void aTileThatIsKeptAgainReplacesTheOneBefore() {
    fixture.tiles().put(List.of(tile(1, 3)));
    fixture.tiles().put(List.of(new Tile(1, 3, tile(4, 4).hashes())));
    assertThat(fixture.tiles().tile(1, 3)).contains(tile(4, 4).hashes());
  }

  @Test
  void whatReachesAPositionIsRemovedAndNothingElse() {
    var all = List.of(tile(1, 0), tile(1, 1), tile(1, 255), tile(1, 256), tile(2, 0), tile(2, 1));
    fixture.tiles().put(all);
    fixture.tiles().removeFrom(2 * 65_536);
    fixture.reopen();
    assertThat(kept(all)).containsExactly(true, true, false, false, false, false);
    fixture.tiles().put(all);
    fixture.tiles().removeFrom(256 * 65_536);
    assertThat(kept(all)).containsExactly(true, true, true, false, true, false);
    fixture.tiles().removeFrom(65_535);
    assertThat(kept(all)).containsOnly(false);
    fixture.tiles().put(all);
    fixture.tiles().removeFrom(0);
    assertThat(kept(all)).containsOnly(false);
  }

  private List<Boolean> kept(List<Tile> all) {
    return all.stream()
        .map(tile -> fixture.tiles().tile(tile.level(), tile.index()).isPresent())
        .toList();
  }

  private static Tile tile(int level, long index) {
    var hashes = new byte[8_192];
    new Random(31L * level + index).nextBytes(hashes);
    return new Tile(level, index, hashes);
  }
}
