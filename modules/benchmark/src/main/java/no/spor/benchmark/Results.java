package no.spor.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.benchmark.Figure.Best;
import tools.jackson.databind.json.JsonMapper;

/// All figures of one call of the command.
///
/// @param large how many events the large directory held
/// @param left what was left out, and why
record Results(
    String date,
    String input,
    int events,
    int runs,
    int large,
    Map<String, String> machine,
    List<Row> rows,
    List<String> left) {

  /// The runs of one figure.
  record Row(
      String scenario, String group, String label, String metric, Best best, List<Double> values) {
    double median() {
      return Figure.median(values);
    }

    double least() {
      return values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    }

    double most() {
      return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    String name() {
      return scenario + " " + metric;
    }
  }

  static List<Row> rows(Scenario scenario, List<List<Figure>> runs) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (var run : runs) {
      for (var figure : run) {
        rows.computeIfAbsent(
                figure.metric(),
                metric ->
                    new Row(
                        scenario.name(),
                        scenario.group(),
                        scenario.label(),
                        metric,
                        figure.best(),
                        new ArrayList<>()))
            .values()
            .add(figure.value());
      }
    }
    return List.copyOf(rows.values());
  }

  void write(Path json) throws IOException {
    Files.writeString(
        json, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
  }

  static Results read(Path json) throws IOException {
    return JsonMapper.shared().readValue(Files.readString(json), Results.class);
  }
}
