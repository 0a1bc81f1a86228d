package no.spor.ledger.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TileIdTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1234067, 256, 0/x001/x234/067",
    "63, 0, 1, 63/000.p/1",
    "-1, 999, 255, entries/999.p/255",
    "-1, 1000, 256, entries/x001/000",
    "1, 999999999999999999, 256, 1/x999/x999/x999/x999/x999/999",
  })
  void pathsAreThoseOfTheSpecification(int level, long index, int width, String path) {
    var id = new TileId(level, index, width);
    assertThat(id.path()).isEqualTo(path);
    assertThat(TileId.parse(path)).contains(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "01/000",
        "64/000",
        "-1/000",
        "+1/000",
        "0/x000/000",
        "0/001/000",
        "0/x001/x000",
        "0/x001000",
        "0/X001/000",
        "0/000.p/0",
        "0/000.p/01",
        "0/000.p/256",
        "0/000.p/999",
        "0/000.p/",
        "0/000.p",
        "0/000.P/1",
        "0/000/",
        "0/000?",
        "0/000\n",
        "0/٠٠٠",
        "/0/000",
        "entries",
        "entries/",
        "Entries/000",
        "entries/000.p/0",
        "0/x001/x001/x001/x001/x001/x001/000",
        "../checkpoint",
        "0/../000",
      })
  void aTileHasOneSpelling(String path) {
    assertThat(TileId.parse(path)).isEmpty();
  }

  /// The specification's example: a tree of 70,000.
  @Test
  void aTreeHasItsFullTilesAndPartialOnesUpToItsEdge() {
    var widest = new ArrayList<String>();
    for (int level = TileId.ENTRIES; level <= 3; level++) {
      for (long index : new long[] {0, 1, 272, 273, 274}) {
        int width = TileId.FULL;
        while (width > 0 && !new TileId(level, index, width).isIn(70_000)) {
          width--;
        }
        if (width > 0) {
          widest.add(new TileId(level, index, width).path());
        }
      }
    }
    assertThat(widest)
        .containsExactly(
            "entries/000",
            "entries/001",
            "entries/272",
            "entries/273.p/112",
            "0/000",
            "0/001",
            "0/272",
            "0/273.p/112",
            "1/000",
            "1/001.p/17",
            "2/000.p/1");
  }

  @Test
  void noTreeHasAnythingOfLevelsBeyondItsHeight() {
    for (int level = 7; level <= 63; level++) {
      assertThat(new TileId(level, 0, 1).isIn(1L << 55)).as("level %d", level).isFalse();
    }
  }
}
