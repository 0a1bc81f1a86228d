package no.spor.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.identity.IdentityException;
import no.spor.ledger.identity.LedgerIdentity;
import no.spor.ledger.tree.Publisher;
import no.spor.ledger.tree.PublisherOptions;
import no.spor.ledger.tree.PublisherOptions.Seen;
import no.spor.ledger.witness.Cosigning;
import no.spor.ledger.witness.SeenElsewhere;
import no.spor.ledger.witness.Submission;
import no.spor.ledger.witness.WitnessClient;
import no.spor.server.NodeOptions.Outward;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// What publishes the ledger: who it is, its publisher, and where its checkpoints are kept.
///
/// @param identity signs
record Publishing(LedgerIdentity identity, Publisher publisher, CheckpointStore checkpoints) {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
  private static final Duration ROUNDS = Duration.ofSeconds(1);

  /// Opens it, before the ledger: nothing is appended to one that does not continue what was
  /// published, here or as witnesses have seen it. It is closed after the ledger: the last
  /// checkpoint covers all.
  static Publishing open(
      Stores stores, Vault vault, Outward outward, InstantSource clock, Opened opened) {
    LedgerStore ledger = stores.ledger();
    CheckpointStore checkpoints = stores.checkpoints();
    LedgerIdentity identity =
        LedgerIdentity.open(
            checkpoints,
            new VaultLedgerKeys(vault),
            ledger.ledger(),
            ledger.newest().isEmpty(),
            outward.origin(),
            clock);
    List<WitnessClient> witnesses =
        outward.witnesses().stream()
            .map(address -> opened.add(new WitnessClient(address, ANSWER_WITHIN)))
            .toList();
    List<Seen> seen =
        SeenElsewhere.collect(identity, checkpoints, witnesses, read(outward.since()));
    PublisherOptions options = PublisherOptions.of(clock).withSeen(seen);
    Publisher publisher =
        opened.add(Publisher.open(ledger, stores.tiles(), checkpoints, identity, options));
    if (!witnesses.isEmpty()) {
      opened.add(
          new Cosigning(
              witnesses, () -> Submission.of(publisher.head()), checkpoints, clock, ROUNDS));
    }
    return new Publishing(identity, publisher, checkpoints);
  }

  private static @Nullable String read(@Nullable Path file) {
    try {
      return file == null ? null : Files.readString(file);
    } catch (IOException e) {
      throw new IdentityException("the checkpoint in " + file + " cannot be read");
    }
  }
}
