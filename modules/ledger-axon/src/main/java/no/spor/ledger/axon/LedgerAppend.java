package no.spor.ledger.axon;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import no.spor.ledger.Draft;
import no.spor.ledger.Ledger;
import no.spor.ledger.Outcome;
import no.spor.ledger.Precondition;
import no.spor.ledger.PreconditionFailedException;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine.AppendTransaction;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.jspecify.annotations.Nullable;

/// One transaction: its drafts go into one block, under the condition, checked again right before
/// the block is written.
final class LedgerAppend implements AppendTransaction<ConsistencyMarker> {
  private final Ledger ledger;
  private final DomainSearch search;
  private final AppendCondition condition;
  private final long checked;
  private final List<Draft> drafts;
  private final AtomicBoolean finished = new AtomicBoolean();

  /// @param checked the condition is known to hold for all records below this position
  LedgerAppend(
      Ledger ledger,
      DomainSearch search,
      AppendCondition condition,
      long checked,
      List<Draft> drafts) {
    this.ledger = ledger;
    this.search = search;
    this.condition = condition;
    this.checked = checked;
    this.drafts = drafts;
  }

  @Override
  public CompletableFuture<ConsistencyMarker> commit(@Nullable ProcessingContext context) {
    if (!finished.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("the transaction has ended already"));
    }
    CompletableFuture<List<Outcome>> appended;
    try {
      appended = ledger.appendAtomically(drafts, precondition());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    // What follows the commit is the caller's code: it must not hold up the appender.
    return appended.handleAsync(this::marker, Thread::startVirtualThread);
  }

  private @Nullable Precondition precondition() {
    if (LedgerStorageEngine.unconditional(condition)) {
      return null;
    }
    long from =
        Math.max(checked, GlobalIndexConsistencyMarker.position(condition.consistencyMarker()));
    return size -> !search.any(condition.criteria(), from, size);
  }

  private ConsistencyMarker marker(@Nullable List<Outcome> outcomes, @Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof PreconditionFailedException && cause.getCause() == null) {
      throw AppendEventsTransactionRejectedException.conflictingEventsDetected(
          condition.consistencyMarker());
    }
    if (cause instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (cause != null || outcomes == null) {
      throw new EventStoreException("the events were not appended", cause);
    }
    return new GlobalIndexConsistencyMarker(seenAfter(outcomes));
  }

  /// All appended, or all standing already because an earlier attempt of the very same events got
  /// through.
  private static long seenAfter(List<Outcome> outcomes) {
    Set<Class<?>> kinds = new HashSet<>();
    long last = -1;
    for (Outcome outcome : outcomes) {
      kinds.add(outcome.getClass());
      last =
          switch (outcome) {
            case Outcome.Appended appended -> Math.max(last, appended.position());
            case Outcome.Duplicate duplicate -> Math.max(last, duplicate.position());
            case Outcome.Refused refused ->
                throw new EventStoreException("refused: " + refused.refusal().reason());
            case Outcome.NotAppended _ -> last;
          };
    }
    if (kinds.size() != 1 || kinds.contains(Outcome.NotAppended.class)) {
      throw new EventStoreException("an event with the same identifier stands already");
    }
    return last + 1;
  }

  @Override
  public CompletableFuture<ConsistencyMarker> afterCommit(
      ConsistencyMarker marker, @Nullable ProcessingContext context) {
    return CompletableFuture.completedFuture(marker);
  }

  /// Only before the commit: Axon also calls it where something else failed after a successful one.
  @Override
  public void rollback(@Nullable ProcessingContext context) {
    finished.set(true);
  }
}
