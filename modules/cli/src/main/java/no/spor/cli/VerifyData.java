package no.spor.cli;

import java.time.Instant;
import java.util.List;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.ledger.verify.VerifierKey;
import no.spor.rights.verify.KeptKeys;
import no.spor.rights.verify.RecordedHistory;
import no.spor.server.NodeOptions;
import no.spor.server.StoredLedger;
import org.jspecify.annotations.Nullable;

/// Verifies a data directory, or stores on MongoDB, from every byte that is stored.
final class VerifyData {
  private final VerifyOutput out;
  private final int threads;
  private final VerifyProgress kept;

  VerifyData(VerifyOutput out, int threads, VerifyProgress kept) {
    this.out = out;
    this.threads = threads;
    this.kept = kept;
  }

  static KeyChain keys(NodeOptions stores) {
    try (StoredLedger ledger = StoredLedger.open(stores)) {
      return KeyChain.of(ledger.keyStatements(), null);
    }
  }

  Report check(NodeOptions stores, @Nullable VerifierKey held, List<byte[]> older) {
    try (StoredLedger ledger = StoredLedger.open(stores)) {
      if (ledger.isShared()) {
        if (stores.mongo() == null) {
          out.notice("verify.in-use", stores.data());
        } else {
          out.notice("verify.shared");
        }
      }
      if (ledger.payloads() == null) {
        out.notice("verify.no-payloads", ledger.whyWithoutPayloads());
      }
      RecordedHistory rules = new RecordedHistory(ledger.payloads());
      KeptKeys keys = ledger.keptKeys();
      if (keys == null) {
        out.notice("verify.no-keys");
      } else {
        rules.keys(keys, ledger.blocks(), Instant.now());
      }
      Verifier verifier =
          Verifier.of(ledger.blocks()).rules(rules).tiles(ledger.tiles()).threads(threads);
      checkpoints(ledger, verifier, held, older);
      kept.earlier().ifPresent(verifier::resume);
      Report report;
      try (ProgressBar bar = ProgressBar.onTerminal(out.words(), "bar.verifying", blocks(ledger))) {
        report =
            verifier
                .progress((done, all, records, now) -> {
                  bar.at(done, records);
                  kept.at(now);
                })
                .run();
      }
      kept.done();
      return report;
    }
  }

  private static long blocks(StoredLedger ledger) {
    return ledger.blocks().newest().orElse(0) + 1;
  }

  private void checkpoints(
      StoredLedger ledger, Verifier verifier, @Nullable VerifierKey held, List<byte[]> older) {
    KeyChain stated = KeyChain.of(ledger.keyStatements(), held);
    stated.flaws().forEach(verifier::keyFlaw);
    KeyChain keys = believed(stated, held, older);
    if (!keys.isEmpty()) {
      kept(ledger, verifier, keys, !stated.isEmpty());
    }
    for (byte[] note : older) {
      if (keys.formerKeysFor(note).isEmpty()) {
        verifier.checkpoint("the older checkpoint", note, keys.keysFor(note));
      } else {
        former(verifier, keys, "the older checkpoint", note);
      }
    }
  }

  private KeyChain believed(KeyChain stated, @Nullable VerifierKey held, List<byte[]> older) {
    if (stated.isEmpty()) {
      if (held == null && !older.isEmpty()) {
        throw out.words().failed("verify.no-vkey");
      }
      out.notice("verify.no-checkpoints");
      return held == null ? stated : KeyChain.of(List.of(held));
    }
    if (held == null) {
      out.notice("verify.believed-directory", stated.current());
    }
    return stated;
  }

  /// Takes up every checkpoint that is kept, also of origins that the ledger had before.
  private static void kept(StoredLedger ledger, Verifier verifier, KeyChain keys, boolean stated) {
    List<StoredLedger.Kept> present = ledger.checkpoints(keys.origin());
    present.forEach(one -> verifier.checkpoint(one.name(), one.note(), keys.keysFor(one.note())));
    if (present.isEmpty() && stated && ledger.blocks().newest().isPresent()) {
      verifier.checkpointsMissing(
          "the ledger's key is kept and no checkpoint that it signed: they were taken away, and"
              + " whether the ledger was cut cannot be known");
    }
    for (String origin : keys.formerOrigins()) {
      ledger.checkpoints(origin).forEach(one -> former(verifier, keys, one.name(), one.note()));
    }
  }

  private static void former(Verifier verifier, KeyChain keys, String name, byte[] note) {
    verifier.formerCheckpoint(name + " of a former origin", note, keys.formerKeysFor(note));
  }
}
