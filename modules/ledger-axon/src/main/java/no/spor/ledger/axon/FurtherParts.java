package no.spor.ledger.axon;

import java.util.List;
import no.spor.activity.PersonId;
import no.spor.activity.Role;
import org.jspecify.annotations.Nullable;

/// An administrative event that has more to seal than its payload, for readers who hold other keys:
/// an erasure's lookup for the fence, for instance. The parts stand after the payload, in this
/// order. Axon's handlers do not see them; the payload must not hold them as well.
public interface FurtherParts {
  List<FurtherPart> furtherParts();

  /// @param person for a fence: whose lookup is to be sealed; the id itself is written nowhere
  /// @param content what is to be sealed; of no length where a person says it
  record FurtherPart(Role role, @Nullable PersonId person, byte[] content) {
    /// A person's lookup, which [DomainPayloads] finds.
    public static FurtherPart fence(PersonId person) {
      return new FurtherPart(Role.FENCE, person, new byte[0]);
    }

    /// A person's lookup that is known already.
    public static FurtherPart fence(byte[] lookup) {
      return new FurtherPart(Role.FENCE, null, lookup);
    }

    @Override
    public String toString() {
      return "FurtherPart[" + role + ", …]";
    }
  }
}
