package no.spor.tenancy;

import no.spor.tenancy.TenancyEvent.KeyCreated;
import no.spor.tenancy.TenancyEvent.KeyRevoked;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;

/// What the revoking of a tenant's key rests on.
@EventSourcedEntity(tagKey = "key")
final class KeyEntity {
  private final String id;
  private String keyring = "";
  private boolean revoked;

  @EntityCreator
  KeyEntity(@InjectEntityId String id) {
    this.id = id;
  }

  boolean alive() {
    return !keyring.isEmpty() && !revoked;
  }

  String keyring() {
    return keyring;
  }

  @EventSourcingHandler
  void on(KeyCreated event) {
    if (event.key().equals(id)) {
      keyring = event.keyring();
    }
  }

  @EventSourcingHandler
  void on(KeyRevoked event) {
    if (event.key().equals(id)) {
      revoked = true;
    }
  }
}
