package no.spor.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.benchmark.Results.Row;

/// Figures as a table with bars, for a terminal and, in fences, for `RESULTS.md`.
final class Report {
  private static final int BAR = 30;

  private Report() {}

  static String text(Results results) {
    var text = new StringBuilder();
    Map<String, List<Row>> tables = new LinkedHashMap<>();
    targets(text, results);
    for (var row : results.rows()) {
      if (Growth.is(row)) {
        continue;
      }
      tables
          .computeIfAbsent(row.group() + ": " + row.metric(), _ -> new java.util.ArrayList<>())
          .add(row);
    }
    tables.forEach((title, rows) -> table(text, title, rows));
    text.append(Growth.text(results));
    for (var left : results.left()) {
      text.append("left out: ").append(left).append('\n');
    }
    return text.toString();
  }

  private static void targets(StringBuilder text, Results results) {
    var lines = Targets.of(results).stream().filter(line -> line.measured().isPresent()).toList();
    if (lines.isEmpty()) {
      return;
    }
    text.append("Targets\n");
    for (var line : lines) {
      text.append(
          "  %-72s %16s %16s  %s%n"
              .formatted(line.words(), line.target(), line.value(), line.verdict()));
    }
    text.append('\n');
  }

  private static void table(StringBuilder text, String title, List<Row> rows) {
    text.append(title).append('\n');
    double most = rows.stream().mapToDouble(Row::median).max().orElse(1);
    for (var row : rows) {
      int length = (int) Math.round(BAR * row.median() / most);
      text.append(
          "  %-44s %10s  %s%s  (%s to %s; %d)%n"
              .formatted(
                  row.label(),
                  Figure.number(row.median()),
                  "█".repeat(length),
                  "·".repeat(BAR - length),
                  Figure.number(row.least()),
                  Figure.number(row.most()),
                  row.values().size()));
    }
    text.append('\n');
  }

  /// What the command keeps of a full run.
  static String markdown(Results results) {
    var text = new StringBuilder();
    text.append("# Results of the last full run of `ops/spor bench`\n\n");
    text.append("Written by the command: do not edit. Medians of up to ")
        .append(results.runs())
        .append(
            " runs, each in a process of its own; behind the bar least, most and how many. Compare within")
        .append(" one run only.\n\n");
    text.append("- ").append(results.date()).append("; ").append(results.input());
    text.append("; %,d events a run%n".formatted(results.events()));
    results
        .machine()
        .forEach(
            (name, fact) -> text.append("- ").append(name).append(": ").append(fact).append('\n'));
    text.append("\n| target | set | measured | |\n|---|---|---|---|\n");
    for (var line : Targets.of(results)) {
      text.append(
          "| %s | %s | %s | %s |%n"
              .formatted(line.words(), line.target(), line.value(), line.verdict()));
    }
    text.append(Growth.markdown(results));
    text.append("\n## Everything\n\n```\n").append(text(results)).append("```\n");
    return text.toString();
  }
}
