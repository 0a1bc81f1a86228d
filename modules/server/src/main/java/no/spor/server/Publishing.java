package no.spor.server;

import java.time.InstantSource;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.identity.LedgerIdentity;
import no.spor.ledger.tree.Publisher;
import no.spor.ledger.tree.PublisherOptions;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// What publishes the ledger: who it is, its publisher, and where its checkpoints are kept.
///
/// @param identity signs
record Publishing(LedgerIdentity identity, Publisher publisher, CheckpointStore checkpoints) {

  /// Opens it, before the ledger: nothing is appended to one that does not continue what was
  /// published. It is closed after the ledger: the last checkpoint covers all.
  ///
  /// @param origin what the ledger shall be known as; null for what it is, or the default
  static Publishing open(
      Stores stores, Vault vault, @Nullable String origin, InstantSource clock, Opened opened) {
    LedgerStore ledger = stores.ledger();
    CheckpointStore checkpoints = stores.checkpoints();
    LedgerIdentity identity =
        LedgerIdentity.open(
            checkpoints,
            new VaultLedgerKeys(vault),
            ledger.ledger(),
            ledger.newest().isEmpty(),
            origin,
            clock);
    Publisher publisher =
        opened.add(
            Publisher.open(
                ledger, stores.tiles(), checkpoints, identity, PublisherOptions.of(clock)));
    return new Publishing(identity, publisher, checkpoints);
  }
}
