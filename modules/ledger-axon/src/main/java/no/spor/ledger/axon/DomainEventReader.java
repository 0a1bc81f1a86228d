package no.spor.ledger.axon;

import java.util.Optional;
import no.spor.activity.HeaderBody;
import no.spor.ledger.LedgerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Reads administrative events straight from records: for whoever follows the flagged blocks
/// instead of a processor. Thread-safe.
public final class DomainEventReader {
  private final RecordMapping mapping;
  private final JsonConverter converter;

  public DomainEventReader(DomainPayloads payloads, JsonMapper json) {
    this.converter = new JsonConverter(json);
    this.mapping = new RecordMapping(payloads, converter, type -> false);
  }

  /// @return the event; empty for a record of another stream
  /// @throws RuntimeException where the payload is gone or cannot be opened
  public Optional<DomainEvent> read(LedgerRecord record) {
    if (!mapping.domain(record)) {
      return Optional.empty();
    }
    HeaderBody header = StreamedRecord.headerOf(record);
    return Optional.of(
        new DomainEvent(
            record.position(),
            mapping.type(header.type(), true).name(),
            header,
            mapping.open(record, header).payload(),
            converter));
  }

  /// An administrative event.
  public static final class DomainEvent {
    private final long position;
    private final String type;
    private final HeaderBody header;
    private final byte[] payload;
    private final JsonConverter converter;

    private DomainEvent(
        long position, String type, HeaderBody header, byte[] payload, JsonConverter converter) {
      this.position = position;
      this.type = type;
      this.header = header;
      this.payload = payload;
      this.converter = converter;
    }

    public long position() {
      return position;
    }

    /// @return namespace and name, as in `@Event`, joined by a dot
    public String type() {
      return type;
    }

    public HeaderBody header() {
      return header;
    }

    public <T> T payloadAs(Class<T> wanted) {
      @Nullable T converted = converter.convert(payload, wanted);
      if (converted == null) {
        throw new IllegalStateException("the event at " + position + " has no payload");
      }
      return converted;
    }

    @Override
    public String toString() {
      return "DomainEvent[" + position + ", " + type + "]";
    }
  }
}
