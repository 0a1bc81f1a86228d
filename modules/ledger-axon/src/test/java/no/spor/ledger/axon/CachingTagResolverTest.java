package no.spor.ledger.axon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.eventsourcing.eventstore.AnnotationBasedTagResolver;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventstreaming.Tag;
import org.junit.jupiter.api.Test;

class CachingTagResolverTest {
  record Named(@EventTag(key = "door") String id, @EventTag String house, String untagged) {}

  record Several(@EventTag(key = "door") List<String> doors, @EventTag(key = "none") String none) {}

  static class Base {
    @EventTag(key = "base")
    private final int number = 7;
  }

  static final class Derived extends Base {
    @EventTag
    String getFloor() {
      return "third";
    }
  }

  private static GenericEventMessage message(Object payload) {
    return new GenericEventMessage(new MessageType("a.b"), payload);
  }

  @Test
  void itFindsWhatAxonsOwnResolverFinds() {
    for (Object payload :
        List.of(
            new Named("7", "1", "x"),
            new Several(List.of("7", "8"), null),
            new Derived(),
            "text")) {
      Set<Tag> expected = new AnnotationBasedTagResolver().resolve(message(payload));
      CachingTagResolver resolver = new CachingTagResolver();
      assertThat(resolver.resolve(message(payload))).isEqualTo(expected);
      assertThat(resolver.resolve(message(payload))).as("from the cache").isEqualTo(expected);
    }
    assertThat(new CachingTagResolver().resolve(message(new Derived())))
        .containsExactlyInAnyOrder(new Tag("base", "7"), new Tag("floor", "third"));
  }
}
