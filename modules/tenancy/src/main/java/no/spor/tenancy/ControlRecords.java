package no.spor.tenancy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.spor.activity.HeaderBody;
import no.spor.ledger.Block;
import no.spor.ledger.BlockReader;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.axon.DomainEventReader;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.tenancy.TenancyEvent.CatalogueChanged;
import no.spor.tenancy.TenancyEvent.KeyCreated;
import no.spor.tenancy.TenancyEvent.KeyRevoked;
import no.spor.tenancy.TenancyEvent.TenantCreated;
import org.axonframework.messaging.eventhandling.annotation.Event;
import tools.jackson.databind.json.JsonMapper;

/// Finds this room's events among a flagged block's records.
final class ControlRecords {
  private static final String STREAM = "spor";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<String, Class<? extends TenancyEvent>> TYPES =
      Map.of(
          name(TenantCreated.class), TenantCreated.class,
          name(CatalogueChanged.class), CatalogueChanged.class,
          name(KeyCreated.class), KeyCreated.class,
          name(KeyRevoked.class), KeyRevoked.class);

  private final DomainEventReader reader;

  ControlRecords(DomainPayloads payloads) {
    this.reader = new DomainEventReader(payloads, JSON);
  }

  record Happened(TenancyEvent event, Instant at) {}

  /// @return whether records of a type are this room's control records
  static boolean ours(String type) {
    return TYPES.containsKey(type);
  }

  /// @return all of them or an exception, never some
  List<Happened> in(Block block) {
    List<Happened> found = new ArrayList<>();
    for (LedgerRecord record : new BlockReader(block).records()) {
      if (record.stream().equals(STREAM)) {
        // Other rooms' control records are told apart before anything of them is opened.
        HeaderBody header = StreamedRecord.headerOf(record);
        Class<? extends TenancyEvent> type = TYPES.get(header.type());
        if (type != null) {
          TenancyEvent event = reader.read(record).orElseThrow().payloadAs(type);
          found.add(new Happened(event, header.time()));
        }
      }
    }
    return found;
  }

  private static String name(Class<?> type) {
    Event event = type.getAnnotation(Event.class);
    return event.namespace() + "." + event.name();
  }
}
