package no.spor.vault;

import java.util.UUID;
import no.spor.vault.KeyStore.PersonRef;

/// One person's history or account, as long as anybody in this process holds keys of it or records
/// sealed with them.
final class Handle implements KeyHandle {
  private final UUID person;
  private final PersonRef ref;
  private volatile boolean alive = true;

  Handle(UUID person, PersonRef ref) {
    this.person = person;
    this.ref = ref;
  }

  @Override
  public boolean alive() {
    return alive;
  }

  void die() {
    alive = false;
  }

  UUID person() {
    return person;
  }

  PersonRef ref() {
    return ref;
  }
}
