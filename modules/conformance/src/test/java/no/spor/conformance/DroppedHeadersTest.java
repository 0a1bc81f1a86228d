package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.activity.EventIdentity;
import no.spor.ledger.Block;
import no.spor.ledger.BlockBuilder;
import no.spor.ledger.Draft;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.axon.StreamedRecord;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.axonframework.messaging.eventstreaming.Tag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A tenant has left and its headers were dropped: everything can still be rebuilt and read.
class DroppedHeadersTest {
  private static final Tag DOOR = new Tag("door", "7");
  private final InMemoryLedgerStore whole = new InMemoryLedgerStore(new UUID(5, 6));
  private final InMemoryLedgerStore store = new InMemoryLedgerStore(new UUID(5, 6));
  private final AtomicLong clock = new AtomicLong(1_000);
  private AxonNode node;

  /// Positions: 0 stays; 1, 2 left; 3 the door; 4 left; 5, 6 stay; 7, 8 left, alone in their block.
  @BeforeEach
  void leave() {
    write("stays", "left", "left");
    try (var writer = new AxonNode(whole)) {
      AxonSamples.append(
          writer.engine(), AppendCondition.none(), AxonSamples.event("Opened", "door", DOOR));
    }
    write("left", "stays", "stays");
    write("left", "left");
    whole.blocks(0, 9).forEach(block -> store.append(List.of(withoutLeft(block))));
    node = new AxonNode(store);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void write(String... tenants) {
    var drafts = new ArrayList<Draft>();
    for (var tenant : tenants) {
      drafts.add(AxonSamples.activity(tenant, "Happened"));
    }
    try (var ledger = open(whole)) {
      ledger.appendAtomically(drafts, null).join();
    }
    clock.addAndGet(1_000);
  }

  private Ledger open(InMemoryLedgerStore of) {
    return Ledger.open(
        of,
        (stream, body) -> {
          var identity = EventIdentity.ofBody(body);
          return new RecordKey(identity.high(), identity.low());
        },
        RecordedKeys.inMemory(),
        LedgerOptions.of(() -> Instant.ofEpochMilli(clock.get()), new SecureRandom()));
  }

  /// As the format says: entries stay, headers, parts and tags go, salts stand each for itself.
  private Block withoutLeft(Block block) {
    var left = new ArrayList<Integer>();
    var headers = new ArrayList<>(block.headers());
    try (var ledger = open(whole)) {
      for (var record : ledger.recordsOf(block.head().number())) {
        if (record.stream().equals("left")) {
          left.add((int) (record.position() - block.head().firstPosition()));
        }
      }
      if (left.isEmpty()) {
        return block;
      }
      var salts = new byte[1 + 16 * headers.size()];
      salts[0] = 2;
      for (var record : ledger.recordsOf(block.head().number())) {
        int index = (int) (record.position() - block.head().firstPosition());
        if (!left.contains(index)) {
          System.arraycopy(record.header(), 15, salts, 1 + 16 * index, 16);
        }
      }
      left.forEach(index -> headers.set(index, new byte[0]));
      return new Block(
          block.head(), block.entries(), salts, headers, groups(block, left), Set.of());
    }
  }

  /// All parts of these tests are of 3 bytes under one label: 11 bytes an item.
  private static List<Block.PartGroup> groups(Block block, List<Integer> left) {
    var groups = new ArrayList<Block.PartGroup>();
    for (var group : block.groups()) {
      var bytes = new ByteArrayOutputStream();
      bytes.write(1);
      for (int at = 1; at < group.bytes().length; at += 11) {
        if (!left.contains((int) group.bytes()[at + 1])) {
          bytes.write(group.bytes(), at, 11);
        }
      }
      if (bytes.size() > 1) {
        groups.add(new Block.PartGroup(group.label(), bytes.toByteArray()));
      }
    }
    return groups;
  }

  @Test
  void theTailShowsWhatStandsAndComesToTheEnd() {
    for (long from : List.of(0L, 1L, 4L, 7L)) {
      var wanted = List.of(0L, 3L, 5L, 6L).stream().filter(one -> one >= from).toList();
      assertThat(positions(from)).isEqualTo(wanted);
    }
    AxonSamples.append(
        node.engine(), AppendCondition.none(), AxonSamples.event("Opened", "again", DOOR));
    assertThat(positions(0)).containsExactly(0L, 3L, 5L, 6L, 9L);
  }

  private List<Long> positions(long from) {
    var positions = new ArrayList<Long>();
    MessageStream<EventMessage> tail =
        node.engine().stream(
            StreamingCondition.startingFrom(new GlobalSequenceTrackingToken(from)),
            AxonNode.context());
    for (var next = tail.next(); next.isPresent(); next = tail.next()) {
      positions.add(((StreamedRecord) next.get().message()).position());
    }
    assertThat(tail.error()).isEmpty();
    tail.close();
    return positions;
  }

  @Test
  void administrationIsSourced() {
    assertThat(AxonSamples.source(node.engine(), EventCriteria.havingTags(DOOR)).events())
        .hasSize(1);
    assertThat(AxonSamples.source(node.engine(), EventCriteria.havingAnyTag()).events()).hasSize(1);
  }

  @Test
  void aTimeIsFoundBesideDroppedHeaders() {
    var engine = node.engine();
    assertThat(engine.tokenAt(Instant.ofEpochMilli(1_000), null).join().position()).hasValue(0);
    assertThat(engine.tokenAt(Instant.ofEpochMilli(1_001), null).join().position().orElseThrow())
        .isBetween(1L, 3L);
    var after = engine.tokenAt(Instant.parse("9999-01-01T00:00:00Z"), null).join();
    assertThat(after.position().orElseThrow()).isBetween(7L, 9L);
  }

  @Test
  void sequencesMayLeaveOutWhatWasDroppedAndNoMore() {
    var builder = new BlockBuilder(store.ledger(), new SecureRandom());
    // Five headers were dropped, all of `left`: its next sequence is 5.
    builder.add(AxonSamples.activity("left", "Happened"), 5, clock.get());
    store.append(List.of(builder.build(store.newest().orElseThrow(), KeyStoreMark.NONE)));
    try (var ledger = open(store)) {
      assertThat(ledger.size()).isEqualTo(10);
    }
    builder.add(AxonSamples.activity("left", "Happened"), 7, clock.get());
    store.append(List.of(builder.build(store.newest().orElseThrow(), KeyStoreMark.NONE)));
    assertThatThrownBy(() -> open(store)).isInstanceOf(LedgerDamageException.class);
  }
}
