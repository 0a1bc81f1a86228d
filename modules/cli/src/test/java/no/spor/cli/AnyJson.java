package no.spor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/// Events of shipped types whose data is whatever JSON can be: nested, empty, null, long, in every
// script.
final class AnyJson {
  private static final List<String> TYPES = List.of("site.checkin", "clock.out", "invoice.issued");

  /// Some are facets or the company's in one type, and anybody's in another.
  private static final List<String> NAMES =
      List.of(
          "site",
          "siteName",
          "kind",
          "amount",
          "customer",
          "lines",
          "position",
          "note",
          "",
          "a/b",
          "~",
          "ø 𝄞",
          "user2",
          "data",
          "id",
          "\"\\\n",
          "x".repeat(300));

  private static final List<String> TEXTS =
      List.of(
          "",
          "\u0000\u001f",
          "Ærlig talt",
          "𝄞 på norsk",
          "مرحبا",
          "e\u0301",
          "\u2028\ufeff\u200f",
          "\"\\/\b",
          "null",
          "1",
          "😀".repeat(50),
          "lang ".repeat(4000));

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "1.50",
          "1E+2",
          "1e-7",
          "123456789012345678901234567890",
          "0.1",
          "-9223372036854775809",
          "3.141592653589793238462643383279",
          "59.91273645");

  private static final List<String> PEOPLE =
      List.of(
          "kari@bygg.example",
          "Åse Ødegård",
          "𝔘 'x' \"y\" \\",
          "0042",
          "user\u0000null",
          "e\u0301",
          "é");

  private final Random random;

  private AnyJson(long seed) {
    random = new Random(seed);
  }

  static void write(Path file, long seed, int events) throws IOException {
    AnyJson any = new AnyJson(seed);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < events; i++) {
      lines.append(
          "{\"specversion\":\"1.0\",\"id\":\"any-%d\",\"source\":\"/any\",\"tenant\":\"%s\",\"type\":\"%s\",\"time\":\"2020-02-29T12:00:00Z\",\"data\":"
              .formatted(i, MadeUpCheckins.TENANT, any.one(TYPES)));
      String rest = any.object(0);
      lines.append("{\"user\":").append(quoted(any.one(PEOPLE)));
      lines.append(rest.equals("{}") ? "}" : "," + rest.substring(1)).append("}\n");
    }
    Files.writeString(file, lines);
  }

  private String value(int depth) {
    return switch (random.nextInt(depth > 5 ? 5 : 8)) {
      case 0 -> "null";
      case 1 -> random.nextBoolean() ? "true" : "false";
      case 2 -> one(NUMBERS);
      case 3, 4 -> quoted(one(TEXTS));
      case 5 -> array(depth + 1);
      default -> object(depth + 1);
    };
  }

  private String object(int depth) {
    List<String> names = new java.util.ArrayList<>(NAMES);
    java.util.Collections.shuffle(names, random);
    StringBuilder members = new StringBuilder("{");
    for (String name : names.subList(0, random.nextInt(5))) {
      members
          .append(members.length() > 1 ? "," : "")
          .append(quoted(name))
          .append(":")
          .append(value(depth));
    }
    return members.append('}').toString();
  }

  private String array(int depth) {
    StringBuilder values = new StringBuilder("[");
    for (int i = random.nextInt(4); i > 0; i--) {
      values.append(values.length() > 1 ? ", " : " ").append(value(depth));
    }
    return values.append(']').toString();
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text);
  }
}
