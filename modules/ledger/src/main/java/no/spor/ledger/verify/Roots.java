package no.spor.ledger.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checkpoints that the tree must pass through while it grows. For one thread.
final class Roots implements TreeFrontier.TileHashes {
  private final List<Expected> expected = new ArrayList<>();
  private final Findings findings;
  private final TreeFrontier.TileHashes tiles;
  private int reached;
  private long soundSize;

  /// @param former an origin that the ledger had before; null for the present one
  private record Expected(String name, long size, byte[] root, @Nullable String former) {}

  /// What is wrong, unless it lies after the point that the ledger was restored to.
  private record Doubt(Expected checkpoint, String former, Finding finding) {}

  private final List<Doubt> doubts = new ArrayList<>();

  Roots(Findings findings, TreeFrontier.TileHashes tiles) {
    this.findings = findings;
    this.tiles = tiles;
  }

  /// @param name what reports call it
  /// @param keys whose signature counts
  /// @param former whether it is of an origin that the ledger had before
  /// @return whether it is a checkpoint that they signed; else that was found
  boolean expect(String name, byte[] note, Collection<VerifierKey> keys, boolean former) {
    CheckpointNote checkpoint;
    try {
      checkpoint = CheckpointNote.parse(note);
    } catch (IllegalArgumentException e) {
      findings.add(Finding.ofLedger(FindingKind.CHECKPOINT_FORM, name + ": " + e.getMessage()));
      return false;
    }
    var flaw = checkpoint.signatureFlaw(keys);
    if (flaw != null) {
      findings.add(Finding.ofLedger(FindingKind.CHECKPOINT_SIGNATURE, name + ": " + flaw));
      return false;
    }
    expected.add(
        new Expected(
            name, checkpoint.size(), checkpoint.root(), former ? checkpoint.origin() : null));
    return true;
  }

  /// All are there: puts them in order.
  void begin() {
    expected.sort(Comparator.comparingLong(Expected::size));
  }

  /// The tree has come this far.
  void at(TreeFrontier tree) {
    while (reached < expected.size() && expected.get(reached).size() <= tree.size()) {
      var checkpoint = expected.get(reached++);
      if (checkpoint.size() < tree.size()) {
        findings.unchecked("checkpoints before the point from which the check went on", 1);
      } else if (Arrays.equals(checkpoint.root(), tree.root())) {
        soundSize = checkpoint.size();
      } else {
        wrong(
            checkpoint,
            Finding.ofLedger(
                FindingKind.CHECKPOINT_ROOT,
                "%s: its root is not that of the %d entries it covers; what was changed lies from position %d on"
                    .formatted(checkpoint.name(), checkpoint.size(), soundSize)));
      }
    }
  }

  /// The tree grows no more.
  ///
  /// @param whole whether it has all there is
  /// @param rules know where a restored ledger went on
  void end(TreeFrontier tree, boolean whole, HistoryRules rules) {
    while (reached < expected.size()) {
      var checkpoint = expected.get(reached++);
      if (whole) {
        wrong(
            checkpoint,
            Finding.ofLedger(
                FindingKind.CHECKPOINT_AHEAD,
                "%s: it covers %d entries, the ledger has %d: it was cut"
                    .formatted(checkpoint.name(), checkpoint.size(), tree.size())));
      } else {
        findings.unchecked("checkpoints, for blocks before them cannot be read", 1);
      }
    }
    for (var doubt : doubts) {
      var restoredTo = rules.continuedAt(doubt.former());
      if (restoredTo.isPresent() && doubt.checkpoint().size() > restoredTo.getAsLong()) {
        findings.unchecked(
            "checkpoints of a former origin, of what was lost when the ledger was restored", 1);
      } else {
        findings.add(doubt.finding());
      }
    }
  }

  private void wrong(Expected checkpoint, Finding finding) {
    var former = checkpoint.former();
    if (former == null) {
      findings.add(finding);
    } else {
      doubts.add(new Doubt(checkpoint, former, finding));
    }
  }

  @Override
  public void hash(int level, long index, byte[] hash) {
    tiles.hash(level, index, hash);
  }
}
