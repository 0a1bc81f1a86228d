package no.spor.conformance;

import static no.spor.conformance.AxonSamples.activity;
import static no.spor.conformance.AxonSamples.append;
import static no.spor.conformance.AxonSamples.event;
import static no.spor.conformance.AxonSamples.source;
import static no.spor.conformance.AxonSamples.unless;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import no.spor.conformance.AxonSamples.Sourced;
import no.spor.ledger.LedgerRecord;
import org.awaitility.Awaitility;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.Tag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What Axon over the ledger must promise on every store, beyond Axon's own suite: two nodes,
/// races, tails, restarts. A subclass gives the fixture that the store's [LedgerStoreSuite] uses
/// too.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class AxonLedgerSuite {
  private static final long SEED = 20_261_122;
  private static final Tag DOOR = new Tag("door", "7");
  private static final EventCriteria OF_DOOR = EventCriteria.havingTags(DOOR);

  protected LedgerStoreSuite.Fixture fixture;
  private AxonNode a;
  private AxonNode b;

  /// @return a fixture over an empty ledger
  protected abstract LedgerStoreSuite.Fixture open() throws Exception;

  /// @return how long a node may take to hear of what another one wrote
  protected Duration patience() {
    return Duration.ofSeconds(10);
  }

  @BeforeEach
  void openNodes() throws Exception {
    fixture = open();
    a = new AxonNode(fixture.store());
    b = new AxonNode(fixture.another());
  }

  @AfterEach
  void closeNodes() {
    a.close();
    b.close();
    fixture.close();
  }

  @Test
  void twoNodesSeeEachOthersEventsAndConflicts() throws Exception {
    append(a.engine(), AppendCondition.none(), event("door.opened", "by a", DOOR));
    catchUp(b, 1);
    Sourced seen = source(b.engine(), OF_DOOR);
    assertThat(seen.payloads()).containsExactly("by a");

    append(b.engine(), unless(OF_DOOR, seen.marker()), event("door.closed", "by b", DOOR));
    assertThatThrownBy(() ->
            append(
                a.engine(),
                unless(OF_DOOR, seen.marker()),
                event("door.closed", "by a, too late", DOOR)))
        .as("a has not necessarily heard of b's event when it checks early")
        .hasCauseInstanceOf(AppendEventsTransactionRejectedException.class);
    catchUp(a, 2);
    assertThat(source(a.engine(), OF_DOOR).payloads()).containsExactly("by a", "by b");
  }

  @Test
  void racingIncrementsOfTwoNodesLoseNone() throws Exception {
    int counters = 3;
    int each = 15;
    AtomicInteger conflicts = new AtomicInteger();
    AtomicInteger[] expected = new AtomicInteger[counters];
    for (int i = 0; i < counters; i++) {
      expected[i] = new AtomicInteger();
    }
    List<Callable<Void>> threads = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      SplittableRandom random = new SplittableRandom(SEED + thread);
      AxonNode node = thread % 2 == 0 ? a : b;
      threads.add(() -> {
        for (int i = 0; i < each; i++) {
          int counter = random.nextInt(counters);
          increment(node, counter, conflicts);
          expected[counter].incrementAndGet();
          node.ledger.append(List.of(activity("bygg-as", "counter.incremented"))).get();
        }
        return null;
      });
    }
    runAll(threads);
    long size = 2L * 8 * each;
    catchUp(a, size);
    for (int i = 0; i < counters; i++) {
      assertThat(source(a.engine(), counter(i)).payloads())
          .as("counter %d, seed %d, %d conflicts", i, SEED, conflicts.get())
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, expected[i].get()).mapToObj(String::valueOf).toList());
    }
    assertThat(conflicts.get()).as("nothing has raced, so nothing is proved").isPositive();
  }

  private static EventCriteria counter(int number) {
    return EventCriteria.havingTags("counter", "c" + number);
  }

  private static void increment(AxonNode node, int counter, AtomicInteger conflicts) {
    while (true) {
      Sourced seen = source(node.engine(), counter(counter));
      try {
        append(
            node.engine(),
            unless(counter(counter), seen.marker()),
            event(
                "counter.incremented",
                String.valueOf(seen.events().size() + 1),
                new Tag("counter", "c" + counter)));
        return;
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof AppendEventsTransactionRejectedException)) {
          throw e;
        }
        conflicts.incrementAndGet();
      }
    }
  }

  @Test
  void tailsNeverSkipOrRepeatWhateverTheyFilter() throws Exception {
    List<EventCriteria> wanted =
        List.of(
            EventCriteria.havingAnyTag(),
            EventCriteria.havingTags("counter", "c1"),
            EventCriteria.havingAnyTag().andBeingOneOfTypes(new QualifiedName("b.happened")),
            EventCriteria.havingTags("counter", "c2")
                .andBeingOneOfTypes(new QualifiedName("a.happened")),
            EventCriteria.havingTags("nothing", "has it"));
    List<TailReader> readers = new ArrayList<>();
    for (EventCriteria criteria : wanted) {
      readers.add(TailReader.open(a.engine(), criteria, 0));
      readers.add(TailReader.open(b.engine(), criteria, 0));
      readers.add(TailReader.open(b.engine(), criteria, 100));
    }
    int writers = 4;
    int rounds = 60;
    List<Callable<Void>> threads = new ArrayList<>();
    AtomicInteger written = new AtomicInteger();
    for (int writer = 0; writer < writers; writer++) {
      SplittableRandom random = new SplittableRandom(SEED + 100 + writer);
      AxonNode node = writer % 2 == 0 ? a : b;
      threads.add(() -> {
        for (int i = 0; i < rounds; i++) {
          written.addAndGet(write(node, random));
        }
        return null;
      });
    }
    runAll(threads);
    long size = written.get();
    for (TailReader reader : readers) {
      reader.expectAll(a.ledger, size, patience(), "seed " + SEED);
    }
  }

  /// @return how many records were written
  private static int write(AxonNode node, SplittableRandom random) throws Exception {
    int count = random.nextInt(1, 6);
    Tag tag = new Tag("counter", "c" + random.nextInt(4));
    String type = random.nextBoolean() ? "a.happened" : "b.happened";
    if (random.nextBoolean()) {
      for (int i = 0; i < count; i++) {
        node.ledger.append(List.of(activity("bygg-as", type, tag))).get();
      }
    } else {
      var events = new ArrayList<TaggedEventMessage<?>>();
      for (int i = 0; i < count; i++) {
        events.add(event(type, "x", tag));
      }
      node.engine()
          .appendEvents(AppendCondition.none(), AxonNode.context(), events)
          .thenCompose(AxonSamples::commit)
          .get();
    }
    return count;
  }

  @Test
  void whatAnEmitterRecordsTakesNoPartInDecisions() throws Exception {
    a.ledger.append(List.of(activity("bygg-as", "door.opened", DOOR))).get();
    Sourced seen = source(a.engine(), OF_DOOR);
    assertThat(seen.events()).isEmpty();
    a.ledger.append(List.of(activity("bygg-as", "door.opened", DOOR))).get();
    append(
        a.engine(),
        unless(OF_DOOR, ConsistencyMarker.ORIGIN),
        event("door.opened", "really", DOOR));
    assertThat(source(a.engine(), OF_DOOR).payloads()).containsExactly("really");
    assertThat(source(a.engine(), EventCriteria.havingAnyTag()).payloads())
        .containsExactly("really");
  }

  @Test
  void aTagFindsBlocksButTheExactTagsAndTypesDecide() {
    append(
        a.engine(),
        AppendCondition.none(),
        event("door.opened", "7 of the house", DOOR, new Tag("house", "1")),
        event("door.closed", "7 closed", DOOR),
        event("door.opened", "8", new Tag("door", "8")));
    assertThat(source(a.engine(), EventCriteria.havingTags(DOOR, new Tag("house", "1"))).payloads())
        .containsExactly("7 of the house");
    assertThat(source(a.engine(), OF_DOOR.or(EventCriteria.havingTags("door", "8"))).payloads())
        .hasSize(3);
    assertThat(
            source(
                    a.engine(),
                    EventCriteria.havingTags(DOOR)
                        .andBeingOneOfTypes(new QualifiedName("door.closed")))
                .payloads())
        .containsExactly("7 closed");
    append(
        a.engine(),
        unless(
            EventCriteria.havingTags(DOOR).andBeingOneOfTypes(new QualifiedName("door.painted")),
            ConsistencyMarker.ORIGIN),
        event("door.painted", "green", DOOR));
  }

  @Test
  void aTransactionStandsAsAWholeOrNotAtAll() {
    append(a.engine(), AppendCondition.none(), event("door.opened", "first", DOOR));
    assertThatThrownBy(() ->
            append(
                a.engine(),
                unless(OF_DOOR, ConsistencyMarker.ORIGIN),
                event("door.closed", "second", DOOR),
                event("wall.painted", "third", new Tag("wall", "1"))))
        .hasCauseInstanceOf(AppendEventsTransactionRejectedException.class);
    var tooMany = IntStream.range(0, 257).mapToObj(i -> event("door.opened", "x")).toList();
    assertThatThrownBy(() ->
            a.engine()
                .appendEvents(AppendCondition.none(), AxonNode.context(), List.copyOf(tooMany))
                .join())
        .hasMessageContaining("at most 256 events");
    assertThat(a.ledger.size()).isEqualTo(1);
    assertThat(source(a.engine(), EventCriteria.havingTags("wall", "1")).events()).isEmpty();
  }

  @Test
  void theSameEventsAppendedAgainStandOnce() {
    var once = event("0192aaaa-0000-7000-8000-000000000001", "door.opened", "x", DOOR);
    ConsistencyMarker first = append(a.engine(), AppendCondition.none(), once);
    ConsistencyMarker again = append(a.engine(), AppendCondition.none(), once);
    assertThat(source(a.engine(), OF_DOOR).payloads()).containsExactly("x");
    assertThat(again).isEqualTo(first).isEqualTo(new GlobalIndexConsistencyMarker(1));
    assertThat(a.ledger.size()).isEqualTo(1);
    assertThatThrownBy(
            () -> append(a.engine(), AppendCondition.none(), once, event("door.closed", "y", DOOR)))
        .hasMessageContaining("same identifier");
    assertThat(a.ledger.size()).isEqualTo(1);
  }

  @Test
  void everythingIsThereAfterARestart() throws Exception {
    append(a.engine(), AppendCondition.none(), event("door.opened", "before", DOOR));
    a.close();
    b.close();
    var store = fixture.reopened();
    a = new AxonNode(store);
    b = new AxonNode(fixture.another());
    Sourced seen = source(a.engine(), OF_DOOR);
    assertThat(seen.payloads()).containsExactly("before");
    assertThatThrownBy(() ->
            append(
                a.engine(),
                unless(OF_DOOR, ConsistencyMarker.ORIGIN),
                event("door.opened", "again", DOOR)))
        .hasCauseInstanceOf(AppendEventsTransactionRejectedException.class);
    append(a.engine(), unless(OF_DOOR, seen.marker()), event("door.closed", "after", DOOR));
    assertThat(source(a.engine(), OF_DOOR).payloads()).containsExactly("before", "after");
  }

  @Test
  void payloadsDoNotLieInClearWhereTheyAreSealed() {
    try (AxonNode sealing = new AxonNode(fixture.store(), AxonSamples.TURNED, Duration.ZERO)) {
      append(
          sealing.engine(),
          AppendCondition.none(),
          event("door.opened", "the janitor's secret", DOOR));
      assertThat(source(sealing.engine(), OF_DOOR).payloads())
          .containsExactly("the janitor's secret");
      LedgerRecord record = sealing.ledger.read(0).orElseThrow();
      assertThat(new String(record.header(), StandardCharsets.ISO_8859_1))
          .contains("door.opened", "/spor")
          .doesNotContain("janitor");
      assertThat(record.parts()).hasSize(1);
      byte[] part = ((LedgerRecord.RecordPart.Kept) record.parts().getFirst()).bytes();
      assertThat(new String(part, StandardCharsets.ISO_8859_1)).doesNotContain("janitor");
    }
  }

  private void catchUp(AxonNode node, long size) {
    Awaitility.await().atMost(patience()).until(() -> node.ledger.size() >= size);
  }

  private static void runAll(List<Callable<Void>> threads) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> done : executor.invokeAll(threads)) {
        done.get(100, TimeUnit.SECONDS);
      }
    }
  }
}
