package no.spor.ledger.axon;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;

/// Records that follow one another, as one message to a projection: what Axon does for a message is
/// then done once for many. They are closed, so that the message says nothing of them: Axon asks
/// every message for its type and metadata, and for that alone a header would be decoded and an
/// administrative payload opened, which may be gone.
///
/// @param from no record from this position on came before
/// @param records at least one
record RecordChunk(long from, List<StreamedRecord> records) {
  /// Axon keeps up to 1024 messages ahead of a processor: so this bounds its memory.
  static final int RECORDS = 16;

  private static final MessageType TYPE = new MessageType("spor.records");

  long lastPosition() {
    return records.getLast().position();
  }

  EventMessage message() {
    return new GenericEventMessage(
        Long.toString(lastPosition()),
        TYPE,
        this,
        Map.of(),
        Instant.ofEpochMilli(records.getLast().record().recordedAtMillis()));
  }
}
