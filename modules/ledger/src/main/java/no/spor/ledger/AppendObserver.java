package no.spor.ledger;

/// Told what the appender does, to be measured. Called on the appender's thread: it must return at
/// once and must not throw.
public interface AppendObserver {
  /// Looks at nothing.
  AppendObserver NONE = new AppendObserver() {};

  /// Blocks stand in the store, durably.
  ///
  /// @param bytes of headers, parts, entries and salts
  /// @param nanos how long the store took to write them durably
  default void written(int blocks, int records, long bytes, long nanos) {}

  /// Another node was first with a block: its place is taken, the records are tried again after it.
  default void conflict() {}

  /// The store took nothing, or (`unknown`) did not say whether it took something.
  default void failed(boolean unknown) {}

  /// The appender takes no more for as long as this process runs: the store contradicted itself.
  default void stopped() {}
}
