package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// Port: signs for the ledger. Thread-safe. The private key never leaves it.
///
/// Signs whatever it is given: that a checkpoint continues all those before it is proven by who
/// calls ([Publisher]), and nobody else may call.
public interface CheckpointSigner {

  /// @return the origin that stands in every checkpoint it signs
  String origin();

  /// @return the origin whose ledger this one continues after it was restored on purpose; null
  ///   where there is none. Only then may a checkpoint follow one of another origin
  default @Nullable String predecessor() {
    return null;
  }

  /// @param checkpoint of [#origin]
  /// @return the whole signed note (C2SP `signed-note`): [Checkpoint#text], an empty line, one
  ///   signature line a key
  /// @throws LedgerStoreException where it cannot sign now; the same call may succeed later
  String sign(Checkpoint checkpoint);
}
