package no.spor.server;

import java.util.ArrayList;
import java.util.List;
import no.spor.activity.HeaderBody;
import no.spor.activity.Role;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Opened;
import no.spor.vault.SealOutcome;
import no.spor.vault.SealRequest;
import no.spor.vault.SealRequest.PlainPart;
import no.spor.vault.Vault;

/// Seals what administration records under the keys of the stream `spor`: nothing of it lies in
/// clear. Thread-safe.
final class SealedPayloads implements DomainPayloads {
  private static final byte OPAQUE = 3;
  private final Vault vault;

  SealedPayloads(Vault vault) {
    this.vault = vault;
  }

  @Override
  public List<byte[]> seal(
      HeaderBody header, byte[] body, byte[] payload, List<FurtherPart> further) {
    List<PlainPart> parts = new ArrayList<>(1 + further.size());
    parts.add(new PlainPart(Role.PAYLOAD, null, OPAQUE, payload.clone()));
    further.forEach(part ->
        parts.add(new PlainPart(part.role(), part.person(), OPAQUE, part.content().clone())));
    SealOutcome outcome =
        vault.seal(List.of(new SealRequest(header, body, false, parts))).getFirst();
    if (outcome instanceof SealOutcome.Sealed sealed) {
      return sealed.parts();
    }
    throw new KeysUnavailableException("an administrative event was refused by the vault");
  }

  @Override
  public byte[] open(HeaderBody header, byte[] body, byte[] part) {
    if (vault.open(header, body, 0, part) instanceof Opened.Clear clear) {
      return clear.content();
    }
    throw new KeysUnavailableException(
        "an administrative event cannot be opened: the key store is not the one it was sealed with");
  }
}
