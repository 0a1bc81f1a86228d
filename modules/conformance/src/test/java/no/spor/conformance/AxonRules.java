package no.spor.conformance;

import static no.spor.conformance.AxonSamples.activity;
import static no.spor.conformance.AxonSamples.event;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import no.spor.ledger.axon.SporAxon;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.modelling.annotation.InjectEntity;
import org.axonframework.modelling.annotation.TargetEntityId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A node with a counting entity, for the tests of the house rules.
abstract class AxonRules {
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

  protected final Counting counting = new Counting();
  protected final InMemoryProcessorProgress progress = new InMemoryProcessorProgress();
  private final List<AutoCloseable> opened = new ArrayList<>();
  protected InMemoryLedgerStore store;
  protected AxonNode node;

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

  protected SporAxon.Builder builder() {
    return SporAxon.over(node.ledger)
        .payloads(AxonSamples.TURNED)
        .node("node-1", InstantSource.system())
        .views(progress, progress)
        .entity(String.class, Counter.class)
        .commandHandlers("counting", counting);
  }

  protected SporAxon started(SporAxon.Builder builder) {
    SporAxon axon = builder.build();
    opened.add(axon);
    axon.start();
    return axon;
  }

  protected void record(int count) {
    for (int i = 0; i < count; i++) {
      node.ledger.append(List.of(activity("bygg-as", "login.succeeded"))).join();
    }
  }

  protected static List<Long> range(long end) {
    return LongStream.range(0, end).boxed().toList();
  }
}
