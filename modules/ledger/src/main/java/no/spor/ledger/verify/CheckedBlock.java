package no.spor.ledger.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import no.spor.ledger.Block;

/// What was found out about a block by itself: what the order of blocks has to confirm.
final class CheckedBlock {
  final Block block;
  final List<Finding> findings = new ArrayList<>(0);

  /// Of the block's own bytes, whatever it says.
  byte[] hash = new byte[0];

  /// Leaf hashes, 32 bytes each; empty where the entries are not as many as the block says.
  byte[] leaves = new byte[0];

  /// Stretches of one stream's records whose sequences follow one another.
  final List<Run> runs = new ArrayList<>(1);

  int dropped;
  int illegible;
  long earliest = Long.MAX_VALUE;
  long latest = Long.MIN_VALUE;
  HistoryRules.Step step = HistoryRules.Step.NONE;

  CheckedBlock(Block block) {
    this.block = block;
  }

  /// Records of a stream whose sequences follow one another.
  static final class Run {
    private final String stream;
    private final long first;
    private final long position;
    private final int absentBefore;
    private long last;

    Run(String stream, long first, long position, int absentBefore) {
      this.stream = stream;
      this.first = first;
      this.position = position;
      this.absentBefore = absentBefore;
      this.last = first;
    }

    /// @return whether it was the next one
    boolean takes(long sequence) {
      if (sequence != last + 1) {
        return false;
      }
      last = sequence;
      return true;
    }

    String stream() {
      return stream;
    }

    long first() {
      return first;
    }

    long last() {
      return last;
    }

    /// @return of its first record
    long position() {
      return position;
    }

    /// @return how many headers of this block are dropped or cannot be read before it
    int absentBefore() {
      return absentBefore;
    }
  }

  UUID keyStore() {
    return block.head().keys().keyStore();
  }

  void add(FindingKind kind, String detail) {
    findings.add(Finding.ofBlock(kind, block.head().number(), detail));
  }

  void illegible(int index, String detail) {
    illegible++;
    add(FindingKind.HEADER, index, detail);
  }

  void add(FindingKind kind, int index, String detail) {
    var head = block.head();
    findings.add(Finding.ofRecord(kind, head.number(), head.firstPosition() + index, detail));
  }
}
