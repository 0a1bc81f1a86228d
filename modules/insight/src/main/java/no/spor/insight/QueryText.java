package no.spor.insight;

import java.time.Instant;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.insight.Timeline.Question;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// What was asked, as it is recorded with an opening: JSON, without the person.
final class QueryText {
  private static final JsonMapper JSON = JsonMapper.shared();

  private QueryText() {}

  static String of(Question question) {
    ObjectNode text = JSON.createObjectNode();
    if (!question.types().isEmpty()) {
      var types = text.putArray("types");
      question.types().forEach(types::add);
    }
    put(text, "from", question.from());
    put(text, "to", question.to());
    if (!question.facets().isEmpty()) {
      ObjectNode facets = text.putObject("facets");
      question.facets().forEach((pointer, value) -> put(facets, pointer, value));
    }
    return text.put("limit", question.limit()).toString();
  }

  static String of(long position) {
    return JSON.createObjectNode().put("position", position).toString();
  }

  private static void put(ObjectNode text, String name, @Nullable Instant time) {
    if (time != null) {
      text.put(name, time.toString());
    }
  }

  private static void put(ObjectNode facets, String pointer, Object value) {
    switch (value) {
      case String string -> facets.put(pointer, string);
      case Boolean flag -> facets.put(pointer, flag);
      case Long number -> facets.put(pointer, number);
      case JsonNumber(String number) -> facets.putRawValue(pointer, new RawValue(number));
      case JsonNull none -> facets.putNull(pointer);
      default -> throw new InvalidQueryException("A facet's value is a JSON scalar.");
    }
  }
}
