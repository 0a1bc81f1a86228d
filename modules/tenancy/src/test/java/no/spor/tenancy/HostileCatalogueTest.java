package no.spor.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostileCatalogueTest {
  private static final CatalogueReader READER = new CatalogueReader();

  static Stream<Arguments> refused() {
    List<Arguments> cases = new ArrayList<>();
    documents(cases);
    references(cases);
    periods(cases);
    types(cases);
    pointers(cases);
    roles(cases);
    overlaps(cases);
    uncovered(cases);
    sizes(cases);
    return cases.stream();
  }

  private static void documents(List<Arguments> cases) {
    add(cases, "[]", "must be a mapping, not a list");
    add(cases, "text", "must be a mapping, not a text");
    add(cases, "42", "must be a mapping, not a number");
    add(cases, "null", "must be a mapping, not nothing");
    add(cases, "true", "must be a mapping, not a truth value");
    add(cases, "{", "not well-formed");
    add(cases, "{\"types\":{}", "not well-formed");
    add(cases, "{\"types\":{}}}", "not well-formed");
    add(cases, "{\"types\":{}} {\"types\":{}}", "a second document");
    add(cases, "types: {}\n---\ntypes: {}", "a second document");
    add(cases, "types: {", "line");
    add(cases, "types:\n\t- a", "line 2");
    add(cases, "types: {}\ntypes: {}", "line 2: not well-formed YAML or JSON (Duplicate");
    add(cases, "{\"types\":{},\"types\":{}}", "types (line 1): stands twice");
    add(
        cases,
        "type: {}",
        "type (line 1): not known here; known are inactiveAccounts, retention, types, unknownTypes");
    add(cases, "types: {}\nversions: 3", "versions (line 2): not known here");
    add(cases, "\u0000", "not well-formed");
    add(cases, "types: \u0001", "not well-formed");
    add(cases, "unknownTypes: allow", "unknownTypes (line 1): must be reject or private");
    add(cases, "unknownTypes: PRIVATE", "must be reject or private");
    add(cases, "unknownTypes: true", "must be a text, not a truth value");
    add(cases, "unknownTypes:", "must be reject or private");
    add(cases, "unknownTypes: [private]", "must be a text, not a list");
    add(cases, "inactiveAccounts: forever", "must be an ISO 8601 period such as P2Y");
    add(cases, "inactiveAccounts: P0D", "keeps nothing");
    add(cases, "inactiveAccounts: 2", "must be a text");
  }

  /// References: nothing may be larger than it looks.
  private static void references(List<Arguments> cases) {
    add(cases, "retention: &a { x: P1D }", "anchors (&) and aliases (*)");
    add(cases, "types: *a", "anchors (&) and aliases (*)");
    add(cases, "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntypes: *c", "anchors (&)");
    add(cases, "&k types: {}", "anchors (&)");
    add(cases, "types: !!java.util.Map {}", "tags (!)");
    add(cases, "!<tag:x> {}", "tags (!)");
    add(cases, "types: { <<: { a: b } }", "a type's name is");
  }

  private static void periods(List<Arguments> cases) {
    for (String period :
        List.of(
            "P0D",
            "P-1D",
            "-P1D",
            "P",
            "21D",
            "P21",
            "P21d",
            "PT5H",
            "P1DT1H",
            "P1.5D",
            "P1D ",
            "Forever",
            "never",
            "",
            "P99999999D",
            "P100Y",
            "P1200M",
            "P36525D",
            "P0Y0M0D",
            "until",
            "P1M1Y",
            "٣",
            "P٣D")) {
      add(cases, "retention: { own: '" + period + "' }", "retention.own (line 1): ");
    }
    add(cases, "retention: { own: 21 }", "must be a text, not a number");
    add(cases, "retention: { own: }", "retention.own (line 1): '' is no period");
    add(cases, "retention: { own: [ P1D ] }", "must be a text, not a list");
    add(cases, "retention: [ P1D ]", "retention (line 1): must be a mapping, not a list");
    add(cases, "retention: P1D", "must be a mapping, not a text");
    for (String name : List.of("Own", "1own", "o w n", "o_n", "''", "a".repeat(33), "ø", "-a")) {
      add(cases, "retention: { " + name + ": P1D }", "a class's name is");
    }
    add(cases, "retention: { spor: P1D }", "Spor's own");
    add(cases, "retention: { spor-control: P1D }", "Spor's own");
  }

  private static void types(List<Arguments> cases) {
    add(cases, "types: []", "must be a mapping, not a list");
    add(cases, "types: { a: }", "types.a (line 1): must be a mapping");
    add(cases, "types: { a: session }", "types.a (line 1): must be a mapping, not a text");
    add(cases, "types: { a: {} }", "retention is missing: name a class, one of account, history");
    add(cases, type("retention: sesion"), "there is no class 'sesion'");
    add(cases, type("retention: 3"), "must be a text, not a number");
    add(cases, type("retention: session, facet: [ /a ]"), "types.a.facet (line 1): not known here");
    add(cases, type("retention: session, description: x"), "not known here");
    for (String name :
        List.of(
            "' '",
            "''",
            "a b",
            ".a",
            "-a",
            "a\"b",
            "a\\b",
            "a".repeat(129),
            "a{",
            "'a\u200bb'",
            "'\ud83d\ude00'")) {
      add(
          cases,
          "{\"types\":{" + json(name) + ":{\"retention\":\"session\"}}}",
          "a type's name is");
    }
    for (String name :
        List.of("spor", "spor.tenant-created", "personal-data.viewed", "personal-data")) {
      add(cases, "types: { " + name + ": { retention: session } }", "are Spor's own");
    }
  }

  private static void pointers(List<Arguments> cases) {
    for (String pointer :
        List.of(
            "''",
            "user",
            "'#/user'",
            "'/'",
            "//a",
            "/a/",
            "/a//b",
            "/a~",
            "/a~2b",
            "/~",
            "/items/0",
            "/0",
            "/items/12/name",
            "/items/-",
            "/" + "a".repeat(256),
            "/a".repeat(17),
            "\"/a\\u0000\"",
            "\"/a\\u007f\"",
            "\"/a\\n\"",
            "$.user",
            "'*'")) {
      add(cases, type("retention: session, facets: [ " + pointer + " ]"), "types.a.facets[0]");
      add(
          cases,
          type("retention: session, people: { actor: " + pointer + " }"),
          "types.a.people.actor");
    }
    add(
        cases,
        "{\"types\":{\"a\":{\"retention\":\"session\",\"facets\":[\"/\\ud800\"]}}}",
        "facets[0]");
    add(cases, type("retention: session, facets: /a"), "must be a list of pointers, not a text");
    add(cases, type("retention: session, facets: { a: /a }"), "must be a list of pointers");
    add(cases, type("retention: session, facets: [ 1 ]"), "must be a text, not a number");
    add(cases, type("retention: session, facets: [ [ /a ] ]"), "must be a text, not a list");
    add(cases, type("retention: session, facets: [ null ]"), "must be a text, not nothing");
  }

  private static void roles(List<Arguments> cases) {
    add(cases, type("retention: session, people: { user: /a }"), "'user' is no role");
    add(cases, type("retention: session, people: { company: /a }"), "'company' is no role");
    add(cases, type("retention: session, people: { fence: /a }"), "'fence' is no role");
    add(cases, type("retention: session, people: { payload: /a }"), "'payload' is no role");
    add(cases, type("retention: session, people: { ACTOR: /a }"), "'ACTOR' is no role");
    add(cases, type("retention: session, people: [ /a ]"), "must be a mapping, not a list");
    add(cases, type("retention: session, people: { actor: [ /a ] }"), "must be a text, not a list");
    add(cases, type("retention: session, rest: subject"), "the type has no subject under people");
    add(cases, type("retention: session, rest: company"), "'company' is no role");
    add(cases, type("retention: session, people: { actor: /a }, rest: visitor"), "no visitor");
    add(cases, type("retention: session, members: { /a: subject }"), "no subject under people");
    add(cases, type("retention: session, members: { /a: company }"), "'company' is no role");
    add(
        cases,
        type("retention: session, people: { actor: /u }, members: { a: actor }"),
        "must begin with a slash");
    add(cases, type("retention: session, members: [ /a ]"), "must be a mapping, not a list");
  }

  /// Overlaps: every member has one owner.
  private static void overlaps(List<Arguments> cases) {
    for (String overlap :
        List.of(
            "people: { actor: /u, subject: /u }",
            "people: { actor: /u }, facets: [ /u ]",
            "people: { actor: /u }, company: [ /u ]",
            "people: { actor: /u }, members: { /u: actor }",
            "company: [ /x ], facets: [ /x ]",
            "facets: [ /x, /x ]",
            "company: [ /x, /x ]")) {
      add(cases, type("retention: session, " + overlap), "stands twice");
    }
    for (String overlap :
        List.of(
            "people: { actor: /u/id }, facets: [ /u ]",
            "people: { actor: /u }, facets: [ /u/name ]",
            "people: { actor: /u/id }, company: [ /u ]",
            "company: [ /o ], facets: [ /o/kind ]",
            "company: [ /o/x ], facets: [ /o ]",
            "company: [ /o, /o/x ]",
            "people: { actor: /a, subject: /c/id }, members: { /c: actor }",
            "people: { actor: /a }, members: { /c: actor }, facets: [ /c/x ]",
            "people: { actor: /a }, members: { /c: actor, /c/d: actor }")) {
      add(cases, type("retention: session, " + overlap), "lies within");
    }
  }

  /// A shipped type's people may not be uncovered by redefining the type.
  private static void uncovered(List<Arguments> cases) {
    for (String uncovered :
        List.of(
            "facets: [ /user ]",
            "company: [ /user ]",
            "people: { actor: /id }, facets: [ /user ]",
            "people: { actor: /id }, facets: [ /user/name ]")) {
      add(
          cases,
          "types: { login.failed: { retention: session, " + uncovered + " } }",
          "names a person in the shipped type");
    }
  }

  private static void sizes(List<Arguments> cases) {
    add(cases, "# " + "x".repeat(256 * 1024), "larger than 256 KiB");
    add(cases, "# " + "ø".repeat(128 * 1024), "larger than 256 KiB");
    add(
        cases,
        many(501, "types", i -> "t" + i + ": { retention: session }"),
        "more than 500 types");
    add(cases, many(65, "retention", i -> "c" + i + ": P1D"), "more than 64 retention classes");
    add(
        cases,
        type("retention: session, facets: [ " + join(65, i -> "/f" + i) + " ]"),
        "more than 64 pointers");
    add(cases, "types: " + "[".repeat(5000), "line 1");
    add(cases, "types: " + "{a: ".repeat(5000), "line 1");
    add(cases, "{\"types\":" + "[".repeat(100_000) + "}", "line 1");
    add(cases, "types: [ " + "a,".repeat(60_000) + " ]", "more than 50 000 values");
    add(cases, "{\"types\":1" + "0".repeat(10_000) + "}", "line 1");
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource
  void refused(String document, String expected) {
    assertThatThrownBy(() -> READER.read(document))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining(expected)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600).doesNotContain("\n"))
        .satisfies(
            e -> assertThat(((TenancyException) e).problem()).isEqualTo("invalid-catalogue"));
  }

  @Test
  void thereAreAHundredOfThem() {
    assertThat(refused().count()).isGreaterThanOrEqualTo(100);
  }

  @Test
  void acceptsWhatIsUnusualButSound() {
    assertThat(READER.read("").types()).isEmpty();
    assertThat(READER.read("{}").types()).isEmpty();
    assertThat(READER.read("# nothing yet\n").types()).isEmpty();
    assertThat(READER.read("{ unknownTypes: private }").unknownTypesPrivate()).isTrue();
    assertThat(
            READER
                .read(
                    type(
                        "retention: session, people: { actor: /by, subject: /customer/id }, members: {"
                            + " /customer: subject }"))
                .types())
        .containsKey("a");
    assertThat(
            READER
                .read(type("retention: session, facets: [ '/a~1b~0c', /år, /a0, /ab, /a ]"))
                .types())
        .hasSize(1);
    assertThat(Periods.write(READER.read("retention: { own: P52W }").retention().get("own")))
        .isEqualTo("P364D");
  }

  /// Whatever is changed in a sound document, it is read or refused with a sentence; never anything
  /// else, never slowly.
  @Test
  void survivesRandomDamage() {
    long seed = Long.getLong("spor.seed", System.nanoTime());
    Random random = new Random(seed);
    String yaml = ShippedCatalogue.text().replace("personal-data.viewed", "data.viewed");
    String json =
        """
        {"types":{"a.b":{"retention":"own","people":{"actor":"/user"},"company":["/x"],"facets":["/y/z"]}},
         "retention":{"own":"P3M"},"unknownTypes":"private"}\
        """;
    String alphabet = "{}[]:,-&*!|>'\"%@`#\t\n ~/0aP\\?<\u0000\ud800\u0085é";
    READER.read(yaml);
    READER.read(json);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      StringBuilder document = new StringBuilder(i % 2 == 0 ? yaml : json);
      for (int change = 1 + random.nextInt(4); change > 0; change--) {
        int at = random.nextInt(document.length());
        switch (random.nextInt(4)) {
          case 0 -> document.deleteCharAt(at);
          case 1 -> document.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
          case 2 -> document.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
          default -> document.delete(at, Math.min(document.length(), at + random.nextInt(200)));
        }
        if (document.isEmpty()) {
          document.append('x');
        }
      }
      long begun = System.nanoTime();
      try {
        READER.read(document.toString());
      } catch (InvalidCatalogueException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d, round %d", seed, i).isNotBlank();
      } catch (RuntimeException | Error e) {
        Assertions.fail("seed %d, round %d: %s".formatted(seed, i, document), e);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .as("seed %d, round %d", seed, i)
          .isLessThan(Duration.ofSeconds(5));
    }
    assertThat(refused).as("seed %d", seed).isGreaterThan(500);
  }

  private static void add(List<Arguments> cases, String document, String expected) {
    cases.add(Arguments.of(document, expected));
  }

  private static String type(String body) {
    return "types: { a: { " + body + " } }";
  }

  private static String json(String name) {
    String plain = name.startsWith("'") ? name.substring(1, name.length() - 1) : name;
    return "\"" + plain.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String many(
      int count, String member, java.util.function.IntFunction<String> line) {
    return member
        + ":\n"
        + IntStream.range(0, count)
            .mapToObj(i -> "  " + line.apply(i) + "\n")
            .reduce("", String::concat);
  }

  private static String join(int count, java.util.function.IntFunction<String> item) {
    return String.join(", ", IntStream.range(0, count).mapToObj(item).toList());
  }
}
