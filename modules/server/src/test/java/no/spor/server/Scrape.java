package no.spor.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one look at `/actuator/prometheus` showed.
///
/// @param types by family (`# TYPE`)
record Scrape(Map<String, String> types, List<Sample> samples) {
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? ([^ ]+)(?: .*)?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  record Sample(String name, Map<String, String> labels, double value) {}

  static Scrape of(RunningSpor spor) {
    return of(spor.get("/actuator/prometheus", null).body());
  }

  static Scrape of(String text) {
    Map<String, String> types = new TreeMap<>();
    List<Sample> samples = new ArrayList<>();
    for (String line : text.split("\n")) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        types.put(type.group(1), type.group(2));
      } else if (!line.startsWith("#") && sample.matches()) {
        Map<String, String> labels = new LinkedHashMap<>();
        String given = sample.group(2);
        Matcher label = LABEL.matcher(given == null ? "" : given);
        while (label.find()) {
          labels.put(label.group(1), label.group(2));
        }
        samples.add(
            new Sample(
                sample.group(1),
                labels,
                Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"))));
      }
    }
    return new Scrape(types, samples);
  }

  /// @param labels names and values that it must have
  OptionalDouble value(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> {
          for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
              return false;
            }
          }
          return true;
        })
        .mapToDouble(Sample::value)
        .findFirst();
  }
}
