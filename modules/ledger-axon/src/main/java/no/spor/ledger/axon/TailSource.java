package no.spor.ledger.axon;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.StreamableEventSource;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.jspecify.annotations.Nullable;

/// One processor's way to the ledger; knows whether there is something left to read.
///
/// Handlers get events, a projection gets records, many at a time ([RecordChunk]).
final class TailSource implements StreamableEventSource {
  private final LedgerStorageEngine engine;
  private final boolean records;
  private volatile @Nullable MessageStream<EventMessage> open;

  /// @param records whether it is for a projection
  TailSource(LedgerStorageEngine engine, boolean records) {
    this.engine = engine;
    this.records = records;
  }

  boolean backlog() {
    MessageStream<EventMessage> stream = open;
    return stream != null && stream.hasNextAvailable();
  }

  @Override
  public MessageStream<EventMessage> open(
      StreamingCondition condition, @Nullable ProcessingContext context) {
    MessageStream<EventMessage> stream =
        records
            ? engine.records(condition, RecordChunk.RECORDS)
            : engine.stream(condition, context);
    open = stream;
    return stream;
  }

  @Override
  public CompletableFuture<TrackingToken> firstToken(@Nullable ProcessingContext context) {
    return engine.firstToken(context);
  }

  @Override
  public CompletableFuture<TrackingToken> latestToken(@Nullable ProcessingContext context) {
    return engine.latestToken(context);
  }

  @Override
  public CompletableFuture<TrackingToken> tokenAt(Instant at, @Nullable ProcessingContext context) {
    return engine.tokenAt(at, context);
  }
}
