package no.spor.conformance;

import static no.spor.conformance.AxonSamples.activity;
import static no.spor.conformance.AxonSamples.append;
import static no.spor.conformance.AxonSamples.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import no.spor.ledger.axon.CommandConflictException;
import no.spor.ledger.axon.SporAxon;
import org.axonframework.conversion.Converter;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.TagResolver;
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
import org.axonframework.messaging.eventhandling.conversion.EventConverter;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.axonframework.messaging.eventstreaming.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What Axon 5.0.1 does wrong or unexpectedly, and that it does not reach us: engine and commands.
@Timeout(60)
class AxonHouseRulesTest extends AxonRules {
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
              event("spor.counted", "{\"counter\":\"a\",\"number\":0}", new Tag("counter", "a")));
        };
    assertThatThrownBy(() -> axon.commands().send(new Count("a")))
        .isInstanceOf(CommandConflictException.class);
    assertThat(decided.get()).isEqualTo(3);
    assertThat(node.ledger.size()).as("only what the others wrote").isEqualTo(3);
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
          public List<Proxy> select(URI uri) {
            asked.add(uri);
            return List.of(Proxy.NO_PROXY);
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
    append(node.engine(), AppendCondition.none(), event("spor.counted", "x", new Tag("a", "b")));
    assertThatThrownBy(() ->
            append(
                node.engine(),
                AppendCondition.withCriteria(EventCriteria.havingTags("a", "b")),
                event("spor.counted", "y")))
        .hasCauseInstanceOf(AppendEventsTransactionRejectedException.class);
  }
}
