package no.spor.ledger;

/// Is told of committed blocks, in order, each once in a run, own and other nodes' alike, before
/// the next block is attempted and before the appends in it are acknowledged. Called on the
/// appender's thread: must be fast, must not append, must not throw (the ledger takes no more
/// appends if it does: what follows may be what admissions rest on).
@FunctionalInterface
public interface BlockFollower {
  void committed(Block block);

  /// @return number of the first block it wants; blocks that stand already are given to it while
  ///   the ledger opens; by default only those that come after
  default long next() {
    return Long.MAX_VALUE;
  }

  /// @return whether it wants only blocks that hold control records, which are few and quick to
  ///   find
  default boolean controlOnly() {
    return false;
  }
}
