package no.spor.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import no.spor.benchmark.Figure.Best;
import no.spor.benchmark.Results.Row;

/// Compares a run with the kept one. Machines differ and one machine differs from day to day, so
/// rates and times are compared as ratios to what the machine can do at all in the same run
/// (`limit-both`); bytes, which are the same everywhere, as they are.
final class Regression {
  static final String YARDSTICK = "limit-both";

  /// Spread of a shared machine.
  private static final double TOLERANCE = 1.5;

  private static final double BYTES_TOLERANCE = 1.05;

  private Regression() {}

  /// @return a sentence for each figure of Spor's that got worse
  static List<String> worse(Results kept, Results now) {
    List<String> worse = new ArrayList<>();
    Optional<Row> yardThen = yardstick(kept);
    Optional<Row> yardNow = yardstick(now);
    for (var row : now.rows()) {
      var before = kept.rows().stream().filter(one -> one.name().equals(row.name())).findFirst();
      if (before.isEmpty() || !row.label().startsWith("Spor")) {
        continue;
      }
      if (row.group().equals(Groups.LARGE) && kept.large() != now.large()) {
        continue;
      }
      boolean bytes = row.metric().startsWith("bytes");
      double faster =
          bytes || yardThen.isEmpty() || yardNow.isEmpty()
              ? 1
              : yardNow.get().median() / yardThen.get().median();
      double ratio =
          row.best() == Best.MORE
              ? before.get().median() * faster / row.median()
              : row.median() * faster / before.get().median();
      if (ratio > (bytes ? BYTES_TOLERANCE : TOLERANCE)) {
        worse.add(
            "%s: %s, kept %s: worse by a factor of %.2f, the machine's speed allowed for"
                .formatted(
                    row.name(),
                    Figure.number(row.median()),
                    Figure.number(before.get().median()),
                    ratio));
      }
    }
    return worse;
  }

  private static Optional<Row> yardstick(Results results) {
    return results.rows().stream().filter(row -> row.scenario().equals(YARDSTICK)).findFirst();
  }
}
