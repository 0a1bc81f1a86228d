package no.spor.ledger.axon;

import java.util.List;
import no.spor.activity.Role;

/// An administrative event that has more to seal than its payload, for readers who hold other keys:
/// an erasure's lookup for the fence, for instance. The parts stand after the payload, in this
/// order. Axon's handlers do not see them; the payload must not hold them as well.
public interface FurtherParts {
  List<FurtherPart> furtherParts();

  /// @param content what is to be sealed
  record FurtherPart(Role role, byte[] content) {}
}
