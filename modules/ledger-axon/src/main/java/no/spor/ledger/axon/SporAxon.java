package no.spor.ledger.axon;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import no.spor.ledger.Ledger;
import org.axonframework.common.configuration.AxonConfiguration;
import org.axonframework.eventsourcing.configuration.EventSourcedEntityModule;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.commandhandling.configuration.CommandHandlingModule;
import org.axonframework.messaging.commandhandling.gateway.CommandGateway;
import org.axonframework.messaging.eventhandling.SimpleEventHandlingComponent;
import org.axonframework.messaging.eventhandling.processing.streaming.pooled.PooledStreamingEventProcessorsConfigurer;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.TokenStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Axon over the ledger, configured as the house rules demand: administration by commands and
/// event-sourced entities, views by processors.
///
/// Made by [#over], started once, closed once; it cannot be started again, as Axon's configuration
/// cannot. Thread-safe once it is started.
public final class SporAxon implements AutoCloseable {
  private final LedgerStorageEngine engine;
  private final AxonConfiguration configuration;
  private final Map<String, Processor> processors;
  private final Commands commands;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  private SporAxon(
      LedgerStorageEngine engine,
      AxonConfiguration configuration,
      Map<String, Processor> processors,
      int attempts) {
    this.engine = engine;
    this.configuration = configuration;
    this.processors = processors;
    this.commands = new Commands(configuration.getComponent(CommandGateway.class), attempts);
  }

  public static Builder over(Ledger ledger) {
    return new Builder(ledger);
  }

  /// As [#start(Duration)], for the only node of a ledger.
  public void start() {
    start(Duration.ZERO);
  }

  /// Starts processors. A view that claims to have seen more than the ledger holds is thrown away
  /// and built anew.
  ///
  /// @param patience how long the ledger may take to show what other nodes have filled views with
  /// @throws IllegalStateException when called again
  public void start(Duration patience) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("it is started once");
    }
    processors.values().forEach(processor -> processor.discardIfAhead(patience));
    configuration.start();
    processors.values().forEach(processor -> processor.attach(configuration));
  }

  public Commands commands() {
    return commands;
  }

  /// @return the components, for what needs Axon itself
  public AxonConfiguration configuration() {
    return configuration;
  }

  /// @throws IllegalArgumentException for an unknown processor
  public ProcessorStatus status(String processor) {
    return processor(processor).status();
  }

  public List<ProcessorStatus> status() {
    return processors.values().stream().map(Processor::status).toList();
  }

  /// Builds a view anew while everything else runs: stops its processor, clears the view and its
  /// position in one transaction, starts again. Returns when the processor has begun from the first
  /// record.
  ///
  /// @throws IllegalStateException where another node has the processor, or it does not stop in
  ///   time; it goes on then
  public void rebuild(String processor) {
    processor(processor).rebuild();
  }

  private Processor processor(String name) {
    Processor processor = processors.get(name);
    if (processor == null) {
      throw new IllegalArgumentException("there is no processor " + name);
    }
    return processor;
  }

  /// Stops processors, which finish the batch they are at, and ends open streams. Does not close
  /// the ledger.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      if (started.get()) {
        configuration.shutdown();
      }
      processors.values().forEach(Processor::close);
      engine.close();
    }
  }

  /// Collects what a [SporAxon] shall hold.
  public static final class Builder {
    private final Ledger ledger;
    private final List<Consumer<EventSourcingConfigurer>> tasks = new ArrayList<>();
    private final Map<String, Processor.Kind> kinds = new LinkedHashMap<>();
    private DomainPayloads payloads = DomainPayloads.insecureInClear();
    private Predicate<String> control = type -> true;
    private InstantSource clock = InstantSource.system();
    private String node = "node";
    private @Nullable ProcessorProgress progress;
    private ViewTransactions transactions = ViewTransactions.none();
    private JsonMapper json = JsonMapper.shared();
    private int batchSize = 1_000;
    private int attempts = 16;
    private Duration claim = Duration.ofSeconds(10);

    private Builder(Ledger ledger) {
      this.ledger = ledger;
    }

    /// Seals administrative payloads. Without this they lie in clear.
    public Builder payloads(DomainPayloads wanted) {
      payloads = wanted;
      return this;
    }

    /// Which types of administrative events are control records; all, unless told.
    public Builder controlTypes(Predicate<String> wanted) {
      control = wanted;
      return this;
    }

    public Builder json(JsonMapper wanted) {
      json = wanted;
      return this;
    }

    /// @param node id of this node, unique among running ones, the same after a restart
    public Builder node(String node, InstantSource clock) {
      this.node = node;
      this.clock = clock;
      return this;
    }

    /// Where processors keep how far they are, and the transactions that this store and the views
    /// share.
    public Builder views(ProcessorProgress progress, ViewTransactions transactions) {
      this.progress = progress;
      this.transactions = transactions;
      return this;
    }

    /// @param size most records of a batch, 1 to 5000
    public Builder batchSize(int size) {
      if (size < 1 || size > 5_000) {
        throw new IllegalArgumentException("a batch has 1 to 5000 records");
      }
      batchSize = size;
      return this;
    }

    /// @param duration for how long a node owns a processor without a sign of life
    public Builder claim(Duration duration) {
      claim = duration;
      return this;
    }

    /// @param count how often a command is decided at most before it fails with a conflict
    public Builder attempts(int count) {
      attempts = count;
      return this;
    }

    /// An event-sourced entity with its annotated handlers of commands and events.
    public <I, E> Builder entity(Class<I> id, Class<E> type) {
      return configure(
          axon -> axon.registerEntity(EventSourcedEntityModule.autodetected(id, type)));
    }

    /// A stateless object whose methods are annotated with `@CommandHandler`; entities come in by
    /// `@InjectEntity`.
    public Builder commandHandlers(String name, Object handlers) {
      return configure(axon ->
          axon.registerCommandHandlingModule(
              CommandHandlingModule.named(name)
                  .commandHandlers()
                  .annotatedCommandHandlingComponent(_ -> handlers)));
    }

    /// A view that reads every record.
    public Builder projection(Projection projection) {
      return processor(projection.name(), new Processor.Kind(projection, null));
    }

    /// Handlers of administrative events, by type name. Activity never reaches them.
    public Builder handlers(String processor, SimpleEventHandlingComponent handlers) {
      return processor(processor, new Processor.Kind(null, handlers));
    }

    private Builder processor(String name, Processor.Kind kind) {
      if (kinds.putIfAbsent(name, kind) != null) {
        throw new IllegalArgumentException("there are two processors " + name);
      }
      return this;
    }

    /// Anything else that Axon can be told.
    public Builder configure(Consumer<EventSourcingConfigurer> task) {
      tasks.add(task);
      return this;
    }

    public SporAxon build() {
      JsonConverter converter = new JsonConverter(json);
      LedgerStorageEngine engine = new LedgerStorageEngine(ledger, payloads, converter, control);
      EventSourcingConfigurer axon = Tuning.configurer(engine, converter);
      Map<String, Processor> processors = new LinkedHashMap<>();
      if (!kinds.isEmpty()) {
        addProcessors(axon, engine, processors);
      }
      tasks.forEach(task -> task.accept(axon));
      return new SporAxon(engine, axon.build(), processors, attempts);
    }

    private void addProcessors(
        EventSourcingConfigurer axon, LedgerStorageEngine engine, Map<String, Processor> made) {
      ProcessorProgress store = progress;
      if (store == null) {
        throw new IllegalStateException("processors need views(progress, transactions)");
      }
      LedgerTokenStore tokens = new LedgerTokenStore(store, node, clock, claim, this::stands);
      Processor.Place place = new Processor.Place(ledger, engine, store, transactions);
      kinds.forEach(
          (name, kind) -> made.put(name, new Processor(name, kind, place, tokens, batchSize)));
      axon.componentRegistry(registry -> registry.registerComponent(TokenStore.class, _ -> tokens));
      axon.messaging(messaging ->
          messaging.eventProcessing(
              processing -> processing.pooledStreaming(pooled -> addTo(pooled, made.values()))));
    }

    private OptionalLong stands(String processor) {
      Processor.Kind kind = kinds.get(processor);
      Projection view = kind == null ? null : kind.projection();
      return view == null ? OptionalLong.empty() : view.stands();
    }

    private static PooledStreamingEventProcessorsConfigurer addTo(
        PooledStreamingEventProcessorsConfigurer pooled, Collection<Processor> processors) {
      processors.forEach(one -> pooled.processor(one.name(), one::module));
      return pooled;
    }
  }
}
