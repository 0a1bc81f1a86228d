package no.spor.tenancy;

import java.time.LocalDate;
import java.time.Period;
import java.util.regex.Pattern;
import no.spor.activity.RetentionPeriod;

/// Retention periods as catalogue documents write them: `P21D`, `forever`, `until-closed`.
final class Periods {
  private static final Pattern ISO =
      Pattern.compile("P(?=\\d)(?:\\d{1,4}Y)?(?:\\d{1,5}M)?(?:\\d{1,5}W)?(?:\\d{1,6}D)?");
  private static final int MAX_YEARS = 100;
  private static final LocalDate START = LocalDate.EPOCH;

  private Periods() {}

  /// @throws InvalidCatalogueException where it is none
  static RetentionPeriod read(String text, String where) {
    return switch (text) {
      case "forever" -> new RetentionPeriod.Forever();
      case "until-closed" -> new RetentionPeriod.UntilClosed();
      default -> new RetentionPeriod.For(iso(text, where));
    };
  }

  private static Period iso(String text, String where) {
    String shown = "'" + DocumentTree.shown(text) + "'";
    if (!ISO.matcher(text).matches()) {
      throw new InvalidCatalogueException(
          where,
          shown
              + " is no period: write forever, until-closed, or an ISO 8601 period of whole days such"
              + " as P21D, P6M, P1Y");
    }
    Period period = Period.parse(text).normalized();
    if (period.isZero()) {
      throw new InvalidCatalogueException(where, shown + " keeps nothing; at least P1D");
    }
    if (!START.plus(period).isBefore(START.plusYears(MAX_YEARS))) {
      throw new InvalidCatalogueException(
          where, shown + " is " + MAX_YEARS + " years or more; write forever");
    }
    return period;
  }

  /// @return as a document writes it; [#read] gives the same back
  static String write(RetentionPeriod period) {
    return switch (period) {
      case RetentionPeriod.Forever() -> "forever";
      case RetentionPeriod.UntilClosed() -> "until-closed";
      case RetentionPeriod.For(Period days) -> days.toString();
    };
  }
}
