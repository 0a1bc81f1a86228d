package no.spor.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import org.junit.jupiter.api.Test;

class HeaderBodyCodecTest {
  private static final HeaderBody CHECKIN =
      new HeaderBody(
          "5e1c8a4f9b2d47d0a3c6e7f801122334",
          "/app",
          "site.checkin",
          Instant.parse("2026-11-22T07:31:00Z"),
          "bygg-as",
          "history",
          1,
          3,
          List.of(Role.ACTOR, Role.COMPANY),
          Map.of("/site", 23261L),
          List.of());

  @Test
  void whatIsWrittenIsReadBack() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      HeaderBody body = body(random);
      byte[] bytes = HeaderBodyCodec.encode(body);
      assertThat(HeaderBodyCodec.decode(bytes)).as("seed %d, round %d", seed, i).isEqualTo(body);
      assertThat(EventIdentity.ofBody(bytes))
          .as("seed %d, round %d", seed, i)
          .isEqualTo(EventIdentity.of(body.tenant(), body.source(), body.id()));
    }
  }

  @Test
  void changedBytesAreRefusedOrAreTheOneEncodingOfWhatTheySay() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = HeaderBodyCodec.encode(i % 4 == 0 ? body(random) : CHECKIN);
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      HeaderBody read;
      try {
        read = HeaderBodyCodec.decode(bytes);
      } catch (MalformedHeaderBodyException refused) {
        continue;
      }
      assertThat(HeaderBodyCodec.encode(read)).as("seed %d, round %d", seed, i).isEqualTo(bytes);
    }
  }

  @Test
  void noPrefixOfABodyIsABody() {
    byte[] bytes = HeaderBodyCodec.encode(CHECKIN);
    for (int length = 0; length < bytes.length; length++) {
      byte[] prefix = java.util.Arrays.copyOf(bytes, length);
      assertThatExceptionOfType(MalformedHeaderBodyException.class)
          .isThrownBy(() -> HeaderBodyCodec.decode(prefix));
    }
  }

  @Test
  void aLoneSurrogateIsNeverWrittenAsSomethingElse() {
    for (String text : List.of("\ud800", "a\udc00", "\ud800\ud800", "\udc00\ud800", "x\ud800y")) {
      assertThatIllegalArgumentException().isThrownBy(() -> HeaderBodyCodec.encode(withId(text)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> EventIdentity.of("bygg-as", "/app", text));
    }
  }

  @Test
  void theTripleOfAnIdentityCannotBeCutDifferently() {
    assertThat(EventIdentity.of("ab", "c", "d")).isNotEqualTo(EventIdentity.of("a", "bc", "d"));
    assertThat(EventIdentity.of("a", "bc", "d")).isNotEqualTo(EventIdentity.of("a", "b", "cd"));
  }

  private static HeaderBody withId(String id) {
    return new HeaderBody(
        id,
        "/app",
        "x",
        CHECKIN.time(),
        "bygg-as",
        "history",
        1,
        1,
        List.of(),
        Map.of(),
        List.of());
  }

  private static HeaderBody body(Random random) {
    List<Role> roles = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      roles.add(Role.values()[random.nextInt(Role.values().length)]);
    }
    Map<String, Object> facets = new LinkedHashMap<>();
    for (int i = random.nextInt(random.nextInt(10) == 0 ? 40 : 4); i > 0; i--) {
      facets.put("/" + text(random), facet(random));
    }
    TreeSet<EventTag> tags = new TreeSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      tags.add(new EventTag(text(random), text(random)));
    }
    long second = random.nextLong(-9_214_560_000L, 9_214_646_400L);
    return new HeaderBody(
        id(random),
        "/" + text(random),
        text(random),
        Instant.ofEpochSecond(second, random.nextBoolean() ? 0 : random.nextInt(1_000_000_000)),
        text(random),
        text(random),
        random.nextInt(1 + random.nextInt(Integer.MAX_VALUE)),
        random.nextInt(1 + random.nextInt(300)),
        roles,
        facets,
        List.copyOf(tags));
  }

  private static String id(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> new java.util.UUID(random.nextLong(), random.nextLong()).toString();
      case 1 -> "%x".formatted(random.nextLong()).repeat(1 + random.nextInt(5));
      default -> text(random);
    };
  }

  private static Object facet(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextLong() >> random.nextInt(64);
      case 1 -> random.nextBoolean();
      case 2 -> JsonNull.NULL;
      case 3 -> new JsonNumber(random.nextInt(1000) + "." + random.nextInt(1000) + "E-7");
      default -> text(random);
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(20) == 0 ? 400 : 12); i > 0; i--) {
      int codePoint =
          switch (random.nextInt(8)) {
            case 0 -> random.nextInt(0xd800);
            case 1 -> random.nextInt(0xe000, 0x110000);
            default -> random.nextInt(32, 127);
          };
      text.appendCodePoint(codePoint);
    }
    return text.toString();
  }
}
