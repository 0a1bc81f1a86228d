package no.spor.ledger.tree;

import no.spor.ledger.CheckpointStore.Published;

/// A published checkpoint and the tree it covers.
///
/// @param published what the checkpoint store holds
/// @param tree of exactly that size and root
public record PublishedHead(Published published, LedgerTree tree) {

  /// @return number of entries under the checkpoint
  public long size() {
    return published.checkpoint().size();
  }
}
