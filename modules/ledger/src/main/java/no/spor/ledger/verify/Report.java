package no.spor.ledger.verify;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// What a check came to.
///
/// @param blocks how many blocks there are; 0 where only entries were looked at
/// @param records how many records there are
/// @param root of the tree over their entries; not to be relied on unless sound
/// @param findings the first findings of each kind, in the order they were found
/// @param counts how many there are of each kind
/// @param unchecked what could not be checked, with counts
public record Report(
    long blocks,
    long records,
    byte[] root,
    List<Finding> findings,
    Map<FindingKind, Long> counts,
    Map<String, Long> unchecked) {

  static Report of(long blocks, TreeFrontier tree, long records, Findings findings) {
    return new Report(
        blocks, records, tree.root(), findings.kept(), findings.counts(), findings.unchecked());
  }

  /// @return whether nothing was found
  public boolean sound() {
    return counts.isEmpty();
  }

  public long found() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public String toString() {
    return "Report[%d blocks, %d records, root %s, %s]"
        .formatted(blocks, records, HexFormat.of().formatHex(root), findings);
  }
}
