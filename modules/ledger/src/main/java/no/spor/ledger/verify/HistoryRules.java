package no.spor.ledger.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Judges what the ledger itself does not look into: headers' bodies, and whether what is missing
/// is accounted for by what is recorded. Implemented where bodies and control records are known.
///
/// [#examine] is called by several threads at once, in any order of blocks; all else by one thread,
/// each block's step in the ledger's order.
public interface HistoryRules {
  /// Judges nothing.
  HistoryRules NONE = (block, findings) -> Step.NONE;

  /// Looks at a block by itself.
  ///
  /// @param findings gets what is wrong in this block
  /// @return what is to be done with it in order
  Step examine(BlockView block, List<Finding> findings);

  /// What a block adds to the whole.
  @FunctionalInterface
  interface Step {
    Step NONE = findings -> {};

    void inOrder(Findings findings);
  }

  /// Judges the whole, after the last block's step.
  default void finish(Absent absent, Findings findings) {}

  /// Where a restored ledger went on under a new origin. Asked after the last block's step.
  ///
  /// @param predecessor the origin it had before
  /// @return how many records it had been restored to; empty where nothing says so
  default OptionalLong continuedAt(String predecessor) {
    return OptionalLong.empty();
  }

  /// Headers that are not there.
  ///
  /// @param headers how many stored headers are empty
  /// @param leftOut how many sequences each stream leaves out
  /// @param firstBlock the first block that has an empty header; −1 for none
  record Absent(long headers, Map<String, Long> leftOut, long firstBlock) {}

  /// Keeps the state between blocks, so that an interrupted check can go on.
  default void save(DataOutput out) throws IOException {}

  /// Goes on from what [#save] kept.
  default void restore(DataInput in) throws IOException {}
}
