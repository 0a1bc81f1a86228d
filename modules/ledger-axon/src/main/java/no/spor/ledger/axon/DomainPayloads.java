package no.spor.ledger.axon;

import no.spor.activity.HeaderBody;

/// Port: seals and opens the payloads of administrative events, so that none need lie in clear. The
/// server wires it to the vault.
///
/// Thread-safe. Trust: whoever implements it sees every administrative payload.
public interface DomainPayloads {
  /// @param header the header's body, decoded
  /// @param body its exact bytes: what the sealed part is bound to
  /// @param payload what is to be sealed; not kept
  /// @return the part's bytes, 1 byte to 512 KiB
  byte[] seal(HeaderBody header, byte[] body, byte[] payload);

  /// Reverses [#seal].
  ///
  /// @throws RuntimeException where the part cannot be opened: nothing is guessed
  byte[] open(HeaderBody header, byte[] body, byte[] part);

  /// Leaves every payload readable for whoever can read the ledger's store: for tests and
  /// measurements only.
  static DomainPayloads insecureInClear() {
    return new DomainPayloads() {
      @Override
      public byte[] seal(HeaderBody header, byte[] body, byte[] payload) {
        return payload;
      }

      @Override
      public byte[] open(HeaderBody header, byte[] body, byte[] part) {
        return part;
      }
    };
  }
}
