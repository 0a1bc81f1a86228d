package no.spor.vault;

import java.util.UUID;
import no.spor.vault.KeyStore.PersonRef;

/// Whose a pseudonym is: no key, so there is nothing to wipe.
final class Owner extends Counted {
  private final UUID person;
  private final PersonRef ref;

  Owner(UUID person, PersonRef ref) {
    this.person = person;
    this.ref = ref;
  }

  UUID person() {
    return person;
  }

  PersonRef ref() {
    return ref;
  }

  @Override
  void wipe() {}
}
