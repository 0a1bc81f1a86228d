package no.spor.vault;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Standing;

/// Who is erased in the ledger while the key store may still hold the keys: until it shows the
/// erasure itself, nobody here is what it says. Thread-safe.
///
/// Lookups and closings go when a read of the store shows them, or when this node has written them
/// there; ids, which never stand again once they are destroyed, only with the latter.
final class PendingErasures {
  private static final Standing GONE = new Standing(null, new Fence(0, Long.MAX_VALUE, -1));

  private final Set<UUID> people = ConcurrentHashMap.newKeySet();
  private final Map<PersonRef, Long> fences = new ConcurrentHashMap<>();
  private final Map<UUID, Long> closings = new ConcurrentHashMap<>();

  void forgotten(UUID person) {
    people.add(person);
  }

  void fenced(PersonRef ref, long position) {
    fences.merge(ref, position, Math::max);
  }

  void accountClosed(UUID person, long position) {
    closings.merge(person, position, Math::max);
  }

  /// The key store holds this erasure now.
  void written(Erasure erasure) {
    UUID person = erasure.person();
    if (person != null) {
      people.remove(person);
      closings.remove(person);
    }
    Lookup lookup = erasure.lookup();
    if (lookup != null) {
      fences.computeIfPresent(
          new PersonRef(erasure.tenant(), lookup),
          (ref, position) -> position <= erasure.position() ? null : position);
    }
  }

  /// @param standing as the key store says
  /// @return as it is
  Standing of(PersonRef ref, Standing standing) {
    Long position = fences.get(ref);
    if (position != null) {
      Fence fence = standing.fence();
      if (fence == null || fence.position() < position) {
        return GONE;
      }
      fences.remove(ref, position);
    }
    Person person = standing.person();
    return person != null && people.contains(person.id()) ? GONE : standing;
  }

  /// @return whether the person is gone, or may be by a fence: then [#of] tells
  boolean concerns(Person person) {
    return people.contains(person.id()) || fences.containsKey(person.ref());
  }

  /// @param person as the key store says
  /// @return whether the account that the key store has is closed
  boolean closes(Person person) {
    Long position = closings.get(person.id());
    if (position == null) {
      return false;
    }
    if (person.accountClosedPosition() < position) {
      return true;
    }
    closings.remove(person.id(), position);
    return false;
  }
}
