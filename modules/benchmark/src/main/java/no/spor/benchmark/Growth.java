package no.spor.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import no.spor.benchmark.Results.Row;

/// How cost grows with what is recorded: figures of the scenario `grow` as plots (SVG) and a table.
/// Across: events recorded, each step ten times the one before.
final class Growth {
  private static final Pattern AT = Pattern.compile("(.+) at (\\d+)");
  private static final int WIDTH = 640;
  private static final int HEIGHT = 320;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 60;
  private static final List<String> COLOURS = List.of("#1f6feb", "#d1570c", "#2da44e", "#8250df");

  /// A kind of figure: events recorded → what was measured then.
  private final Map<String, Map<Integer, Double>> lines = new LinkedHashMap<>();

  private record Plot(String file, String title, Predicate<String> shows) {}

  private static final List<Plot> PLOTS =
      List.of(
          new Plot(
              "growth-ingest.svg", "Ingest, events/s", metric -> metric.startsWith("events/s")),
          new Plot(
              "growth-query.svg",
              "First page of 100, milliseconds",
              metric -> metric.contains("ms p")),
          new Plot(
              "growth-disk.svg",
              "Disk, bytes an event",
              metric -> metric.startsWith("bytes/event")),
          new Plot("growth-heap.svg", "Heap in use, MiB", metric -> metric.startsWith("MiB")),
          new Plot(
              "growth-start.svg",
              "Opening the directory in a warm process, milliseconds",
              metric -> metric.equals("ms to open")));

  private Growth(List<Row> rows) {
    for (var row : rows) {
      var matcher = AT.matcher(row.metric());
      if (row.scenario().equals(Growing.GROW) && matcher.matches()) {
        lines
            .computeIfAbsent(matcher.group(1), _ -> new java.util.TreeMap<>())
            .put(Integer.parseInt(matcher.group(2)), row.median());
      }
    }
  }

  static boolean is(Row row) {
    return row.scenario().equals(Growing.GROW) && AT.matcher(row.metric()).matches();
  }

  /// @return a table in Markdown, with the plots; nothing where growth was not measured
  static String markdown(Results results) {
    var growth = new Growth(results.rows());
    if (growth.lines.isEmpty()) {
      return "";
    }
    var text = new StringBuilder("\n## How cost grows\n\n");
    PLOTS.forEach(
        plot -> text.append("![").append(plot.title).append("](").append(plot.file).append(")\n"));
    text.append("\n```\n").append(growth.table()).append("```\n");
    return text.toString();
  }

  /// @return a table for a terminal; nothing where growth was not measured
  static String text(Results results) {
    var growth = new Growth(results.rows());
    return growth.lines.isEmpty() ? "" : Groups.GROWTH + '\n' + growth.table() + '\n';
  }

  static void write(Results results, Path folder) throws IOException {
    var growth = new Growth(results.rows());
    if (growth.lines.isEmpty()) {
      return;
    }
    for (var plot : PLOTS) {
      Files.writeString(folder.resolve(plot.file), growth.svg(plot));
    }
  }

  private String table() {
    var points = lines.values().iterator().next().keySet();
    var text = new StringBuilder("  %-40s".formatted("events recorded"));
    points.forEach(point -> text.append(String.format(Locale.ROOT, "%12d", point)));
    text.append('\n');
    lines.forEach((metric, values) -> {
      text.append("  %-40s".formatted(metric));
      points.forEach(point ->
          text.append("%12s".formatted(Figure.number(values.getOrDefault(point, Double.NaN)))));
      text.append('\n');
    });
    return text.toString();
  }

  private String svg(Plot plot) {
    Map<String, Map<Integer, Double>> shown = new LinkedHashMap<>(lines);
    shown.keySet().removeIf(metric -> !plot.shows.test(metric));
    var values = shown.values().stream().flatMap(line -> line.values().stream()).toList();
    double most = step(values.stream().mapToDouble(Double::doubleValue).max().orElse(1));
    var points = lines.values().iterator().next().keySet();
    double first = Math.log10(points.iterator().next());
    double last = points.stream().mapToDouble(Math::log10).max().orElse(first + 1);
    var svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        <text x="%d" y="22" font-size="15">%s</text>
        """
            .formatted(WIDTH, HEIGHT, LEFT, plot.title));
    for (int i = 0; i <= 4; i++) {
      double y = y(most * i / 4, most);
      svg.append(
          String.format(
              Locale.ROOT,
              "<path d=\"M%d %.1fH%d\" stroke=\"#d0d7de\"/><text x=\"%d\" y=\"%.1f\""
                  + " text-anchor=\"end\">%s</text>%n",
              LEFT,
              y,
              WIDTH - RIGHT,
              LEFT - 6,
              y + 4,
              Figure.number(most * i / 4)));
    }
    for (int power = (int) Math.ceil(first); power <= last + 1e-9; power++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">10<tspan dy=\"-5\""
                  + " font-size=\"9\">%d</tspan></text>%n",
              x(power, first, last),
              HEIGHT - BOTTOM + 18,
              power));
    }
    int number = 0;
    for (var line : shown.entrySet()) {
      line(svg, line.getKey(), line.getValue(), number++, first, last, most);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void line(
      StringBuilder svg,
      String name,
      Map<Integer, Double> values,
      int number,
      double first,
      double last,
      double most) {
    var colour = COLOURS.get(number % COLOURS.size());
    var places = new StringBuilder();
    values.forEach((events, value) ->
        places.append(
            String.format(
                Locale.ROOT, "%.1f,%.1f ", x(Math.log10(events), first, last), y(value, most))));
    svg.append(
            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>%n"
                .formatted(colour, places.toString().strip()))
        .append(
            "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n"
                .formatted(
                    LEFT + number % 2 * (WIDTH - LEFT) / 2,
                    HEIGHT - BOTTOM + 36 + number / 2 * 16,
                    colour,
                    name));
  }

  private static double x(double power, double first, double last) {
    return LEFT + (WIDTH - LEFT - RIGHT - 10) * (power - first) / Math.max(1e-9, last - first);
  }

  private static double y(double value, double most) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most;
  }

  /// @return a round number that is not less
  private static double step(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1e-9))));
    for (double times : new double[] {1, 2, 4, 5, 8, 10}) {
      if (times * power >= most) {
        return times * power;
      }
    }
    return 10 * power;
  }
}
