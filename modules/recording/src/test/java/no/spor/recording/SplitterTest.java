package no.spor.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import no.spor.activity.EventType;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.activity.Role;
import no.spor.recording.Splitter.Split;
import no.spor.vault.SealRequest.PlainPart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitterTest {
  private final JsonReader reader = new JsonReader();
  private final Splitter splitter = new Splitter();

  @Test
  void aCheckinIsDividedAsTheContractSays() throws Exception {
    Split split =
        split(
            "site.checkin",
            """
            {"user":"ola@bygg.no","site":"23261","siteName":"Barcode B13",
             "position":{"lat":59.90,"lon":10.7}}\
            """);
    assertThat(split.roles()).containsExactly(Role.ACTOR, Role.COMPANY);
    assertThat(text(split, 0))
        .isEqualTo("{\"user\":\"ola@bygg.no\",\"position\":{\"lat\":59.90,\"lon\":10.7}}");
    assertThat(text(split, 1)).isEqualTo("{\"siteName\":\"Barcode B13\"}");
    assertThat(split.facets()).isEqualTo(Map.of("/site", "23261"));
    assertThat(split.parts().getFirst().person())
        .isEqualTo(new PersonId(Namespace.ACCOUNT, "ola@bygg.no"));
  }

  @Test
  void aVisitorCountsOnlyWhereNoAccountIsNamed() throws Exception {
    Split anonymous = split("visit.recorded", "{\"ip\":\"10.1.2.3\",\"app\":\"web\"}");
    assertThat(anonymous.roles()).containsExactly(Role.VISITOR);
    assertThat(anonymous.parts().getFirst().person())
        .isEqualTo(new PersonId(Namespace.VISITOR, "10.1.2.3"));

    Split named = split("visit.recorded", "{\"ip\":\"10.1.2.3\",\"user\":\"ola\"}");
    assertThat(named.roles()).containsExactly(Role.ACTOR);
    assertThat(text(named, 0)).isEqualTo("{\"ip\":\"10.1.2.3\",\"user\":\"ola\"}");
  }

  @Test
  void theAddressOfAnAccountsVisitNeverOutlivesTheAccount() throws Exception {
    EventType type =
        Catalogues.type(
            "t",
            "session",
            Map.of(Role.ACTOR, "/user", Role.VISITOR, "/client/ip"),
            List.of("/client"),
            List.of(),
            Role.ACTOR);
    Split split = split(type, "{\"user\":\"ola\",\"client\":{\"ip\":\"10.1.2.3\",\"v\":1}}");
    assertThat(text(split, 0)).isEqualTo("{\"user\":\"ola\",\"client\":{\"ip\":\"10.1.2.3\"}}");
    assertThat(text(split, 1)).isEqualTo("{\"client\":{\"v\":1}}");
  }

  @Test
  void eachIsSealedUnderWhomItIdentifiesAndTheRestGoesWhereTheTypeSays() throws Exception {
    Split split = split("account.changed", "{\"by\":7,\"user\":\"kari\",\"phone\":\"+47 22\"}");
    assertThat(split.roles()).containsExactly(Role.ACTOR, Role.SUBJECT);
    assertThat(text(split, 0)).isEqualTo("{\"by\":7}");
    assertThat(text(split, 1)).isEqualTo("{\"user\":\"kari\",\"phone\":\"+47 22\"}");
    assertThat(split.parts().get(0).person()).isEqualTo(new PersonId(Namespace.ACCOUNT, "7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"by\":\"a\",\"x\":1}                     | ACTOR",
        "{\"by\":\"a\",\"user\":null,\"x\":1}       | ACTOR",
        "{\"by\":\"a\",\"user\":\"\",\"x\":1}       | ACTOR",
        "{\"user\":\"s\",\"x\":1}                   | SUBJECT",
        "{\"x\":1}                                  | COMPANY",
        "{\"by\":null,\"user\":\"\",\"x\":1}        | COMPANY"
      })
  void whereTheRestsPersonIsNotNamedItFallsToTheFirstWhoIsAndElseToTheCompany(
      String data, Role role) throws Exception {
    Split split = split("account.changed", data);
    assertThat(split.roles()).containsExactly(role);
    assertThat(RawJson.join(contents(split), split.facets())).isEqualTo(RawJson.parse(utf8(data)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "1e3", "true", "{}", "[]", "{\"id\":1}", "[\"ola\"]"})
  void whatNamesNoPersonButShouldIsRefused(String value) {
    assertThatExceptionOfType(RefusedEventException.class)
        .isThrownBy(() -> split("login.succeeded", "{\"user\":" + value + "}"))
        .withMessage("invalid-person");
  }

  @ParameterizedTest
  @CsvSource({
    "12,12",
    "-0,0",
    "-7,-7",
    "123456789012345678901234567890,123456789012345678901234567890"
  })
  void anIntegerIsCalledByItsDigits(String number, String id) throws Exception {
    Split split = split("login.succeeded", "{\"user\":" + number + "}");
    assertThat(split.parts().getFirst().person()).isEqualTo(new PersonId(Namespace.ACCOUNT, id));
  }

  @Test
  void peopleAreToldApartByCodePoints() throws Exception {
    List<String> spellings = List.of("Å", "A\u030a", "å", " Å", "Å\u200b", "\u212b", "Å\u0000");
    Set<PersonId> people = new HashSet<>();
    for (String spelling : spellings) {
      String escaped = spelling.replace("\u0000", "\\u0000");
      people.add(
          split("login.succeeded", "{\"user\":\"" + escaped + "\"}").parts().getFirst().person());
    }
    assertThat(people).hasSize(spellings.size());
    assertThat(split("login.succeeded", "{\"user\":\"\\u00c5\"}").parts().getFirst().person())
        .isEqualTo(new PersonId(Namespace.ACCOUNT, "Å"));
  }

  @Test
  void whatIsDeclaredAFacetButIsNoScalarIsSealed() throws Exception {
    String data = "{\"user\":\"ola\",\"app\":{\"secret\":1},\"browser\":{\"family\":[\"x\"]}}";
    Split split = split("login.succeeded", data);
    assertThat(split.facets()).isEmpty();
    assertThat(text(split, 0)).isEqualTo(data);
  }

  @Test
  void pointersDoNotCrossArrays() throws Exception {
    EventType type =
        Catalogues.type(
            "t",
            "session",
            Map.of(Role.ACTOR, "/u/0"),
            List.of("/c/0"),
            List.of("/f/0"),
            Role.ACTOR);
    Split arrays = split(type, "{\"u\":[\"ola\"],\"c\":[1],\"f\":[2]}");
    assertThat(arrays.roles()).containsExactly(Role.COMPANY);
    assertThat(arrays.facets()).isEmpty();
    Split objects = split(type, "{\"u\":{\"0\":\"ola\"},\"c\":{\"0\":1},\"f\":{\"0\":2}}");
    assertThat(objects.roles()).containsExactly(Role.ACTOR, Role.COMPANY);
    assertThat(objects.facets()).isEqualTo(Map.of("/f/0", 2L));
  }

  @Test
  void numbersInFacetsKeepTheirDigits() throws Exception {
    EventType type =
        Catalogues.type(
            "t", "session", Map.of(), List.of(), List.of("/a", "/b", "/c", "/d"), Role.ACTOR);
    Split split = split(type, "{\"a\":1.50,\"b\":-0,\"c\":1E400,\"d\":9223372036854775808}");
    assertThat(split.facets())
        .isEqualTo(
            Map.of(
                "/a", new JsonNumber("1.50"),
                "/b", new JsonNumber("-0"),
                "/c", new JsonNumber("1E400"),
                "/d", new JsonNumber("9223372036854775808")));
    assertThat(split.roles()).isEmpty();
  }

  @Test
  void anUnknownTypesActorIsTheStringAtUserAndNothingElseIsAnError() throws Exception {
    TypePlan plan = new TenantPlans(Catalogues.LENIENT).of("what.ever");
    assertThat(split(plan, "{\"user\":\"ola\",\"x\":1}").roles()).containsExactly(Role.ACTOR);
    assertThat(split(plan, "{\"user\":5}").roles()).containsExactly(Role.ACTOR);
    for (String nobody :
        List.of("{\"name\":\"ola\"}", "[\"ola\"]", "true", "1.5", "null", "\"\"")) {
      assertThat(split(plan, "{\"user\":" + nobody + "}").roles()).containsExactly(Role.COMPANY);
    }
  }

  @Test
  void attributesAreSealedWithTheRest() throws Exception {
    JsonDocument document = read("{\"by\":\"a\",\"user\":\"s\"}");
    TypePlan plan = new TenantPlans(Catalogues.STRICT).of("account.changed");
    Split split = splitter.split(document, 0, plan, utf8("{\"subject\":\"x\"}"));
    assertThat(split.parts()).extracting(PlainPart::codec).containsExactly((byte) 1, (byte) 2);
    byte[] content = split.parts().get(1).content();
    assertThat(Arrays.copyOf(content, 4)).containsExactly(0, 0, 0, 12);
    assertThat(new String(content, 4, content.length - 4, StandardCharsets.UTF_8))
        .isEqualTo("{\"user\":\"s\"}{\"subject\":\"x\"}");
  }

  @Test
  void partsAndFacetsJoinedGiveBackWhatCameIn() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int personal = 0;
    for (int round = 0; round < 20_000; round++) {
      String data = RawJson.object(random, 5);
      Object expected = RawJson.parse(utf8(data));
      EventType type = randomType(random, expected);
      Split split;
      try {
        split = split(type, data);
      } catch (RefusedEventException invalidPerson) {
        assertThat(invalidPerson).hasMessage("invalid-person");
        continue;
      }
      assertThat(RawJson.join(contents(split), split.facets()))
          .as("seed %d, round %d: %s split by %s", seed, round, data, type)
          .isEqualTo(expected);
      checkNothingUndeclaredIsInClear(split, type);
      personal += split.parts().stream().anyMatch(part -> part.role().personal()) ? 1 : 0;
    }
    assertThat(personal).as("seed %d", seed).isGreaterThan(1000);
  }

  private static void checkNothingUndeclaredIsInClear(Split split, EventType type) {
    assertThat(type.facets()).containsAll(split.facets().keySet());
    boolean named = split.parts().stream().anyMatch(part -> part.role().personal());
    for (PlainPart part : split.parts()) {
      assertThat(part.person() != null).isEqualTo(part.role().personal());
    }
    if (named && type.company().isEmpty()) {
      assertThat(split.roles()).doesNotContain(Role.COMPANY);
    }
  }

  private static EventType randomType(Random random, Object data) {
    List<String> pointers = new ArrayList<>();
    pointers("", data, pointers);
    pointers.add("/nowhere");
    pointers.add("/user/nowhere");
    java.util.Collections.shuffle(pointers, random);
    Map<Role, String> people = new HashMap<>();
    Map<String, Role> members = new HashMap<>();
    List<String> company = new ArrayList<>();
    List<String> facets = new ArrayList<>();
    for (String pointer : pointers) {
      Role role = List.of(Role.ACTOR, Role.SUBJECT, Role.VISITOR).get(random.nextInt(3));
      switch (random.nextInt(8)) {
        case 0 -> people.putIfAbsent(role, pointer);
        case 1 -> members.put(pointer, role);
        case 2 -> company.add(pointer);
        case 3, 4 -> facets.add(pointer);
        default -> {}
      }
    }
    Role rest = List.of(Role.ACTOR, Role.SUBJECT, Role.VISITOR).get(random.nextInt(3));
    return new EventType("t", "session", people, members, company, facets, rest);
  }

  @SuppressWarnings("unchecked")
  private static void pointers(String prefix, Object value, List<String> pointers) {
    if (value instanceof Map<?, ?> object) {
      ((Map<String, Object>) object)
          .forEach((name, member) -> {
            String pointer = prefix + "/" + name.replace("~", "~0").replace("/", "~1");
            pointers.add(pointer);
            pointers(pointer, member, pointers);
          });
    }
  }

  private Split split(String type, String data) throws RefusedEventException {
    return split(new TenantPlans(Catalogues.STRICT).of(type), data);
  }

  private Split split(EventType type, String data) throws RefusedEventException {
    return split(TypePlan.of(Catalogues.STRICT, type, false), data);
  }

  private Split split(TypePlan plan, String data) throws RefusedEventException {
    return splitter.split(read(data), 0, plan, null);
  }

  private JsonDocument read(String data) throws RefusedEventException {
    byte[] bytes = utf8("  " + data + " ");
    return reader.read(bytes, 1, bytes.length);
  }

  private static List<byte[]> contents(Split split) {
    return split.parts().stream().map(PlainPart::content).toList();
  }

  private static String text(Split split, int part) {
    return new String(split.parts().get(part).content(), StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
