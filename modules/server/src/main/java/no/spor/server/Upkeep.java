package no.spor.server;

import no.spor.ledger.axon.SporAxon;
import no.spor.rights.EpochRotation;
import no.spor.rights.KeyLoss;
import no.spor.rights.Retention;

/// What a node does by itself so that what is over ends and what is erased stays erased, and what
/// an operator decides where it cannot.
public record Upkeep(Retention retention, EpochRotation epochs, KeyLoss loss) {
  /// Adds the command handlers.
  ///
  /// @return the same builder
  static SporAxon.Builder register(SporAxon.Builder axon) {
    return KeyLoss.register(Retention.register(axon));
  }
}
