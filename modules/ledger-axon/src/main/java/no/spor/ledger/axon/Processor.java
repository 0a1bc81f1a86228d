package no.spor.ledger.axon;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import no.spor.ledger.Ledger;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.common.configuration.Configuration;
import org.axonframework.messaging.core.ConfigurationApplicationContext;
import org.axonframework.messaging.core.unitofwork.SimpleUnitOfWorkFactory;
import org.axonframework.messaging.core.unitofwork.TransactionalUnitOfWorkFactory;
import org.axonframework.messaging.eventhandling.EventHandlingComponent;
import org.axonframework.messaging.eventhandling.SimpleEventHandlingComponent;
import org.axonframework.messaging.eventhandling.configuration.EventProcessorModule;
import org.axonframework.messaging.eventhandling.processing.errorhandling.PropagatingErrorHandler;
import org.axonframework.messaging.eventhandling.processing.streaming.pooled.PooledStreamingEventProcessor;
import org.axonframework.messaging.eventhandling.processing.streaming.pooled.PooledStreamingEventProcessorConfiguration;
import org.axonframework.messaging.eventhandling.processing.streaming.pooled.PooledStreamingEventProcessorModule;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.jspecify.annotations.Nullable;

/// One streaming processor: one segment, one coordinator thread, one worker thread.
///
/// An exception stops it before the batch; Axon gives the claim up and tries again after 1, 2, 4 …
/// 60 seconds.
final class Processor {
  private static final long LOOK_AGAIN_NANOS = 50_000_000;

  /// Axon may sleep this long with work at hand, so it is short; see [CoordinatorExecutor].
  private static final long ROUND_MILLIS = 250;

  private static final long STOP_SECONDS = 60;

  /// What a processor runs: a projection or handlers.
  record Kind(@Nullable Projection projection, @Nullable SimpleEventHandlingComponent handlers) {}

  /// Where it reads and writes.
  record Place(
      Ledger ledger,
      LedgerStorageEngine engine,
      ProcessorProgress progress,
      ViewTransactions transactions) {}

  private final ReentrantLock rebuilding = new ReentrantLock();
  private final String name;
  private final Kind kind;
  private final Place place;
  private final LedgerTokenStore tokens;
  private final int batchSize;
  private final @Nullable ProjectionComponent component;
  private final CoordinatorExecutor coordinator;
  private final ScheduledThreadPoolExecutor worker;
  private final TailSource source;
  private volatile @Nullable PooledStreamingEventProcessor running;

  Processor(String name, Kind kind, Place place, LedgerTokenStore tokens, int batchSize) {
    this.name = name;
    this.kind = kind;
    this.place = place;
    this.tokens = tokens;
    this.batchSize = batchSize;
    this.component = kind.projection == null ? null : new ProjectionComponent(kind.projection);
    this.source = new TailSource(place.engine, kind.projection != null);
    this.coordinator = new CoordinatorExecutor(name, ROUND_MILLIS, source::backlog);
    this.worker =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("processor-" + name).factory());
  }

  String name() {
    return name;
  }

  PooledStreamingEventProcessorModule module(
      EventProcessorModule.EventHandlingPhase<
              PooledStreamingEventProcessorModule, PooledStreamingEventProcessorConfiguration>
          phase) {
    return phase
        .eventHandlingComponents(components -> components.declarative(_ -> handlingComponent()))
        .customized(this::tune);
  }

  private EventHandlingComponent handlingComponent() {
    if (component != null) {
      return component;
    }
    SimpleEventHandlingComponent handlers = kind.handlers;
    if (handlers == null) {
      throw new IllegalStateException("a processor has a projection or handlers");
    }
    return new DomainOnlyComponent(handlers);
  }

  private PooledStreamingEventProcessorConfiguration tune(
      Configuration axon, PooledStreamingEventProcessorConfiguration settings) {
    PooledStreamingEventProcessorConfiguration tuned =
        settings
            .eventSource(source)
            .tokenStore(tokens)
            .unitOfWorkFactory(
                new TransactionalUnitOfWorkFactory(
                    new AxonViewTransactions(place.transactions),
                    new SimpleUnitOfWorkFactory(new ConfigurationApplicationContext(axon))))
            .errorHandler(PropagatingErrorHandler.instance())
            .initialSegmentCount(1)
            .initialToken(stream -> stream.firstToken(null))
            .tokenClaimInterval(ROUND_MILLIS)
            .claimExtensionThreshold(ROUND_MILLIS)
            .batchSize(component == null ? batchSize : Math.max(1, batchSize / RecordChunk.RECORDS))
            .ignoredMessageHandler(_ -> {})
            .coordinatorExecutor(coordinator)
            .workerExecutor(worker);
    return component == null ? tuned : tuned.eventCriteria(_ -> EventCriteria.havingAnyTag());
  }

  void attach(AxonConfiguration configuration) {
    running =
        configuration
            .getModuleConfiguration(name)
            .orElseThrow()
            .getComponent(PooledStreamingEventProcessor.class, name);
  }

  ProcessorStatus status() {
    long position = position();
    PooledStreamingEventProcessor processor = running;
    Throwable failure = component == null ? null : component.failure();
    return new ProcessorStatus(
        name,
        processor != null && processor.isRunning(),
        position,
        Math.max(0, place.ledger.size() - position),
        failure == null ? null : failure.getClass().getName());
  }

  private long position() {
    return place.progress.segments(name).stream()
        .mapToLong(ProcessorProgress.Segment::position)
        .min()
        .orElse(0);
  }

  /// A view that is ahead belongs to a ledger that was restored to an earlier point, or was filled
  /// by another node with what this one has still to see.
  ///
  /// @param patience how long this one may take to see it
  void discardIfAhead(Duration patience) {
    long position = position();
    long begun = System.nanoTime();
    while (position > place.ledger.size() && System.nanoTime() - begun < patience.toNanos()) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    if (position > place.ledger.size()) {
      reset();
    }
  }

  void rebuild() {
    PooledStreamingEventProcessor processor = running;
    if (processor == null) {
      throw new IllegalStateException("the processor " + name + " is not started");
    }
    rebuilding.lock();
    try {
      stop(processor);
      try {
        reset();
      } finally {
        processor.start();
        // Without waiting out what an earlier failure has imposed.
        place.progress.segments(name).forEach(segment -> processor.claimSegment(segment.id()));
      }
    } finally {
      rebuilding.unlock();
    }
  }

  private void stop(PooledStreamingEventProcessor processor) {
    try {
      processor.shutdown().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " stops", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the processor " + name + " does not stop", e);
    }
  }

  /// The view, emptied, and its position become durable together.
  private void reset() {
    ViewTransactions.Transaction transaction = place.transactions.begin();
    try {
      List<ProcessorProgress.Segment> segments = place.progress.segments(name);
      for (ProcessorProgress.Segment segment : segments) {
        ProcessorProgress.Claim claim = tokens.claim();
        if (place.progress.claim(name, segment.id(), claim).isEmpty()
            || !place.progress.store(name, segment.id(), claim, 0)) {
          throw new IllegalStateException("another node has the processor " + name);
        }
      }
      if (kind.projection != null) {
        kind.projection.clear();
      }
      transaction.commit();
    } catch (RuntimeException e) {
      transaction.rollback();
      throw e;
    }
  }

  void close() {
    coordinator.shutdownNow();
    worker.shutdown();
  }
}
