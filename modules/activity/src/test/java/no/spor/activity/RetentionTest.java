package no.spor.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
  @ParameterizedTest
  @CsvSource({
    "P21D, 2026-11-01T00:00:00Z, 2026-11-23T00:00:00Z",
    "P21D, 2026-11-01T23:59:59.999999999Z, 2026-11-23T00:00:00Z",
    "P1D, 2026-02-28T12:00:00Z, 2026-03-02T00:00:00Z",
    "P1M, 2026-01-31T12:00:00Z, 2026-03-01T00:00:00Z",
    "P1Y, 2024-02-29T12:00:00Z, 2025-03-01T00:00:00Z",
    "P1Y, 1969-12-31T23:59:59Z, 1971-01-01T00:00:00Z"
  })
  void aPeriodEndsAtTheEndOfADayAndNotAMomentEarlier(String period, Instant time, Instant end) {
    RetentionClass retention =
        new RetentionClass("session", 1, new RetentionPeriod.For(Period.parse(period)));
    assertThat(retention.expired(time, end.minusNanos(1))).isFalse();
    assertThat(retention.expired(time, end)).isTrue();
  }

  @Test
  void whatNeverExpiresNeverDoes() {
    Instant old = Instant.parse("1678-01-01T00:00:00Z");
    Instant late = Instant.parse("9999-01-01T00:00:00Z");
    assertThat(new RetentionPeriod.Forever().expired(old, late)).isFalse();
    assertThat(new RetentionPeriod.UntilClosed().expired(old, late)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"P0D", "P-1D", "P1Y-1D", "P1001Y", "P2000000D"})
  void aPeriodThatIsNoneIsRefused(String period) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetentionPeriod.For(Period.parse(period)));
  }

  @Test
  void daysOfAnExpiringClassCanBeDroppedApart() {
    int day = Math.toIntExact(LocalDate.parse("2026-11-22").toEpochDay());
    assertThat(
            new RetentionClass("session", 7, new RetentionPeriod.For(Period.ofDays(21)))
                .dropLabel(day))
        .isEqualTo("session/2026-11-22");
    assertThat(new RetentionClass("history", 1, new RetentionPeriod.Forever()).dropLabel(day))
        .isEqualTo("history");
    assertThat(new RetentionClass("account", 1, new RetentionPeriod.UntilClosed()).dropLabel(day))
        .isEqualTo("account");
  }

  @Test
  void anUnknownTypeIsPrivateAsAWholeWhereTheTenantAllowsItAndRefusedElsewhere() {
    Catalogue strict = new Catalogue(1, Map.of(), Map.of(), false, null);
    Catalogue lenient = new Catalogue(1, Map.of(), Map.of(), true, null);
    assertThat(strict.classify("what.ever")).isNull();
    assertThat(lenient.classify("what.ever"))
        .isEqualTo(
            new EventType(
                "what.ever",
                "session",
                Map.of(Role.ACTOR, "/user"),
                Map.of(),
                List.of(),
                List.of(),
                Role.ACTOR));
  }
}
