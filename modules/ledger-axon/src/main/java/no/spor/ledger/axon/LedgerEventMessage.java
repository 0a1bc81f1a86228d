package no.spor.ledger.axon;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import no.spor.activity.HeaderBody;
import no.spor.ledger.LedgerRecord;
import org.axonframework.conversion.ConversionException;
import org.axonframework.conversion.Converter;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.Metadata;
import org.axonframework.messaging.core.QualifiedName;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventstreaming.Tag;
import org.jspecify.annotations.Nullable;

/// A record as Axon sees it. Decodes the header, and opens an administrative payload, only when
/// asked: most consumers want less.
///
/// The payload of an activity record is the [LedgerRecord] itself; that of an administrative one
/// are the bytes that were given, which Axon converts. Safe to share: decoding twice gives the
/// same.
final class LedgerEventMessage implements EventMessage, StreamedRecord {
  private final LedgerRecord record;
  private final RecordMapping mapping;
  private volatile @Nullable HeaderBody header;
  private volatile @Nullable DomainEnvelope envelope;

  LedgerEventMessage(LedgerRecord record, RecordMapping mapping) {
    this.record = record;
    this.mapping = mapping;
  }

  @Override
  public LedgerRecord record() {
    return record;
  }

  @Override
  public HeaderBody header() {
    HeaderBody known = header;
    if (known == null) {
      known = mapping.header(record);
      header = known;
    }
    return known;
  }

  boolean domain() {
    return mapping.domain(record);
  }

  QualifiedName name() {
    return type().qualifiedName();
  }

  Set<Tag> tags() {
    return RecordMapping.axonTags(header());
  }

  private DomainEnvelope envelope() {
    DomainEnvelope known = envelope;
    if (known == null) {
      known = mapping.open(record, header());
      envelope = known;
    }
    return known;
  }

  @Override
  public String identifier() {
    return header().id();
  }

  @Override
  public MessageType type() {
    return mapping.type(header().type(), domain());
  }

  @Override
  public Object payload() {
    return domain() ? envelope().payload() : record;
  }

  @Override
  public Class<?> payloadType() {
    return domain() ? byte[].class : LedgerRecord.class;
  }

  @Override
  public Metadata metadata() {
    return domain() ? Metadata.from(envelope().metadata()) : Metadata.emptyInstance();
  }

  @Override
  public Instant timestamp() {
    return header().time();
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T> @Nullable T payloadAs(Type wanted, @Nullable Converter converter) {
    if (wanted instanceof Class<?> wantedClass && wantedClass.isAssignableFrom(payloadType())) {
      return (T) payload();
    }
    if (converter == null || !domain()) {
      throw new ConversionException(
          "a " + payloadType().getSimpleName() + " is not converted to " + wanted.getTypeName());
    }
    return converter.convert(payload(), wanted);
  }

  @Override
  public EventMessage withMetadata(Map<String, String> metadata) {
    return new GenericEventMessage(identifier(), type(), payload(), metadata, timestamp());
  }

  @Override
  public EventMessage andMetadata(Map<String, String> metadata) {
    return metadata.isEmpty() ? this : withMetadata(metadata().mergedWith(metadata));
  }

  @Override
  public EventMessage withConvertedPayload(Type wanted, Converter converter) {
    Object converted = payloadAs(wanted, converter);
    return converted == payload()
        ? this
        : new GenericEventMessage(identifier(), type(), converted, metadata(), timestamp());
  }

  @Override
  public String toString() {
    return "LedgerEventMessage[" + record.position() + "]";
  }
}
