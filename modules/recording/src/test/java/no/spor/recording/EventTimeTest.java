package no.spor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-22T07:31:00Z, 2026-11-22T07:31:00Z",
    "2026-11-22t07:31:00z, 2026-11-22T07:31:00Z",
    "2026-11-22T07:31:00+01:30, 2026-11-22T06:01:00Z",
    "2026-11-22T00:31:00-00:00, 2026-11-22T00:31:00Z",
    "2026-11-22T07:31:00.5Z, 2026-11-22T07:31:00.500Z",
    "2026-11-22T07:31:00.123456789Z, 2026-11-22T07:31:00.123456789Z",
    "2024-02-29T23:59:59+23:59, 2024-02-29T00:00:59Z",
    "1678-01-01T00:00:00Z, 1678-01-01T00:00:00Z",
    "2261-12-31T23:59:59.999999999Z, 2261-12-31T23:59:59.999999999Z",
    "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
    "2016-12-31T23:59:60.25Z, 2016-12-31T23:59:59.250Z",
    "2017-01-01T00:59:60+01:00, 2016-12-31T23:59:59Z"
  })
  void whatRfc3339SaysIsRead(String text, Instant time) {
    assertThat(EventTime.parse(text)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-22",
        "2026-11-22T07:31Z",
        "2026-11-22T07:31:00",
        "2026-11-22 07:31:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T07:60:00Z",
        "2026-11-22T07:31:61Z",
        "2026-11-22T07:31:60Z",
        "2026-11-22T23:59:60Z",
        "2016-12-31T23:59:60+01:00",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-22T07:31:00.Z",
        "2026-11-22T07:31:00.1234567890Z",
        "2026-11-22T07:31:00,5Z",
        "2026-11-22T07:31:00+0100",
        "2026-11-22T07:31:00+24:00",
        "2026-11-22T07:31:00+01:60",
        "2026-11-22T07:31:00Zjunk",
        " 2026-11-22T07:31:00Z",
        "+2026-11-22T07:31:00Z",
        "-2026-11-22T07:31:00Z",
        "12026-11-22T07:31:00Z",
        "1677-12-31T23:59:59Z",
        "1678-01-01T00:00:00+00:01",
        "2262-01-01T00:00:00Z",
        "2261-12-31T23:59:59-00:01",
        "２０２６-11-22T07:31:00Z"
      })
  void whatIsNoMomentIsRefused(String text) {
    assertThat(EventTime.parse(text)).isNull();
  }

  @Test
  void itReadsWhatJavaWrites() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      OffsetDateTime time =
          OffsetDateTime.ofInstant(
              Instant.ofEpochSecond(
                  random.nextLong(-9_214_000_000L, 9_214_000_000L),
                  random.nextBoolean() ? 0 : random.nextInt(1_000_000_000)),
              ZoneOffset.ofTotalSeconds(60 * random.nextInt(-1080, 1081)));
      String text = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSxxx").format(time);
      assertThat(EventTime.parse(text)).as("seed %d: %s", seed, text).isEqualTo(time.toInstant());
    }
  }
}
