package no.spor.ledger.axon;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.Role;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.RecordKey;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import org.axonframework.conversion.Converter;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventstreaming.Tag;

/// How an Axon event becomes a record and a record an Axon event.
///
/// An administrative event is a record of the stream `spor`: header with source `/spor`, type, id,
/// time and tags in clear; everything else in part 0 (role payload) and [FurtherParts], sealed by
/// [DomainPayloads]. Any other stream holds activity, which is never written from here.
final class RecordMapping {
  /// The administration's stream and tenant. No tenant can take this id.
  static final String STREAM = "spor";

  static final String SOURCE = "/spor";
  static final String RETENTION = "administration";

  private static final byte[] TAG = "spor/tag/v1\n".getBytes(StandardCharsets.UTF_8);

  private final DomainPayloads payloads;
  private final Converter converter;
  private final Predicate<String> control;
  private final TypeCache activityTypes = new TypeCache(MessageType::new);
  private final TypeCache domainTypes = new TypeCache(RecordMapping::domainType);

  RecordMapping(DomainPayloads payloads, Converter converter, Predicate<String> control) {
    this.payloads = payloads;
    this.converter = converter;
    this.control = control;
  }

  boolean domain(LedgerRecord record) {
    return record.stream().equals(STREAM);
  }

  HeaderBody header(LedgerRecord record) {
    return StreamedRecord.headerOf(record);
  }

  /// A name and, where it is not the usual one, `#` and a version: only the administration's types
  /// have versions.
  MessageType type(String type, boolean domain) {
    return (domain ? domainTypes : activityTypes).get(type);
  }

  private static MessageType domainType(String type) {
    int mark = type.lastIndexOf('#');
    return mark < 0
        ? new MessageType(type)
        : new MessageType(type.substring(0, mark), type.substring(mark + 1));
  }

  private static String typeText(MessageType type) {
    return type.version().equals(MessageType.DEFAULT_VERSION)
        ? type.name()
        : type.name() + '#' + type.version();
  }

  Draft draft(TaggedEventMessage<?> tagged) {
    EventMessage event = tagged.event();
    TreeSet<EventTag> tags = new TreeSet<>();
    tagged.tags().forEach(tag -> tags.add(new EventTag(tag.key(), tag.value())));
    List<FurtherPart> further =
        event.payload() instanceof FurtherParts parts ? parts.furtherParts() : List.of();
    List<Role> roles = new ArrayList<>(List.of(Role.PAYLOAD));
    further.forEach(part -> roles.add(part.role()));
    HeaderBody header =
        new HeaderBody(
            event.identifier(),
            SOURCE,
            typeText(event.type()),
            event.timestamp(),
            STREAM,
            RETENTION,
            0,
            0,
            List.copyOf(roles),
            Map.of(),
            List.copyOf(tags));
    byte[] body = HeaderBodyCodec.encode(header);
    byte[] payload = converter.convert(event.payload(), byte[].class);
    byte[] envelope =
        new DomainEnvelope(event.metadata(), payload == null ? new byte[0] : payload).encode();
    List<DraftPart> parts =
        payloads.seal(header, body, envelope, further).stream()
            .map(sealed -> new DraftPart(RETENTION, sealed))
            .toList();
    if (parts.size() != roles.size()) {
      throw new IllegalStateException("not as many sealed parts as roles");
    }
    EventIdentity identity = EventIdentity.of(STREAM, SOURCE, header.id());
    return new Draft(
        STREAM,
        body,
        parts,
        new RecordKey(identity.high(), identity.low()),
        hashes(tags),
        control.test(event.type().name()),
        null);
  }

  DomainEnvelope open(LedgerRecord record, HeaderBody header) {
    if (record.parts().isEmpty() || !(record.parts().getFirst() instanceof RecordPart.Kept kept)) {
      throw new IllegalStateException(
          "the payload of the administrative record at " + record.position() + " is gone");
    }
    return DomainEnvelope.decode(payloads.open(header, record.body(), kept.bytes()));
  }

  static Set<Tag> axonTags(HeaderBody header) {
    if (header.tags().isEmpty()) {
      return Set.of();
    }
    Set<Tag> tags = new HashSet<>();
    header.tags().forEach(tag -> tags.add(new Tag(tag.key(), tag.value())));
    return tags;
  }

  /// First 16 bytes of `SHA-256("spor/tag/v1\n" || len(2) key || len(2) value)`, UTF-8.
  static no.spor.ledger.Tag hash(String key, String value) {
    ByteBuffer hash = sha256(key, value);
    return new no.spor.ledger.Tag(hash.getLong(), hash.getLong());
  }

  private static List<no.spor.ledger.Tag> hashes(Collection<EventTag> tags) {
    List<no.spor.ledger.Tag> hashes = new ArrayList<>(tags.size());
    tags.forEach(tag -> hashes.add(hash(tag.key(), tag.value())));
    return hashes;
  }

  private static ByteBuffer sha256(String... fields) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(TAG);
      for (String field : fields) {
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xffff) {
          throw new IllegalArgumentException("longer than 65535 bytes");
        }
        digest.update((byte) (bytes.length >> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
      }
      return ByteBuffer.wrap(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
