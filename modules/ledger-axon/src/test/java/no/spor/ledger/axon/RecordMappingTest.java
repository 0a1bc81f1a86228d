package no.spor.ledger.axon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.Role;
import no.spor.ledger.Draft;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import org.axonframework.eventsourcing.eventstore.GenericTaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RecordMappingTest {
  private final RecordMapping mapping =
      new RecordMapping(
          DomainPayloads.insecureInClear(),
          new JsonConverter(JsonMapper.shared()),
          type -> type.equals("spor.person-erased"));

  record PersonErased(String internalId) implements FurtherParts {
    @Override
    public List<FurtherPart> furtherParts() {
      return List.of(FurtherPart.fence(utf8("lookup")));
    }
  }

  record DoorOpened(String door) {}

  private Draft draft(Object payload, String type) {
    return mapping.draft(
        new GenericTaggedEventMessage<>(
            new GenericEventMessage(
                "id-1", new MessageType(type), payload, Map.of(), Instant.EPOCH),
            Set.of()));
  }

  private static LedgerRecord record(Draft draft, String stream) {
    List<RecordPart> parts = new ArrayList<>();
    draft.parts().forEach(part -> parts.add(new RecordPart.Kept(part.bytes())));
    return new LedgerRecord(3, stream, 3, 0, new byte[0], draft.body(), parts);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void furtherPartsStandAfterThePayloadWithTheirRoles() {
    Draft draft = draft(new PersonErased("7"), "spor.person-erased");
    assertThat(draft.control()).isTrue();
    HeaderBody header = HeaderBodyCodec.decode(draft.body());
    assertThat(header.roles()).containsExactly(Role.PAYLOAD, Role.FENCE);
    assertThat(draft.parts()).hasSize(2);
    assertThat(draft.parts().get(1).bytes()).isEqualTo(utf8("lookup"));

    LedgerRecord record = record(draft, "spor");
    assertThat(mapping.open(record, mapping.header(record)).payload())
        .isEqualTo(utf8("{\"internalId\":\"7\"}"));
  }

  @Test
  void anEventWithoutFurtherPartsHasOne() {
    Draft draft = draft(new DoorOpened("7"), "spor.door-opened");
    assertThat(draft.parts()).hasSize(1);
    assertThat(HeaderBodyCodec.decode(draft.body()).roles()).containsExactly(Role.PAYLOAD);
  }

  @Test
  void aRecordInAnotherTenantsStreamIsDamage() {
    Draft draft = draft(new DoorOpened("7"), "spor.door-opened");
    assertThatThrownBy(() -> mapping.header(record(draft, "bygg-as")))
        .isInstanceOf(LedgerDamageException.class);
  }
}
