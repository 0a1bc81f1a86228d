package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.rights.verify.KeptKeys;
import no.spor.rights.verify.RecordedHistory;

/// What `spor verify --data` says.
final class VerifiedLedger {
  private VerifiedLedger() {}

  static Report at(Path data) {
    return at(data, Instant.MAX);
  }

  /// @param now what the clock says
  static Report at(Path data, Instant now) {
    try (StoredLedger ledger =
        StoredLedger.open(TestStore.on(new NodeOptions(data, null, 1_000)))) {
      assertThat(ledger.payloads()).as(ledger.whyWithoutPayloads()).isNotNull();
      RecordedHistory rules = new RecordedHistory(ledger.payloads());
      KeptKeys kept = ledger.keptKeys();
      if (kept != null) {
        rules.keys(kept, ledger.blocks(), now);
      }
      Verifier verifier = Verifier.of(ledger.blocks()).rules(rules).tiles(ledger.tiles());
      KeyChain keys = KeyChain.of(ledger.keyStatements(), null);
      keys.flaws().forEach(verifier::keyFlaw);
      ledger
          .checkpoints(keys.origin())
          .forEach(one -> verifier.checkpoint(one.name(), one.note(), keys.keysFor(one.note())));
      return verifier.run();
    }
  }
}
