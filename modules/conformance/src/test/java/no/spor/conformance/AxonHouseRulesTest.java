package no.spor.conformance;

import static no.spor.conformance.AxonSamples.activity;
import static no.spor.conformance.AxonSamples.append;
import static no.spor.conformance.AxonSamples.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import no.spor.ledger.axon.CommandConflictException;
import no.spor.ledger.axon.SporAxon;
import org.axonframework.conversion.Converter;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.TagResolver;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.MessageTypeResolver;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.core.conversion.MessageConverter;
import org.axonframework.messaging.core.unitofwork.UnitOfWorkFactory;
import org.axonframework.messaging.core.unitofwork.transaction.NoTransactionManager;
import org.axonframework.messaging.core.unitofwork.transaction.TransactionManager;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.SimpleEventHandlingComponent;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.axonframework.messaging.eventhandling.conversion.EventConverter;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.axonframework.modelling.annotation.InjectEntity;
import org.axonframework.modelling.annotation.TargetEntityId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What Axon 5.0.1 does wrong or unexpectedly, and that it does not reach us. Numbers are those of
/// the house rules.
@Timeout(60)
class AxonHouseRulesTest {
  @Event(namespace = "spor", name = "counted")
  record Counted(@EventTag(key = "counter") String counter, int number) {}

  record Count(@TargetEntityId String counter) {}

  record CountTwice(@TargetEntityId String counter, String other) {}

  @EventSourcedEntity(tagKey = "counter")
  static final class Counter {
    private final String id;
    private int count;

    @EntityCreator
    Counter(@InjectEntityId String id) {
      this.id = id;
    }

    @EventSourcingHandler
    void on(Counted event) {
      if (event.counter().equals(id)) {
        count++;
      }
    }
  }

  static final class Counting {
    Runnable beforeAppend = () -> {};

    @CommandHandler
    Integer handle(Count command, @InjectEntity Counter counter, EventAppender events) {
      int next = counter.count + 1;
      beforeAppend.run();
      events.append(new Counted(command.counter(), next));
      return next;
    }

    @CommandHandler
    Integer handle(CountTwice command, @InjectEntity Counter counter, EventAppender events) {
      events.append(new Counted(command.other(), 1));
      events.append(new Counted(command.counter(), 1));
      return counter.count;
    }
  }

  private final Counting counting = new Counting();
  private final InMemoryProcessorProgress progress = new InMemoryProcessorProgress();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private InMemoryLedgerStore store;
  private AxonNode node;

  @BeforeEach
  void open() {
    store = new InMemoryLedgerStore(new UUID(7, 8));
    node = new AxonNode(store);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
    node.close();
  }

  private SporAxon.Builder builder() {
    return SporAxon.over(node.ledger)
        .payloads(AxonSamples.TURNED)
        .node("node-1", InstantSource.system())
        .views(progress, progress)
        .entity(String.class, Counter.class)
        .commandHandlers("counting", counting);
  }

  private SporAxon started(SporAxon.Builder builder) {
    SporAxon axon = builder.build();
    opened.add(axon);
    axon.start();
    return axon;
  }

  private void record(int count) {
    for (int i = 0; i < count; i++) {
      node.ledger.append(List.of(activity("bygg-as", "login.succeeded"))).join();
    }
  }

  private static List<Long> range(long end) {
    return LongStream.range(0, end).boxed().toList();
  }

  @Test
  void rule1PublishingWithoutAContextFailsInsteadOfLosingItsOutcome() {
    SporAxon axon = started(builder());
    EventStore events = axon.configuration().getComponent(EventStore.class);
    EventMessage message = new GenericEventMessage(new MessageType("spor.counted"), "{}");
    assertThatThrownBy(() -> events.publish(null, List.of(message)).join())
        .hasMessageContaining("within a processing context");
    axon.configuration()
        .getComponent(UnitOfWorkFactory.class)
        .create()
        .executeWithResult(context -> events.publish(context, List.of(message)))
        .join();
    assertThat(node.ledger.size()).isEqualTo(1);
  }

  @Test
  void rule2NamesAreThoseOfTheAnnotationAndHandlersAreSubscribedByName() {
    List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    var handlers = new SimpleEventHandlingComponent();
    handlers.subscribe(
        new QualifiedName("spor", "counted"),
        (event, context) -> {
          seen.add((long) event.payloadAs(Counted.class, converter(node)).number());
          return MessageStream.empty();
        });
    record(3);
    node.ledger.append(List.of(activity("bygg-as", "spor.counted"))).join();
    SporAxon axon = started(builder().handlers("counts", handlers));
    axon.commands().send(new Count("a"));
    node.ledger.append(List.of(activity("bygg-as", "spor.counted"))).join();
    axon.commands().send(new Count("a"));
    await().until(() -> seen.size() >= 2);
    assertThat(seen)
        .as("a tenant's type of the same name is neither taken for ours nor stops the processor")
        .containsExactly(1L, 2L);
  }

  private static Converter converter(AxonNode node) {
    return node.configuration().getComponent(Converter.class);
  }

  @Test
  void rule3OneConverterServesAllThreeTypesAndNothingReflectsOnEveryEvent() {
    SporAxon axon = started(builder());
    var converters =
        List.of(
            axon.configuration().getComponent(Converter.class),
            axon.configuration().getComponent(MessageConverter.class),
            axon.configuration().getComponent(EventConverter.class));
    for (Converter converter : converters) {
      byte[] json = converter.convert(new Count("a"), byte[].class);
      assertThat(json).asString().isEqualTo("{\"counter\":\"a\"}");
      assertThat((Object) converter.convert(json, Count.class)).isEqualTo(new Count("a"));
      assertThat((Object) converter.convert("{\"counter\":\"b\"}", byte[].class))
          .isEqualTo("{\"counter\":\"b\"}".getBytes());
    }
    assertThat(axon.configuration().getComponent(TagResolver.class).getClass().getPackageName())
        .isEqualTo("no.spor.ledger.axon");
    assertThat(
            axon.configuration()
                .getComponent(MessageTypeResolver.class)
                .getClass()
                .getPackageName())
        .isEqualTo("no.spor.ledger.axon");
  }

  @Test
  void rule4AProcessorBeginsWithTheFirstRecordAndCatchesUpWithoutPauses() {
    record(1);
    List<no.spor.ledger.Draft> drafts =
        IntStream.range(0, 20_000).mapToObj(i -> activity("bygg-as", "login.succeeded")).toList();
    node.ledger.append(drafts).join();
    var view = new RecordingProjection("view");
    SporAxon axon = started(builder().projection(view));
    await().pollInterval(Duration.ofMillis(10)).until(() -> axon.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(20_001));
  }

  @Test
  void rule5AnEntityPassesOverTheEventsOfOthersInItsContext() {
    SporAxon axon = started(builder());
    assertThat(axon.commands().send(new CountTwice("a", "b"), Integer.class)).isEqualTo(1);
    assertThat(axon.commands().send(new Count("a"), Integer.class)).isEqualTo(2);
    assertThat(axon.commands().send(new Count("b"), Integer.class)).isEqualTo(2);
  }

  @Test
  void rule6CommandsHaveNoTransactionThatCommitsBeforeTheEvents() {
    SporAxon axon = started(builder().projection(new RecordingProjection("view")));
    assertThat(axon.configuration().getOptionalComponent(TransactionManager.class).stream())
        .allMatch(NoTransactionManager.class::isInstance);
  }

  @Test
  void rule7RollingBackAfterACommitDoesNothing() {
    EventStorageEngine engine = node.engine();
    var transaction =
        engine
            .appendEvents(
                AppendCondition.none(), AxonNode.context(), List.of(event("spor.counted", "{}")))
            .join();
    transaction.commit(AxonNode.context()).join();
    transaction.rollback(AxonNode.context());
    assertThat(node.ledger.size()).isEqualTo(1);
    assertThat(transaction.commit(AxonNode.context())).isCompletedExceptionally();

    var undone =
        engine
            .appendEvents(
                AppendCondition.none(), AxonNode.context(), List.of(event("spor.counted", "{}")))
            .join();
    undone.rollback(AxonNode.context());
    assertThat(undone.commit(AxonNode.context())).isCompletedExceptionally();
    assertThat(node.ledger.size()).isEqualTo(1);
  }

  @Test
  void rule7AHookThatFailsAfterTheCommitUndoesNeitherRowsNorPosition() {
    var view =
        new RecordingProjection("view") {
          @Override
          public synchronized void committed(long applied) {
            super.committed(applied);
            throw new IllegalStateException("a hook that fails");
          }
        };
    record(3);
    SporAxon axon = started(builder().projection(view));
    await().until(() -> !view.committedPositions().isEmpty());
    await().until(() -> axon.status("view").position() == 3);
    record(1);
    await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").position() == 4);
    assertThat(view.positions()).isEqualTo(range(4));
  }

  @Test
  void rule8AStreamThatEndsForItsReaderEndsWithAnError() {
    SporAxon axon = builder().build();
    EventStorageEngine engine = axon.configuration().getComponent(EventStorageEngine.class);
    MessageStream<EventMessage> stream =
        engine.stream(StreamingCondition.startingFrom(null), AxonNode.context());
    AtomicInteger woken = new AtomicInteger();
    stream.setCallback(woken::incrementAndGet);
    await().until(() -> woken.get() == 1);
    axon.close();
    await().until(() -> woken.get() == 2);
    assertThat(stream.isCompleted()).isTrue();
    assertThat(stream.error()).isPresent();
    assertThat(stream.next()).isEmpty();
  }

  @Test
  void rule8AProcessorGoesOnOnceTheStoreCanBeReadAgain() {
    record(1);
    var view = new RecordingProjection("view");
    var faulty = new FaultyLedgerStore(store);
    try (AxonNode other = new AxonNode(faulty, AxonSamples.TURNED, Duration.ZERO);
        SporAxon axon =
            SporAxon.over(other.ledger)
                .node("node-1", InstantSource.system())
                .views(progress, progress)
                .projection(view)
                .build()) {
      faulty.failReads(1);
      axon.start();
      await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").lag() == 0);
      assertThat(view.positions()).containsExactly(0L);
    }
  }

  @Test
  void rule9AFailureStopsAViewBeforeTheBatchAndNothingIsSkipped() {
    record(5);
    var view = new RecordingProjection("view");
    view.failNext(2);
    SporAxon axon = started(builder().projection(view));
    await().until(() -> view.failuresLeft() < 2);
    await().until(() -> axon.status("view").failure() != null);
    assertThat(axon.status("view").failure()).isEqualTo("java.lang.IllegalStateException");
    assertThat(axon.status("view").position()).isZero();
    record(3);
    await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(8));
    assertThat(axon.status("view").failure()).isNull();
  }

  @Test
  void rule9RowsOfABatchWhoseCommitFailsAreNotCountedAsDone() {
    record(4);
    progress.create("view", 0, 0, 0);
    var applied = new AtomicInteger();
    var view =
        new RecordingProjection("view") {
          @Override
          public synchronized void apply(
              List<no.spor.ledger.axon.StreamedRecord> records, long upTo) {
            super.apply(records, upTo);
            if (applied.getAndIncrement() == 0) {
              progress.failNextCommit(new IllegalStateException("disk full"));
            }
          }
        };
    SporAxon axon = started(builder().projection(view));
    await().atMost(Duration.ofSeconds(20)).until(() -> axon.status("view").lag() == 0);
    assertThat(applied.get()).isGreaterThan(1);
    assertThat(view.committedPositions()).isSorted().doesNotHaveDuplicates().endsWith(4L);
  }

  @Test
  void rule9AViewIsRebuiltWhileTheOthersRun() {
    record(50);
    var view = new RecordingProjection("view");
    var other = new RecordingProjection("other");
    SporAxon axon = started(builder().projection(view).projection(other));
    await().until(() -> axon.status("view").lag() == 0 && axon.status("other").lag() == 0);
    axon.rebuild("view");
    record(5);
    await().until(() -> axon.status("view").lag() == 0 && axon.status("other").lag() == 0);
    assertThat(view.clears()).isEqualTo(1);
    assertThat(view.positions()).isEqualTo(range(55));
    assertThat(other.clears()).isZero();
    assertThat(other.positions()).isEqualTo(range(55));
    assertThatThrownBy(() -> axon.rebuild("nobody")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aViewThatIsAheadOfTheLedgerIsThrownAway() {
    record(3);
    progress.create("view", 0, 0, 4_711);
    var view = new RecordingProjection("view");
    SporAxon axon = started(builder().projection(view));
    await().until(() -> axon.status("view").lag() == 0);
    assertThat(view.clears()).isEqualTo(1);
    assertThat(view.positions()).isEqualTo(range(3));
  }

  @Test
  void aViewGoesOnWhereItWasAfterARestart() {
    record(3);
    var view = new RecordingProjection("view");
    try (SporAxon axon = builder().projection(view).build()) {
      axon.start();
      await().until(() -> axon.status("view").lag() == 0);
    }
    record(2);
    SporAxon again = started(builder().projection(view));
    await().until(() -> again.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(5));
    assertThat(view.clears()).isZero();
  }

  @Test
  void ofTwoNodesOneRunsAViewAndTheOtherTakesOverWhenItStops() {
    record(3);
    var first = new RecordingProjection("view");
    var second = new RecordingProjection("view");
    SporAxon one = builder().projection(first).build();
    one.start();
    await().until(() -> one.status("view").lag() == 0);
    SporAxon two = started(builder().node("node-2", InstantSource.system()).projection(second));
    record(3);
    await().until(() -> two.status("view").lag() == 0);
    assertThat(first.positions()).isEqualTo(range(6));
    assertThat(second.positions()).isEmpty();
    assertThatThrownBy(() -> two.rebuild("view")).hasMessageContaining("another node");
    one.close();
    record(3);
    await().until(() -> two.status("view").lag() == 0);
    assertThat(second.positions()).containsExactly(6L, 7L, 8L);
  }

  @Test
  void rule10CommandsThatRaceAreDecidedAnewAndNoneIsLost() {
    SporAxon axon = started(builder().attempts(1_000));
    AtomicInteger decided = new AtomicInteger();
    counting.beforeAppend = decided::incrementAndGet;
    List<CompletableFuture<Integer>> sent =
        IntStream.range(0, 8)
            .mapToObj(thread ->
                CompletableFuture.supplyAsync(
                    () -> {
                      int last = 0;
                      for (int i = 0; i < 10; i++) {
                        last = axon.commands().send(new Count("a"), Integer.class);
                      }
                      return last;
                    },
                    Thread::startVirtualThread))
            .toList();
    int last = sent.stream().mapToInt(CompletableFuture::join).max().orElseThrow();
    assertThat(last).isEqualTo(80);
    assertThat(node.ledger.size()).isEqualTo(80);
    assertThat(axon.commands().send(new Count("a"), Integer.class)).isEqualTo(81);
    assertThat(decided.get()).as("some were decided anew").isGreaterThan(81);
  }

  @Test
  void rule10TheNumberOfAttemptsIsBounded() {
    SporAxon axon = started(builder().attempts(3));
    AtomicInteger decided = new AtomicInteger();
    counting.beforeAppend =
        () -> {
          decided.incrementAndGet();
          append(
              axon.configuration().getComponent(EventStorageEngine.class),
              AppendCondition.none(),
              event(
                  "spor.counted",
                  "{\"counter\":\"a\",\"number\":0}",
                  new org.axonframework.messaging.eventstreaming.Tag("counter", "a")));
        };
    assertThatThrownBy(() -> axon.commands().send(new Count("a")))
        .isInstanceOf(CommandConflictException.class);
    assertThat(decided.get()).isEqualTo(3);
    assertThat(node.ledger.size()).as("only what the others wrote").isEqualTo(3);
  }

  @Test
  void rule11EveryRecordOfABatchTellsItsOwnPosition() {
    record(500);
    var view = new RecordingProjection("view");
    SporAxon axon = started(builder().projection(view));
    await().until(() -> axon.status("view").lag() == 0);
    assertThat(view.positions()).isEqualTo(range(500));
    assertThat(view.committedPositions().size()).as("batches").isLessThan(100);
  }

  @Test
  void rule12NothingAsksForUpdatesAndNothingIsLeftInTheUsersHome() throws Exception {
    assertThatThrownBy(() -> Class.forName("org.axonframework.update.UpdateChecker"))
        .isInstanceOf(ClassNotFoundException.class);
    Path home = Files.createTempDirectory("home");
    String before = System.getProperty("user.home");
    ProxySelector selector = ProxySelector.getDefault();
    List<URI> asked = Collections.synchronizedList(new ArrayList<>());
    System.setProperty("user.home", home.toString());
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<java.net.Proxy> select(URI uri) {
            asked.add(uri);
            return List.of(java.net.Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {
            asked.add(uri);
          }
        });
    try {
      SporAxon axon = started(builder().projection(new RecordingProjection("view")));
      axon.commands().send(new Count("a"));
      await().until(() -> axon.status("view").lag() == 0);
      assertThat(asked).isEmpty();
      try (var files = Files.list(home)) {
        assertThat(files).isEmpty();
      }
    } finally {
      ProxySelector.setDefault(selector);
      System.setProperty("user.home", before);
      Files.delete(home);
    }
  }

  @Test
  void rule13StartedOnceClosedOnce() {
    SporAxon axon = started(builder());
    assertThatThrownBy(axon::start).isInstanceOf(IllegalStateException.class);
    axon.close();
    axon.close();
    assertThatThrownBy(axon::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRefusedAppendSaysSo() {
    append(
        node.engine(),
        AppendCondition.none(),
        event("spor.counted", "x", new org.axonframework.messaging.eventstreaming.Tag("a", "b")));
    assertThatThrownBy(() ->
            append(
                node.engine(),
                AppendCondition.withCriteria(
                    org.axonframework.messaging.eventstreaming.EventCriteria.havingTags("a", "b")),
                event("spor.counted", "y")))
        .hasCauseInstanceOf(AppendEventsTransactionRejectedException.class);
  }
}
