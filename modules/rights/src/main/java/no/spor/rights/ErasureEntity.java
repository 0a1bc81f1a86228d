package no.spor.rights;

import java.time.Instant;
import no.spor.rights.RightsEvent.AccountClosed;
import no.spor.rights.RightsEvent.ErasureApproved;
import no.spor.rights.RightsEvent.ErasureCompleted;
import no.spor.rights.RightsEvent.ErasureExtended;
import no.spor.rights.RightsEvent.ErasureHeld;
import no.spor.rights.RightsEvent.ErasureRejected;
import no.spor.rights.RightsEvent.ErasureReleased;
import no.spor.rights.RightsEvent.ErasureRequested;
import no.spor.rights.RightsEvent.ErasureVerified;
import no.spor.rights.RightsEvent.PartsCounted;
import no.spor.rights.RightsEvent.PersonErased;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;

/// What decisions about an erasure rest on.
@EventSourcedEntity(tagKey = RightsEvent.ERASURE)
final class ErasureEntity {
  private final String id;
  private final ErasureRecord record;

  @EntityCreator
  ErasureEntity(@InjectEntityId String id) {
    this.id = id;
    this.record = new ErasureRecord(id);
  }

  ErasureRecord record() {
    return record;
  }

  // An entity is shown every event of its processing context: those of others are passed over.
  private void apply(String erasure, RightsEvent event) {
    if (erasure.equals(id)) {
      record.apply(event, Instant.EPOCH, 0);
    }
  }

  @EventSourcingHandler
  void on(ErasureRequested event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(ErasureVerified event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(ErasureApproved event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(ErasureRejected event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(ErasureExtended event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(ErasureHeld event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(ErasureReleased event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(PersonErased event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(AccountClosed event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(PartsCounted event) {
    apply(event.erasure(), event);
  }

  @EventSourcingHandler
  void on(ErasureCompleted event) {
    apply(event.erasure(), event);
  }
}
