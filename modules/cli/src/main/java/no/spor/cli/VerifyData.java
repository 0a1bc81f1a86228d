package no.spor.cli;

import java.util.List;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.ledger.verify.VerifierKey;
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
        String what =
            stores.mongo() == null ? "a server uses " + stores.data() : "servers may write";
        out.notice(what + ": it is verified as it grows");
      }
      if (ledger.payloads() == null) {
        out.notice("control records are not opened: " + ledger.whyWithoutPayloads());
      }
      Verifier verifier =
          Verifier.of(ledger.blocks())
              .rules(new RecordedHistory(ledger.payloads()))
              .tiles(ledger.tiles())
              .threads(threads);
      checkpoints(ledger, verifier, held, older);
      kept.earlier().ifPresent(verifier::resume);
      Report report;
      try (ProgressBar bar = ProgressBar.onTerminal("verifying", blocks(ledger))) {
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
    KeyChain keys = KeyChain.of(ledger.keyStatements(), held);
    keys.flaws().forEach(verifier::keyFlaw);
    if (keys.isEmpty()) {
      if (held == null && !older.isEmpty()) {
        throw new CommandFailedException(
            "the directory does not say with which key checkpoints are signed: --vkey VKEY");
      }
      keys = held == null ? keys : KeyChain.of(List.of(held));
      out.notice("no checkpoints are kept here: what was signed cannot be held against the ledger");
    } else if (held == null) {
      out.notice(
          "the ledger's key is believed as the directory has it: "
              + keys.current()
              + " (compare it with the one you had before, or give that by --vkey)");
    }
    if (!keys.isEmpty()) {
      for (StoredLedger.Kept one : ledger.checkpoints(keys.origin())) {
        verifier.checkpoint(one.name(), one.note(), keys.keysFor(one.note()));
      }
    }
    for (byte[] note : older) {
      verifier.checkpoint("the older checkpoint", note, keys.keysFor(note));
    }
  }
}
