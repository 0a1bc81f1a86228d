package no.spor.ledger;

/// Is told of every committed block, in order, each once in a run, own and other nodes' alike,
/// before the next block is attempted and before the appends in it are acknowledged. Called on the
/// appender's thread: must be fast, must not append, must not throw.
@FunctionalInterface
public interface BlockFollower {
  void committed(Block block);
}
