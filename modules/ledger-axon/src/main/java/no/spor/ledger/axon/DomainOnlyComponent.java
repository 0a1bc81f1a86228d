package no.spor.ledger.axon;

import org.axonframework.messaging.core.Message;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.DelegatingEventHandlingComponent;
import org.axonframework.messaging.eventhandling.EventHandlingComponent;
import org.axonframework.messaging.eventhandling.EventMessage;

/// Lets administrative events through. A tenant may name a type of its own just as one of them is
/// named; such an activity must neither be taken for an administrative act nor stop the processor.
final class DomainOnlyComponent extends DelegatingEventHandlingComponent {
  DomainOnlyComponent(EventHandlingComponent delegate) {
    super(delegate);
  }

  @Override
  public MessageStream.Empty<Message> handle(EventMessage event, ProcessingContext context) {
    return event instanceof LedgerEventMessage message && !message.domain()
        ? MessageStream.empty()
        : super.handle(event, context);
  }
}
