package no.spor.ledger;

import java.util.List;

/// A block that was built, and whose drafts it holds.
///
/// @param sequences the sequence of each record
record PlannedBlock(
    Block block, List<AppendCall.Item> items, long[] sequences, long recordedAtMillis) {

  /// The block stands: its drafts are appended.
  void decide() {
    long position = block.head().firstPosition();
    for (int i = 0; i < items.size(); i++) {
      var item = items.get(i);
      item.call().decide(item.index(), new Outcome.Appended(position + i, sequences[i]));
    }
  }
}
