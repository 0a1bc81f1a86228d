package no.spor.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.activity.MalformedHeaderBodyException.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The vectors were written with an independent CBOR implementation.
class HeaderBodyVectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors");
  private static final JsonMapper JSON = new JsonMapper();

  static Stream<Path> bodies() throws IOException {
    return files("body-");
  }

  static Stream<Path> refused() throws IOException {
    return files("refused-");
  }

  private static Stream<Path> files(String prefix) throws IOException {
    try (Stream<Path> all = Files.list(VECTORS)) {
      return all
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void aBodyHasTheBytesAndIdentityOfItsVector(Path file) throws IOException {
    JsonNode vector = JSON.readTree(Files.readAllBytes(file));
    HeaderBody body = body(vector.get("body"));
    byte[] bytes = HexFormat.of().parseHex(vector.get("hex").asString());

    assertThat(HexFormat.of().formatHex(HeaderBodyCodec.encode(body)))
        .isEqualTo(vector.get("hex").asString());
    assertThat(HeaderBodyCodec.decode(bytes)).isEqualTo(body);
    EventIdentity identity = EventIdentity.ofBody(bytes);
    assertThat(String.format("%016x%016x", identity.high(), identity.low()))
        .isEqualTo(vector.get("identity").asString());
    assertThat(EventIdentity.of(body.tenant(), body.source(), body.id())).isEqualTo(identity);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aSingleFailureIsRefusedForWhatItIs(Path file) throws IOException {
    JsonNode vector = JSON.readTree(Files.readAllBytes(file));
    byte[] bytes = HexFormat.of().parseHex(vector.get("hex").asString());

    MalformedHeaderBodyException refusal =
        catchThrowableOfType(
            MalformedHeaderBodyException.class, () -> HeaderBodyCodec.decode(bytes));
    assertThat(refusal).isNotNull();
    assertThat(refusal.flaw()).isEqualTo(Flaw.valueOf(vector.get("flaw").asString()));
  }

  @Test
  void everyFlawHasAVector() throws IOException {
    List<Flaw> seen = new ArrayList<>();
    for (Path file : refused().toList()) {
      seen.add(Flaw.valueOf(JSON.readTree(Files.readAllBytes(file)).get("flaw").asString()));
    }
    assertThat(seen).contains(Flaw.values());
  }

  static HeaderBody body(JsonNode json) {
    List<Role> roles = new ArrayList<>();
    json.get("roles").forEach(r -> roles.add(Role.valueOf(r.asString().toUpperCase(Locale.ROOT))));
    Map<String, Object> facets = new LinkedHashMap<>();
    json.get("facets").properties().forEach(e -> facets.put(e.getKey(), facet(e.getValue())));
    List<EventTag> tags = new ArrayList<>();
    json.get("tags").forEach(t -> tags.add(new EventTag(t.get(0).asString(), t.get(1).asString())));
    return new HeaderBody(
        json.get("id").asString(),
        json.get("source").asString(),
        json.get("type").asString(),
        Instant.parse(json.get("time").asString()),
        json.get("tenant").asString(),
        json.get("retention").asString(),
        json.get("policyVersion").asInt(),
        json.get("catalogueVersion").asInt(),
        roles,
        facets,
        tags);
  }

  private static Object facet(JsonNode value) {
    if (value.isObject()) {
      return new JsonNumber(value.get("number").asString());
    }
    if (value.isNull()) {
      return JsonNull.NULL;
    }
    return value.isBoolean()
        ? value.asBoolean()
        : value.isString() ? value.asString() : (Object) value.asLong();
  }
}
