package no.spor.ledger.axon;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import no.spor.ledger.Draft;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.conversion.Converter;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EmptyAppendTransaction;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.GlobalIndexPosition;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.TerminalEventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.jspecify.annotations.Nullable;

/// The ledger as Axon's event storage.
///
/// Tokens, consistency markers and positions count records: *n* means that the records below
/// position *n* have been seen. Sourcing and append conditions look at the administration's stream
/// alone, so nothing that an emitter records can take part in a decision. Streaming shows every
/// record.
///
/// Appended events are durable when the commit's future completes; a crash before that loses all of
/// the transaction or nothing. At most 256 events and 1 MiB in a transaction, as it is one block.
/// Appending without a processing context is refused: Axon would swallow the outcome.
///
/// Thread-safe. Callbacks of streams are called on virtual threads, outside of locks.
public final class LedgerStorageEngine implements EventStorageEngine, AutoCloseable {
  /// What one transaction can hold.
  public static final int MAX_EVENTS = 256;

  private final Ledger ledger;
  private final RecordMapping mapping;
  private final DomainSearch search;
  private final Set<LedgerTail> tails = ConcurrentHashMap.newKeySet();

  /// @param converter turns payloads into bytes
  /// @param control whether events of a type are control records, which the registry and the key
  ///   store follow
  public LedgerStorageEngine(
      Ledger ledger, DomainPayloads payloads, Converter converter, Predicate<String> control) {
    this.ledger = ledger;
    this.mapping = new RecordMapping(payloads, converter, control);
    this.search = new DomainSearch(ledger, mapping);
  }

  @Override
  public CompletableFuture<AppendTransaction<?>> appendEvents(
      AppendCondition condition,
      @Nullable ProcessingContext context,
      List<TaggedEventMessage<?>> events) {
    try {
      if (context == null) {
        throw new IllegalStateException(
            "events are appended within a processing context, or their outcome would be lost");
      }
      if (events.size() > MAX_EVENTS) {
        throw new IllegalArgumentException(
            "a transaction holds at most " + MAX_EVENTS + " events, not " + events.size());
      }
      long checked = ledger.size();
      if (conflict(condition, seen(condition.consistencyMarker()), checked)) {
        throw AppendEventsTransactionRejectedException.conflictingEventsDetected(
            condition.consistencyMarker());
      }
      if (events.isEmpty()) {
        return CompletableFuture.completedFuture(EmptyAppendTransaction.INSTANCE);
      }
      List<Draft> drafts = new ArrayList<>(events.size());
      for (TaggedEventMessage<?> event : events) {
        drafts.add(mapping.draft(event));
      }
      // What stood before cannot change any more, so the commit looks at the records since then
      // only.
      return CompletableFuture.completedFuture(
          new LedgerAppend(ledger, search, condition, checked, drafts));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private boolean conflict(AppendCondition condition, long from, long to) {
    return !unconditional(condition) && search.any(condition.criteria(), from, to);
  }

  static boolean unconditional(AppendCondition condition) {
    return condition.consistencyMarker() == ConsistencyMarker.INFINITY;
  }

  private static long seen(ConsistencyMarker marker) {
    return Math.max(0, GlobalIndexConsistencyMarker.position(marker));
  }

  @Override
  public MessageStream<EventMessage> source(
      SourcingCondition condition, @Nullable ProcessingContext context) {
    long size = ledger.size();
    long from = Math.max(0, GlobalIndexPosition.toIndex(condition.start()));
    Stream<EventMessage> found =
        search.all(condition.criteria(), from, size).stream().map(EventMessage.class::cast);
    return MessageStream.fromStream(
        Stream.concat(found, Stream.of(TerminalEventMessage.INSTANCE)),
        message ->
            message instanceof LedgerEventMessage event
                ? tokenContext(event.position())
                : ConsistencyMarker.addToContext(
                    Context.empty(), new GlobalIndexConsistencyMarker(size)));
  }

  static Context tokenContext(long position) {
    return TrackingToken.addToContext(
        Context.empty(), new GlobalSequenceTrackingToken(position + 1));
  }

  @Override
  public MessageStream<EventMessage> stream(
      StreamingCondition condition, @Nullable ProcessingContext context) {
    return tail(condition, 1);
  }

  /// @param together at most so many of all records in each message ([RecordChunk])
  MessageStream<EventMessage> records(StreamingCondition condition, int together) {
    return tail(condition, Math.max(2, together));
  }

  private LedgerTail tail(StreamingCondition condition, int together) {
    TrackingToken token = condition.position();
    long from = token == null ? 0 : Math.max(0, token.position().orElse(0));
    LedgerTail tail =
        new LedgerTail(ledger, mapping, condition.criteria(), from, together, tails::remove);
    tails.add(tail);
    return tail;
  }

  @Override
  public CompletableFuture<TrackingToken> firstToken(@Nullable ProcessingContext context) {
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(0));
  }

  @Override
  public CompletableFuture<TrackingToken> latestToken(@Nullable ProcessingContext context) {
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(ledger.size()));
  }

  /// By the time of recording, which never decreases, so that it is found by halving; an event's
  /// own time may be anything.
  @Override
  public CompletableFuture<TrackingToken> tokenAt(Instant at, @Nullable ProcessingContext context) {
    long wanted = at.toEpochMilli();
    long low = 0;
    long high = ledger.size();
    while (low < high) {
      long middle = (low + high) >>> 1;
      // The first from there on whose header was not dropped with its tenant.
      List<LedgerRecord> standing = ledger.readFrom(middle, 1);
      if (!standing.isEmpty() && standing.getFirst().recordedAtMillis() < wanted) {
        low = standing.getFirst().position() + 1;
      } else {
        high = middle;
      }
    }
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(low));
  }

  @Override
  public void describeTo(ComponentDescriptor descriptor) {
    descriptor.describeProperty("records", ledger.size());
    descriptor.describeProperty("openStreams", tails.size());
  }

  /// Ends every open stream with an error, so that its reader knows that it did not reach an end.
  /// Does not close the ledger.
  @Override
  public void close() {
    for (LedgerTail tail : tails) {
      tail.fail(new IllegalStateException("the event storage was closed"));
    }
  }
}
