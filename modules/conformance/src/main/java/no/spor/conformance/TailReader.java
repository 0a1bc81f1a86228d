package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import org.awaitility.Awaitility;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.axonframework.messaging.eventstreaming.Tag;

/// Reads a stream only when it is called back: a lost wake-up shows as a record that is missing.
final class TailReader {
  private final EventCriteria criteria;
  private final long from;
  private final MessageStream<EventMessage> stream;
  private final List<Long> positions = new ArrayList<>();
  private final Semaphore woken = new Semaphore(0);
  private final Thread thread;

  private TailReader(EventStorageEngine engine, EventCriteria criteria, long from) {
    this.criteria = criteria;
    this.from = from;
    this.stream =
        engine.stream(
            StreamingCondition.conditionFor(new GlobalSequenceTrackingToken(from), criteria),
            AxonNode.context());
    this.thread = Thread.ofVirtual().unstarted(this::read);
  }

  static TailReader open(EventStorageEngine engine, EventCriteria criteria, long from) {
    TailReader reader = new TailReader(engine, criteria, from);
    reader.stream.setCallback(reader.woken::release);
    reader.thread.start();
    return reader;
  }

  private void read() {
    try {
      while (!stream.isCompleted()) {
        woken.acquire();
        woken.drainPermits();
        for (var entry = stream.next(); entry.isPresent(); entry = stream.next()) {
          OptionalLong token =
              TrackingToken.fromContext(entry.get()).map(TrackingToken::position).orElseThrow();
          synchronized (positions) {
            positions.add(token.orElseThrow() - 1);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for all that it must have seen, then that it saw nothing else, each once, in order.
  void expectAll(Ledger ledger, long size, Duration patience, String seed)
      throws InterruptedException {
    Awaitility.await().atMost(patience).until(() -> ledger.size() >= size);
    List<Long> expected =
        ledger.readFrom(from, (int) size).stream()
            .filter(record -> matches(record))
            .map(LedgerRecord::position)
            .toList();
    Awaitility.await().atMost(patience).until(() -> seen().size() >= expected.size());
    stream.close();
    woken.release();
    thread.join(10_000);
    assertThat(seen()).as("%s from %d, %s", criteria, from, seed).isEqualTo(expected);
  }

  private List<Long> seen() {
    synchronized (positions) {
      return List.copyOf(positions);
    }
  }

  private boolean matches(LedgerRecord record) {
    HeaderBody header = HeaderBodyCodec.decode(record.body());
    Set<Tag> tags =
        header.tags().stream()
            .map(tag -> new Tag(tag.key(), tag.value()))
            .collect(Collectors.toSet());
    return criteria.matches(new QualifiedName(header.type()), tags);
  }
}
