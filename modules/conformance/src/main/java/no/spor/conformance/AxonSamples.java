package no.spor.conformance;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.Role;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.RecordKey;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GenericTaggedEventMessage;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.Tag;

/// What the Axon suites write and read.
final class AxonSamples {
  static final Instant TIME = Instant.parse("2026-11-22T07:31:00Z");

  private AxonSamples() {}

  /// Administrative payloads that do not lie in clear. No security: each bit is turned.
  static final DomainPayloads TURNED =
      new DomainPayloads() {
        @Override
        public List<byte[]> seal(
            HeaderBody header, byte[] body, byte[] payload, List<FurtherPart> further) {
          return List.of(turned(payload));
        }

        private byte[] turned(byte[] bytes) {
          byte[] turned = new byte[bytes.length];
          for (int i = 0; i < bytes.length; i++) {
            turned[i] = (byte) ~bytes[i];
          }
          return turned;
        }

        @Override
        public byte[] open(HeaderBody header, byte[] body, byte[] part) {
          if (!Arrays.equals(HeaderBodyCodec.encode(header), body)) {
            throw new IllegalStateException("header and body belong together");
          }
          return turned(part);
        }
      };

  static TaggedEventMessage<?> event(String type, String payload, Tag... tags) {
    return event(UUID.randomUUID().toString(), type, payload, tags);
  }

  static TaggedEventMessage<?> event(String id, String type, String payload, Tag... tags) {
    return new GenericTaggedEventMessage<>(
        new GenericEventMessage(id, new MessageType(type), payload, Map.of(), TIME), Set.of(tags));
  }

  /// A record of a tenant, as an emitter causes it.
  static Draft activity(String tenant, String type, Tag... tags) {
    String id = UUID.randomUUID().toString();
    HeaderBody header =
        new HeaderBody(
            id,
            "/app",
            type,
            TIME,
            tenant,
            "session",
            1,
            1,
            List.of(Role.COMPANY),
            Map.of(),
            Arrays.stream(tags)
                .map(tag -> new HeaderBody.EventTag(tag.key(), tag.value()))
                .sorted()
                .toList());
    EventIdentity identity = EventIdentity.of(tenant, "/app", id);
    return new Draft(
        tenant,
        HeaderBodyCodec.encode(header),
        List.of(new DraftPart("session/1/2026-11-22", new byte[] {1, 2, 3})),
        new RecordKey(identity.high(), identity.low()),
        List.of(),
        false,
        null);
  }

  /// What was sourced, and up to where.
  record Sourced(List<EventMessage> events, ConsistencyMarker marker) {
    List<String> payloads() {
      return events.stream().map(AxonSamples::text).toList();
    }
  }

  static String text(EventMessage event) {
    return event.payload() instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(event.payload());
  }

  static Sourced source(EventStorageEngine engine, EventCriteria criteria) {
    MessageStream<EventMessage> stream =
        engine.source(SourcingCondition.conditionFor(criteria), AxonNode.context());
    List<EventMessage> events = new ArrayList<>();
    ConsistencyMarker marker = ConsistencyMarker.ORIGIN;
    for (var entry = stream.next(); entry.isPresent(); entry = stream.next()) {
      ConsistencyMarker found = entry.get().getResource(ConsistencyMarker.RESOURCE_KEY);
      if (found == null) {
        events.add(entry.get().message());
      } else {
        marker = found;
      }
    }
    return new Sourced(events, marker);
  }

  static ConsistencyMarker append(
      EventStorageEngine engine, AppendCondition condition, TaggedEventMessage<?>... events) {
    return engine
        .appendEvents(condition, AxonNode.context(), List.of(events))
        .thenCompose(AxonSamples::commit)
        .join();
  }

  static <R> CompletableFuture<ConsistencyMarker> commit(
      EventStorageEngine.AppendTransaction<R> transaction) {
    return transaction
        .commit(AxonNode.context())
        .thenCompose(result -> transaction.afterCommit(result, AxonNode.context()));
  }

  static AppendCondition unless(EventCriteria criteria, ConsistencyMarker seen) {
    return AppendCondition.withCriteria(criteria).withMarker(seen);
  }
}
