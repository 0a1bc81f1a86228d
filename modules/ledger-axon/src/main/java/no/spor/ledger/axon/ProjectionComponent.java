package no.spor.ledger.axon;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.axonframework.messaging.core.Context.ResourceKey;
import org.axonframework.messaging.core.Message;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventHandler;
import org.axonframework.messaging.eventhandling.EventHandlerRegistry;
import org.axonframework.messaging.eventhandling.EventHandlingComponent;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.jspecify.annotations.Nullable;

/// Gives a [Projection] a batch at once: Axon hands messages over one by one, whose records are
/// gathered and applied after the last, before the token is stored.
final class ProjectionComponent implements EventHandlingComponent {
  private final ResourceKey<List<StreamedRecord>> batchKey = ResourceKey.withLabel("records");
  private final Projection projection;
  private volatile @Nullable Throwable failure;

  ProjectionComponent(Projection projection) {
    this.projection = projection;
  }

  /// @return why the last batch failed; null once one has got through
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public MessageStream.Empty<Message> handle(EventMessage event, ProcessingContext context) {
    if (!(event.payload() instanceof RecordChunk chunk)) {
      throw new IllegalArgumentException("a projection reads the ledger");
    }
    context
        .computeResourceIfAbsent(batchKey, () -> begin(context, chunk.from()))
        .addAll(chunk.records());
    return MessageStream.empty();
  }

  private List<StreamedRecord> begin(ProcessingContext context, long from) {
    List<StreamedRecord> batch = new ArrayList<>();
    long applied =
        TrackingToken.fromContext(context)
            .orElseThrow(() -> new IllegalStateException("a batch has a token"))
            .position()
            .orElseThrow();
    context.onError((_, _, error) -> failure = error);
    context.runOnPostInvocation(_ -> projection.apply(batch, from, applied));
    context.runOnAfterCommit(_ -> {
      failure = null;
      projection.committed(applied);
    });
    return batch;
  }

  @Override
  public boolean supports(QualifiedName name) {
    return true;
  }

  @Override
  public Set<QualifiedName> supportedEvents() {
    return Set.of();
  }

  @Override
  public EventHandlerRegistry subscribe(QualifiedName name, EventHandler handler) {
    throw new UnsupportedOperationException("a projection takes every record");
  }

  /// All in order: a view has one writer.
  @Override
  public Object sequenceIdentifierFor(EventMessage event, ProcessingContext context) {
    return projection.name();
  }
}
