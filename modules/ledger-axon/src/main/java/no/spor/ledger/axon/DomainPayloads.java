package no.spor.ledger.axon;

import java.util.List;
import java.util.stream.Stream;
import no.spor.activity.HeaderBody;
import no.spor.ledger.axon.FurtherParts.FurtherPart;

/// Port: seals and opens the payloads of administrative events, so that none need lie in clear. The
/// server wires it to the vault.
///
/// Thread-safe. Trust: whoever implements it sees every administrative payload.
public interface DomainPayloads {
  /// @param header the header's body, decoded
  /// @param body its exact bytes: what the sealed parts are bound to
  /// @param payload to be sealed as part 0; not kept
  /// @param further what the event has of [FurtherParts]: the parts after it
  /// @return the bytes of each part, one for each of the header's roles, 1 byte to 512 KiB
  List<byte[]> seal(HeaderBody header, byte[] body, byte[] payload, List<FurtherPart> further);

  /// Reverses [#seal] for the payload, part 0.
  ///
  /// @throws RuntimeException where the part cannot be opened: nothing is guessed
  byte[] open(HeaderBody header, byte[] body, byte[] part);

  /// Leaves every payload readable for whoever can read the ledger's store: for tests and
  /// measurements only.
  static DomainPayloads insecureInClear() {
    return new DomainPayloads() {
      @Override
      public List<byte[]> seal(
          HeaderBody header, byte[] body, byte[] payload, List<FurtherPart> further) {
        return Stream.concat(Stream.of(payload), further.stream().map(FurtherPart::content))
            .toList();
      }

      @Override
      public byte[] open(HeaderBody header, byte[] body, byte[] part) {
        return part;
      }
    };
  }
}
