package no.spor.tenancy;

import java.util.HashMap;
import java.util.Map;
import no.spor.tenancy.TenancyEvent.KeyCreated;
import no.spor.tenancy.TenancyEvent.KeyRevoked;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;

/// What decisions about the operator's keys rest on: that there was a first administrator once
/// only, and that one is left.
@EventSourcedEntity(tagKey = "keyring")
final class OperatorEntity {
  private final String keyring;
  private final Map<String, AccessRole> alive = new HashMap<>();
  private boolean everAdministered;

  @EntityCreator
  OperatorEntity(@InjectEntityId String keyring) {
    this.keyring = keyring;
  }

  boolean everAdministered() {
    return everAdministered;
  }

  boolean alive(String key) {
    return alive.containsKey(key);
  }

  boolean lastAdministrator(String key) {
    return alive.get(key) == AccessRole.ADMIN
        && alive.values().stream().filter(role -> role == AccessRole.ADMIN).count() == 1;
  }

  @EventSourcingHandler
  void on(KeyCreated event) {
    if (event.keyring().equals(keyring)) {
      AccessRole role = AccessRole.ofLabel(event.role());
      alive.put(event.key(), role);
      everAdministered |= role == AccessRole.ADMIN;
    }
  }

  @EventSourcingHandler
  void on(KeyRevoked event) {
    if (event.keyring().equals(keyring)) {
      alive.remove(event.key());
    }
  }
}
