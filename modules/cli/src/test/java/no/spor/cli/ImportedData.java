package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.insight.Timeline.Event;
import no.spor.insight.Timeline.Page;
import no.spor.insight.Timeline.Part;
import no.spor.insight.Timeline.Question;
import no.spor.server.Node;
import no.spor.server.NodeOptions;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What stands in a data directory, asked for as an officer does.
final class ImportedData implements AutoCloseable {
  /// Numbers keep their digits.
  static final JsonMapper EXACT =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Access OFFICER = new Access("test", AccessRole.OFFICER, null);
  private final Node node;

  ImportedData(Path data) {
    node = Node.open(NodeOptions.importing(data, null), InstantSource.system());
    if (node.ledger().size() > 0) {
      assertThat(node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofMinutes(1)))
          .as("the view has caught up")
          .isTrue();
    }
  }

  Node node() {
    return node;
  }

  /// @return a person's events as they came in: id to type, time and data
  Map<String, String> of(String tenant, String person) {
    Map<String, String> events = new HashMap<>();
    @Nullable String cursor = null;
    do {
      Page page =
          node.timeline()
              .query(
                  OFFICER,
                  "test",
                  new Question(tenant, person, List.of(), null, null, Map.of(), 1000, cursor));
      for (Event event : page.events()) {
        assertThat(
                events.put(event.id(), text(event.type(), event.time().toString(), joined(event))))
            .as("the event " + event.id() + " before")
            .isNull();
      }
      cursor = page.next();
    } while (cursor != null);
    return events;
  }

  static String text(String type, String time, JsonNode data) {
    return type + " " + time + " " + sorted(data);
  }

  private static JsonNode joined(Event event) {
    ObjectNode data = EXACT.createObjectNode();
    for (Part part : event.parts()) {
      assertThat(part.state()).isEqualTo("open");
      merge(data, EXACT.readTree(new String(part.data(), StandardCharsets.UTF_8)));
    }
    event
        .facets()
        .forEach((pointer, value) -> {
          ObjectNode facet = EXACT.createObjectNode();
          String[] names = pointer.substring(1).split("/");
          ObjectNode at = facet;
          for (int i = 0; i < names.length - 1; i++) {
            at = at.putObject(names[i]);
          }
          at.set(names[names.length - 1], scalar(value));
          merge(data, facet);
        });
    return data;
  }

  private static JsonNode scalar(Object value) {
    return switch (value) {
      case JsonNumber number -> EXACT.readTree(number.text());
      case JsonNull ignored -> EXACT.nullNode();
      default -> EXACT.valueToTree(value);
    };
  }

  private static void merge(ObjectNode into, JsonNode from) {
    from.properties()
        .forEach(member -> {
          JsonNode there = into.get(member.getKey());
          if (there instanceof ObjectNode object && member.getValue().isObject()) {
            merge(object, member.getValue());
          } else {
            assertThat(there).as("a member in two parts").isNull();
            into.set(member.getKey(), member.getValue());
          }
        });
  }

  /// The order of members says nothing in JSON.
  private static String sorted(JsonNode node) {
    if (!node.isObject()) {
      return node.toString();
    }
    StringBuilder text = new StringBuilder("{");
    node.properties().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(member ->
            text.append(member.getKey()).append(':').append(sorted(member.getValue())).append(' '));
    return text.append('}').toString();
  }

  @Override
  public void close() {
    node.close();
  }
}
