package no.spor.conformance;

import java.util.List;
import no.spor.ledger.Block;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.Verifier;
import no.spor.ledger.verify.VerifierKey;
import no.spor.rights.verify.RecordedHistory;

/// The sample of [TamperSuite], for tests that know how a store keeps it: write the blocks, change
/// a byte, and see what the verifier says.
public final class TamperedLedger {
  private final SampleHistory history = new SampleHistory();
  private final List<Block> blocks = SampleHistory.forgotten(history.build());

  public List<Block> blocks() {
    return blocks;
  }

  /// @return what a verifier with keys, and with the newest checkpoint, finds
  public Report verify(BlockSource source) {
    return Verifier.of(source)
        .rules(new RecordedHistory(SampleHistory.payloads()))
        .threads(1)
        .checkpoint(
            "the newest",
            history.checkpoint(blocks, blocks.size()),
            List.of(VerifierKey.parse(history.vkey())))
        .run();
  }
}
