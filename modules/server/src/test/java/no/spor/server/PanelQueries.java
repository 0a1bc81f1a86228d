package no.spor.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The queries of dashboards and alert rules.
final class PanelQueries {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][\\w:]*(?!\\w|\\s*\\()");
  private static final Set<String> WORDS =
      Set.of("sum", "min", "max", "avg", "and", "or", "unless", "on", "bool", "offset");

  private PanelQueries() {}

  /// @param where dashboard and panel, or alert
  record Query(String where, String expression) {
    /// @return the metrics that it asks for
    Set<String> metrics() {
      String bare =
          expression
              .replaceAll("\"[^\"]*\"", "")
              .replaceAll("\\{[^}]*}", "")
              .replaceAll("\\[[^]]*]", "")
              .replaceAll("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)", "");
      Set<String> names = new TreeSet<>();
      Matcher name = NAME.matcher(bare);
      while (name.find()) {
        if (!WORDS.contains(name.group())) {
          names.add(name.group());
        }
      }
      return names;
    }
  }

  static List<Query> ofDashboards() throws IOException {
    List<Query> queries = new ArrayList<>();
    for (Path file : dashboards()) {
      for (JsonNode panel : JsonMapper.shared().readTree(Files.readAllBytes(file)).path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          queries.add(
              new Query(
                  file.getFileName() + ": " + panel.path("title").asString(),
                  target.path("expr").asString()));
        }
      }
    }
    return queries;
  }

  static List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(Repository.file("grafana/dashboards"))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  static List<Query> ofAlerts() throws IOException {
    List<Query> queries = new ArrayList<>();
    for (JsonNode group : yaml("ops/prometheus/alerts.yaml").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        queries.add(new Query(rule.path("alert").asString(), rule.path("expr").asString()));
      }
    }
    return queries;
  }

  static JsonNode yaml(String path) throws IOException {
    return new YAMLMapper().readTree(Files.readAllBytes(Repository.file(path)));
  }
}
