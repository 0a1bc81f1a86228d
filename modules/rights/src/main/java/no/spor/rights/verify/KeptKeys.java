package no.spor.rights.verify;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a verifier looks at beside a ledger: which keys stand, never what they are, and how far
/// what was forgotten has been dropped. It needs no root key. Nothing it says is believed.
public interface KeptKeys {
  /// @param account whether there is a key of the person's account
  /// @param closedPosition of the record that closed the account last; −1 for none
  record Person(String tenant, boolean account, long closedPosition) {}

  /// @param position of the record by which it stands
  record Fence(String tenant, long position) {}

  /// @param hash of the block, 32 bytes
  record Followed(long block, byte[] hash) {}

  /// @return how far this ledger has been followed; empty where it never was
  Optional<Followed> followed(UUID ledger);

  /// @return the person of this internal id, where there are keys of one
  @Nullable Person person(UUID id);

  List<Fence> fences();

  /// @return how many keys of days before this one a series has
  long periodsBefore(String tenant, String retention, int policyVersion, long day);

  /// @return the first day of a series that keys may be made of; empty for any
  OptionalInt mark(String tenant, String retention, int policyVersion);

  /// @return keys that belong to nothing, or stand where one was wiped
  long strayKeys();

  /// @return the epochs that keys are wrapped under
  Set<Integer> epochsInUse();

  /// @return the epochs whose own key stands
  Set<Integer> epochs();

  /// @return the time that is held for proven, milliseconds since 1970-01-01T00:00:00Z
  OptionalLong provenMillis();
}
