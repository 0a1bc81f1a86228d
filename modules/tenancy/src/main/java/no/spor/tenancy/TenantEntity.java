package no.spor.tenancy;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import no.spor.activity.RetentionPeriod;
import no.spor.tenancy.TenancyEvent.CatalogueChanged;
import no.spor.tenancy.TenancyEvent.TenantCreated;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;

/// What decisions about a tenant rest on.
@EventSourcedEntity(tagKey = "tenant")
final class TenantEntity {
  private final String id;
  private final Map<String, RetentionPeriod> periods = new TreeMap<>();
  private int catalogueVersion;

  @EntityCreator
  TenantEntity(@InjectEntityId String id) {
    this.id = id;
  }

  boolean exists() {
    return catalogueVersion > 0;
  }

  int catalogueVersion() {
    return catalogueVersion;
  }

  Map<String, RetentionPeriod> periods() {
    return Collections.unmodifiableMap(periods);
  }

  // An entity is shown every event of its processing context: those of others are passed over.

  @EventSourcingHandler
  void on(TenantCreated event) {
    if (event.tenant().equals(id)) {
      catalogueVersion = 1;
      periods.putAll(PolicyChanges.read(event.policies()));
    }
  }

  @EventSourcingHandler
  void on(CatalogueChanged event) {
    if (event.tenant().equals(id)) {
      catalogueVersion = event.version();
      periods.putAll(PolicyChanges.read(event.policies()));
    }
  }
}
