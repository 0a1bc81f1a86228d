package no.spor.ledger.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.InconsistentLedgerException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tree over entries and tiles, held against a naive one and against vectors that were computed
/// without any code of this house.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerTreeTest {
  private static final int ALL = 70_000;

  private byte[] hashes = new byte[0];
  private NaiveTree naive = new NaiveTree(List.of());

  @BeforeAll
  void makeEntries() {
    hashes = new byte[32 * ALL];
    var leaves = new ArrayList<byte[]>();
    for (int i = 0; i < ALL; i++) {
      var header = NaiveTree.sha256(("record " + i).getBytes(StandardCharsets.UTF_8));
      System.arraycopy(header, 0, hashes, 32 * i, 32);
      leaves.add(NaiveTree.sha256(new byte[] {0, 1}, header));
    }
    naive = new NaiveTree(leaves);
  }

  private TreeIntegrator begun(int size, TileStore tiles, Checkpoint published) {
    var integrator = new TreeIntegrator(new EntriesAlone(hashes, size), tiles);
    integrator.begin(published);
    return integrator;
  }

  private LedgerTree tree(int size) {
    return begun(size, new KeptTiles(), null).tree();
  }

  private Checkpoint checkpoint(int size) {
    return new Checkpoint("o", size, naive.first(size).root());
  }

  @Test
  void rootsTilesAndBundlesAreThoseOfTheVectors() throws IOException {
    var json =
        JsonMapper.shared()
            .readTree(Files.readAllBytes(Path.of("src/test/resources/vectors/tree/tiles.json")));
    var whole = tree(ALL);
    for (var root : json.get("roots")) {
      int size = root.get("size").asInt();
      assertThat(hex(whole.root(size))).as("root of %s", size).isEqualTo(text(root, "root"));
      assertThat(hex(tree(size).root(size))).isEqualTo(text(root, "root"));
    }
    for (var tile : json.get("tiles")) {
      var id = TileId.parse(text(tile, "path")).orElseThrow();
      for (var tree : List.of(tree(tile.get("size").asInt()), whole)) {
        var bytes = tree.read(id).orElseThrow();
        assertThat(hex(NaiveTree.sha256(bytes))).as("%s", tile).isEqualTo(text(tile, "sha256"));
      }
    }
  }

  @Test
  void nothingBeyondTheTreeIsGiven() {
    var tree = tree(257);
    assertThat(tree.read(new TileId(0, 1, 2))).isEmpty();
    assertThat(tree.read(new TileId(0, 1, 256))).isEmpty();
    assertThat(tree.read(new TileId(1, 0, 2))).isEmpty();
    assertThat(tree.read(new TileId(2, 0, 1))).isEmpty();
    assertThat(tree.read(new TileId(TileId.ENTRIES, 1, 2))).isEmpty();
    assertThat(tree(0).read(new TileId(0, 0, 1))).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> tree.inclusion(257, 257));
    assertThatIllegalArgumentException().isThrownBy(() -> tree.inclusion(0, 258));
    assertThatIllegalArgumentException().isThrownBy(() -> tree.consistency(9, 8));
    assertThatIllegalArgumentException().isThrownBy(() -> tree.root(258));
  }

  @Test
  void everyProofOfSmallTreesIsTheNaiveTrees() {
    for (int size = 1; size <= 40; size++) {
      for (var tree : List.of(tree(size), tree(300))) {
        for (int i = 0; i < size; i++) {
          checkInclusion(tree, i, size);
        }
        for (int from = 1; from <= size; from++) {
          checkConsistency(tree, from, size);
        }
      }
    }
  }

  @Test
  void proofsOfAnyPlaceAndSizeAreTheNaiveTrees() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var tree = tree(ALL);
    for (int round = 0; round < 25; round++) {
      int size = 1 + random.nextInt(ALL);
      assertThat(tree.root(size)).as("seed %s", seed).isEqualTo(naive.first(size).root());
      checkInclusion(tree, random.nextInt(size), size);
      checkConsistency(tree, 1 + random.nextInt(size), size);
    }
  }

  @Test
  void noProofShowsAnythingElse() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var tree = tree(3_000);
    for (int round = 0; round < 300; round++) {
      int size = 2 + random.nextInt(2_999);
      int index = random.nextInt(size);
      var root = tree.root(size);
      var path = tree.inclusion(index, size);
      var leaf = naive.leafHashes().get(index);
      int other = random.nextInt(size);
      assertThat(MerkleProofs.includes(leaf, other, size, path, root))
          .as("seed %s", seed)
          .isEqualTo(other == index);
      assertThat(MerkleProofs.includes(leaf, index, size, changed(path, random), root)).isFalse();
      assertThat(MerkleProofs.includes(changed(leaf, random), index, size, path, root)).isFalse();

      int from = 1 + random.nextInt(size - 1);
      var before = tree.root(from);
      var proof = tree.consistency(from, size);
      assertThat(MerkleProofs.isConsistent(from, before, size, root, changed(proof, random)))
          .as("seed %s", seed)
          .isFalse();
      assertThat(MerkleProofs.isConsistent(from, changed(before, random), size, root, proof))
          .isFalse();
      assertThat(MerkleProofs.isConsistent(from, before, size, changed(root, random), proof))
          .isFalse();
    }
  }

  @Test
  void aTreeThatGrowsInAnyStepsIsOneTree() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var growing = new GrowingTree(GrowingTree.Edge.EMPTY);
    var edges = new ArrayList<GrowingTree.Edge>();
    while (growing.size() < ALL) {
      int from = (int) growing.size();
      int some = Math.min(ALL - from, 1 + random.nextInt(random.nextInt(4) == 0 ? 9_000 : 300));
      growing.append(Arrays.copyOfRange(hashes, 32 * from, 32 * (from + some)));
      edges.add(growing.edge());
    }
    var whole = tree(ALL);
    for (var edge : edges) {
      // An edge that was handed out stays what it was, though the tree grew on.
      assertThat(edge.root()).as("seed %s", seed).isEqualTo(whole.root(edge.size()));
    }
  }

  @Test
  void aTreeBeginsWhereItWasPublishedAndReadsOnlyItsEdge() {
    var tiles = new KeptTiles();
    begun(ALL, tiles, null);
    assertThat(tiles.kept().keySet()).containsExactly(new TileId(1, 0, 256));
    // What lies under the kept tile is not to be had: it is not read again.
    var missing = hashes.clone();
    Arrays.fill(missing, 0, 32 * 65_536, (byte) 0);
    var integrator = new TreeIntegrator(new EntriesAlone(missing, ALL), tiles);
    integrator.begin(checkpoint(69_000));
    assertThat(integrator.tree().root(ALL)).isEqualTo(naive.root());
  }

  @Test
  void lostAndChangedTilesAreMadeAnew() {
    var tiles = new KeptTiles();
    begun(ALL, tiles, null);
    var id = new TileId(1, 0, 256);
    var sound = tiles.kept().get(id);

    tiles.kept().clear();
    assertThat(begun(ALL, tiles, checkpoint(ALL)).tree().root(ALL)).isEqualTo(naive.root());
    assertThat(tiles.kept().get(id)).isEqualTo(sound);

    tiles.kept().put(id, changed(sound, new Random(1)));
    var tree = begun(ALL, tiles, checkpoint(ALL)).tree();
    assertThat(tree.read(id)).contains(sound);
    assertThat(tiles.kept().get(id)).isEqualTo(sound);

    tiles.kept().put(id, new byte[3]);
    assertThat(begun(ALL, tiles, checkpoint(ALL)).tree().read(id)).contains(sound);
  }

  @Test
  void tilesThatNothingPublishedVouchesForAreNotBelieved() {
    var tiles = new KeptTiles();
    begun(ALL, tiles, null);
    var id = new TileId(1, 0, 256);
    tiles.kept().put(id, changed(tiles.kept().get(id), new Random(1)));
    assertThat(begun(ALL, tiles, checkpoint(65_535)).tree().root(ALL)).isEqualTo(naive.root());
    tiles.kept().put(id, changed(tiles.kept().get(id), new Random(1)));
    assertThat(begun(ALL, tiles, null).tree().root(ALL)).isEqualTo(naive.root());
  }

  @Test
  void aLedgerThatIsShorterThanWhatWasPublishedIsRefused() {
    assertThatThrownBy(() -> begun(299, new KeptTiles(), checkpoint(300)))
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("holds 299 entries")
        .hasMessageContaining("old copy");
  }

  @Test
  void aLedgerOfOtherEntriesIsRefused() {
    for (int changed : new int[] {0, 255, 256, 65_535, 65_536, 69_998}) {
      var others = hashes.clone();
      others[32 * changed] ^= 1;
      var integrator = new TreeIntegrator(new EntriesAlone(others, ALL), new KeptTiles());
      assertThatThrownBy(() -> integrator.begin(checkpoint(69_999)))
          .as("entry %s", changed)
          .isInstanceOf(InconsistentLedgerException.class)
          .hasMessageContaining("were changed");
    }
  }

  private void checkInclusion(LedgerTree tree, int index, int size) {
    var path = tree.inclusion(index, size);
    var expected = naive.first(size);
    assertThat(hex(path)).isEqualTo(hex(expected.path(index)));
    assertThat(
            MerkleProofs.includes(
                naive.leafHashes().get(index), index, size, path, expected.root()))
        .isTrue();
  }

  private void checkConsistency(LedgerTree tree, int from, int size) {
    var path = tree.consistency(from, size);
    var expected = naive.first(size);
    assertThat(hex(path)).isEqualTo(hex(expected.proof(from)));
    assertThat(
            MerkleProofs.isConsistent(from, naive.first(from).root(), size, expected.root(), path))
        .isTrue();
  }

  private static List<byte[]> changed(List<byte[]> path, Random random) {
    var changed = new ArrayList<>(path);
    int at = random.nextInt(path.size() + 1);
    if (at == path.size()) {
      changed.add(random.nextInt(path.size() + 1), new byte[32]);
    } else if (random.nextBoolean()) {
      changed.remove(at);
    } else {
      changed.set(at, changed(path.get(at), random));
    }
    return changed;
  }

  private static byte[] changed(byte[] bytes, Random random) {
    var changed = bytes.clone();
    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  private static String text(JsonNode json, String member) {
    return json.get(member).asString();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static List<String> hex(List<byte[]> all) {
    return all.stream().map(LedgerTreeTest::hex).toList();
  }
}
