package no.spor.benchmark;

import java.util.List;
import java.util.Locale;

/// One measured number.
///
/// @param metric what was measured, `events/s` say
/// @param best whether more or less is better
record Figure(String metric, Best best, double value) {
  enum Best {
    MORE,
    LESS
  }

  static Figure rate(long events, long nanos) {
    return new Figure("events/s", Best.MORE, events * 1e9 / nanos);
  }

  static Figure more(String metric, double value) {
    return new Figure(metric, Best.MORE, value);
  }

  static Figure less(String metric, double value) {
    return new Figure(metric, Best.LESS, value);
  }

  /// @return as a line that [#parse] reads
  String line() {
    return "figure\t%s\t%s\t%s".formatted(metric, best, Double.toString(value));
  }

  static Figure parse(String line) {
    var fields = line.split("\t");
    return new Figure(fields[1], Best.valueOf(fields[2]), Double.parseDouble(fields[3]));
  }

  static boolean isLine(String line) {
    return line.startsWith("figure\t");
  }

  static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  static String number(double value) {
    return value >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }
}
