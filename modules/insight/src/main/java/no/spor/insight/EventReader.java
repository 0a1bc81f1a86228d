package no.spor.insight;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import no.spor.activity.HeaderBody;
import no.spor.activity.Role;
import no.spor.insight.Timeline.Event;
import no.spor.insight.Timeline.Part;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.vault.Opened;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealedPart;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// Reads records as one reader may see them, and remembers of which events personal parts were
/// opened. For one answer; not thread-safe.
final class EventReader {
  private static final Logger LOG = System.getLogger(EventReader.class.getName());
  private static final byte JSON = 1;
  private static final byte JSON_WITH_ATTRIBUTES = 2;

  private final Vault vault;
  private final boolean personal;
  private final List<Long> opened = new ArrayList<>();

  /// @param personal whether personal parts are opened
  EventReader(Vault vault, boolean personal) {
    this.vault = vault;
    this.personal = personal;
  }

  /// @return positions of the events of which a personal part was opened
  long[] opened() {
    return opened.stream().mapToLong(Long::longValue).toArray();
  }

  /// Has it looked up at once whose parts are to be read.
  void expect(Collection<LedgerRecord> records) {
    if (!personal) {
      return;
    }
    Set<Pseudonym> owners = new HashSet<>();
    for (LedgerRecord record : records) {
      for (RecordPart part : record.parts()) {
        Pseudonym owner =
            part instanceof RecordPart.Kept(byte[] bytes) ? SealedPart.pseudonymOf(bytes) : null;
        if (owner != null) {
          owners.add(owner);
        }
      }
    }
    vault.expect(owners);
  }

  Event read(LedgerRecord record) {
    HeaderBody header = StreamedRecord.headerOf(record);
    if (header.roles().size() != record.parts().size()) {
      throw new UnreadableRecordException(record.position(), "its parts are not those it names");
    }
    List<Part> parts = new ArrayList<>(record.parts().size());
    boolean openedPersonal = false;
    for (int i = 0; i < record.parts().size(); i++) {
      Part part = part(record, header, i);
      parts.add(part);
      openedPersonal |= part.data() != null && header.roles().get(i) != Role.COMPANY;
    }
    if (openedPersonal) {
      opened.add(record.position());
    }
    return new Event(
        record.position(),
        record.sequence(),
        header.id(),
        header.source(),
        header.type(),
        header.time(),
        Instant.ofEpochMilli(record.recordedAtMillis()),
        header.tenant(),
        header.retention(),
        header.facets(),
        parts);
  }

  private Part part(LedgerRecord record, HeaderBody header, int index) {
    Role role = header.roles().get(index);
    return switch (record.parts().get(index)) {
      case RecordPart.None none -> closed(role, "discarded");
      case RecordPart.Dropped dropped -> closed(role, state(vault.gone(header)));
      case RecordPart.Kept(byte[] bytes) -> {
        if (role != Role.COMPANY && !(role.personal() && personal)) {
          yield closed(role, "denied");
        }
        Opened result = vault.open(header, record.body(), index, bytes);
        Part part =
            result instanceof Opened.Clear(byte codec, byte[] content)
                ? clear(role, codec, content)
                : closed(role, state(result));
        if (part == null || part.state().equals("damaged")) {
          LOG.log(
              Level.ERROR,
              "Part {0} of the record at position {1} is damaged: verify the ledger.",
              index,
              Long.toString(record.position()));
        }
        yield part == null ? closed(role, "damaged") : part;
      }
    };
  }

  private static Part closed(Role role, String state) {
    return new Part(role.label(), state, null, null);
  }

  private static String state(Opened opened) {
    return switch (opened) {
      case Opened.Clear clear -> "open";
      case Opened.Erased erased -> "erased";
      case Opened.Expired expired -> "expired";
      case Opened.Damaged damaged -> "damaged";
    };
  }

  /// @return null for content that no part of an event has
  private static @Nullable Part clear(Role role, byte codec, byte[] content) {
    if (codec == JSON) {
      return new Part(role.label(), "open", content, null);
    }
    if (codec != JSON_WITH_ATTRIBUTES || content.length < Integer.BYTES) {
      return null;
    }
    int length = ByteBuffer.wrap(content).getInt();
    int from = Integer.BYTES;
    if (length < 0 || length > content.length - from) {
      return null;
    }
    return new Part(
        role.label(),
        "open",
        Arrays.copyOfRange(content, from, from + length),
        Arrays.copyOfRange(content, from + length, content.length));
  }
}
