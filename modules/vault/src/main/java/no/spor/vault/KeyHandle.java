package no.spor.vault;

/// Stands for one person's (or account's) keys in memory.
public interface KeyHandle {
  /// @return whether the keys still stood when this node last followed the ledger and the key
  ///   store; safe to call from any thread, never blocks
  boolean alive();
}
