package no.spor.ledger.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Proofs and the growing tree against RFC 6962 §2.1 as it is written, with no thought of speed.
class InclusionProofTest {
  private static final int MOST = 70;

  @Test
  void whatTheDefinitionProvesIsProvenAndNothingElse() {
    var leaves = leaves(MOST);
    for (int size = 1; size <= MOST; size++) {
      var tree = leaves.subList(0, size);
      var root = root(tree);
      for (int index = 0; index < size; index++) {
        var path = path(index, tree);
        assertThat(flaw(leaves.get(index), index, size, path, root)).isNull();
        assertThat(flaw(leaves.get(index), (index + 1) % size, size, path, root) == null)
            .isEqualTo(size == 1);
        if (!path.isEmpty()) {
          assertThat(flaw(leaves.get(index), index, size, path.subList(1, path.size()), root))
              .isNotNull();
          path.getFirst()[7] ^= 1;
          assertThat(flaw(leaves.get(index), index, size, path, root)).isNotNull();
          path.getFirst()[7] ^= 1;
        }
        var longer = new ArrayList<>(path);
        longer.add(new byte[32]);
        assertThat(flaw(leaves.get(index), index, size, longer, root)).isNotNull();
      }
      assertThat(flaw(leaves.getFirst(), size, size, List.of(), root)).isNotNull();
    }
  }

  private static String flaw(byte[] leaf, long index, long size, List<byte[]> path, byte[] root) {
    return InclusionProof.inclusionFlaw(leaf, index, size, path, root);
  }

  @Test
  void oneTreeIsTheBeginningOfAnotherWhereTheDefinitionSaysSo() {
    var leaves = leaves(MOST);
    for (int second = 1; second <= MOST; second++) {
      var newer = root(leaves.subList(0, second));
      for (int first = 1; first <= second; first++) {
        var older = root(leaves.subList(0, first));
        var proof =
            first == second ? List.<byte[]>of() : sub(first, leaves.subList(0, second), true);
        assertThat(InclusionProof.consistencyFlaw(first, older, second, newer, proof)).isNull();
        var wrong = older.clone();
        wrong[3] ^= 1;
        assertThat(InclusionProof.consistencyFlaw(first, wrong, second, newer, proof)).isNotNull();
      }
    }
  }

  @Test
  void theFrontierHasTheRootOfEverySize() {
    var leaves = leaves(600);
    var tree = new TreeFrontier();
    assertThat(tree.root()).isEqualTo(root(List.of()));
    for (int size = 1; size <= leaves.size(); size++) {
      tree.append(leaves.get(size - 1), 0, TreeFrontier.TileHashes.NOBODY);
      assertThat(tree.root()).isEqualTo(root(leaves.subList(0, size)));
    }
  }

  private static List<byte[]> leaves(int count) {
    var leaves = new ArrayList<byte[]>();
    for (int i = 0; i < count; i++) {
      leaves.add(new Sha256().with(new byte[] {(byte) i, (byte) (i >> 8)}).hash());
    }
    return leaves;
  }

  private static byte[] root(List<byte[]> leaves) {
    if (leaves.isEmpty()) {
      return new Sha256().hash();
    }
    return leaves.size() == 1
        ? leaves.getFirst()
        : node(
            root(leaves.subList(0, half(leaves))),
            root(leaves.subList(half(leaves), leaves.size())));
  }

  private static byte[] node(byte[] left, byte[] right) {
    return new Sha256().with(new byte[] {1}).with(left).with(right).hash();
  }

  private static int half(List<byte[]> leaves) {
    return Integer.highestOneBit(leaves.size() - 1);
  }

  private static List<byte[]> path(int index, List<byte[]> leaves) {
    if (leaves.size() == 1) {
      return new ArrayList<>();
    }
    int half = half(leaves);
    var left = leaves.subList(0, half);
    var right = leaves.subList(half, leaves.size());
    var path = index < half ? path(index, left) : path(index - half, right);
    path.add(root(index < half ? right : left));
    return path;
  }

  /// SUBPROOF of RFC 6962 §2.1.2.
  private static List<byte[]> sub(int first, List<byte[]> leaves, boolean known) {
    if (first == leaves.size()) {
      return known ? new ArrayList<>() : new ArrayList<>(List.of(root(leaves)));
    }
    int half = half(leaves);
    var left = leaves.subList(0, half);
    var right = leaves.subList(half, leaves.size());
    List<byte[]> proof = first <= half ? sub(first, left, known) : sub(first - half, right, false);
    proof.add(root(first <= half ? right : left));
    return proof;
  }
}
