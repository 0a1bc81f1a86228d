package no.spor.vault;

import java.util.List;
import no.spor.activity.HeaderBody;
import no.spor.activity.PersonId;
import org.jspecify.annotations.Nullable;

/// An event to be sealed.
///
/// @param header the body, decoded; gives tenant, class, policy version, day and month
/// @param body its exact bytes: associated data of every part
/// @param untilClosed whether the class is `until-closed` (sealed under the account key)
/// @param parts in the order of `header.roles()`
public record SealRequest(
    HeaderBody header, byte[] body, boolean untilClosed, List<PlainPart> parts) {

  /// A part in clear. Short-lived: the array is wiped after sealing.
  ///
  /// @param person whose it is; null for roles that are nobody's, and for a fence whose content is
  ///   the lookup already
  /// @param codec plaintext codec, see `FORMAT.md`
  public record PlainPart(
      no.spor.activity.Role role, @Nullable PersonId person, byte codec, byte[] content) {
    @Override
    public String toString() {
      return "PlainPart[" + role + ", …]";
    }
  }
}
