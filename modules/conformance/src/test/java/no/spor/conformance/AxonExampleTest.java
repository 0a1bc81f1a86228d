package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import no.spor.ledger.axon.DomainEventReader;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.Projection;
import no.spor.ledger.axon.SporAxon;
import no.spor.ledger.axon.StreamedRecord;
import org.axonframework.eventsourcing.annotation.EventSourcedEntity;
import org.axonframework.eventsourcing.annotation.EventSourcingHandler;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.eventsourcing.annotation.reflection.EntityCreator;
import org.axonframework.eventsourcing.annotation.reflection.InjectEntityId;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.modelling.annotation.InjectEntity;
import org.axonframework.modelling.annotation.TargetEntityId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// The example of the module's README.
class AxonExampleTest {
  @Event(namespace = "spor", name = "door-opened")
  record DoorOpened(@EventTag(key = "door") String door) {}

  record OpenDoor(@TargetEntityId String door) {}

  @EventSourcedEntity(tagKey = "door")
  static final class Door {
    private final String id;
    private boolean open;

    @EntityCreator
    Door(@InjectEntityId String id) {
      this.id = id;
    }

    @EventSourcingHandler
    void on(DoorOpened event) {
      open |= event.door().equals(id); // it is shown what others append in the same context, too
    }
  }

  static final class Porter {
    @CommandHandler
    String handle(OpenDoor command, @InjectEntity Door door, EventAppender events) {
      if (door.open) {
        throw new IllegalStateException("open already");
      }
      events.append(new DoorOpened(command.door()));
      return "opened";
    }
  }

  static final class Seen implements Projection {
    final List<String> types = Collections.synchronizedList(new ArrayList<>());

    @Override
    public String name() {
      return "seen";
    }

    @Override
    public void apply(List<StreamedRecord> records, long from, long applied) {
      records.forEach(record -> types.add(record.header().type()));
    }

    @Override
    public void clear() {
      types.clear();
    }
  }

  @Test
  void aCommandIsDecidedRecordedAndSeen() {
    var progress = new InMemoryProcessorProgress();
    var seen = new Seen();
    try (AxonNode node = new AxonNode(new InMemoryLedgerStore(new UUID(1, 2)));
        SporAxon axon =
            SporAxon.over(node.ledger)
                .payloads(DomainPayloads.insecureInClear())
                .node("node-1", InstantSource.system())
                .views(progress, progress)
                .entity(String.class, Door.class)
                .commandHandlers("porter", new Porter())
                .projection(seen)
                .build()) {
      axon.start();

      assertThat(axon.commands().send(new OpenDoor("7"), String.class)).isEqualTo("opened");
      assertThatThrownBy(() -> axon.commands().send(new OpenDoor("7")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("open already");
      assertThat(axon.commands().send(new OpenDoor("8"), String.class)).isEqualTo("opened");

      await().until(() -> axon.status("seen").lag() == 0);
      assertThat(seen.types).containsExactly("spor.door-opened", "spor.door-opened");
      var event =
          new DomainEventReader(DomainPayloads.insecureInClear(), JsonMapper.shared())
              .read(node.ledger.read(1).orElseThrow())
              .orElseThrow();
      assertThat(event.type()).isEqualTo("spor.door-opened");
      assertThat(event.payloadAs(DoorOpened.class)).isEqualTo(new DoorOpened("8"));
    }
  }
}
