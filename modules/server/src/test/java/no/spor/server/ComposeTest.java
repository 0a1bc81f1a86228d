package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/// What `ops/compose.yaml` describes hangs together: no engine is needed, and none proves it here.
@Tag("once")
@SuppressWarnings("unchecked")
class ComposeTest {
  /// Of the Compose specification, what is used here: a word that is none of these is a mistake, or
  /// to be added.
  private static final Set<String> OF_A_SERVICE =
      Set.of(
          "image",
          "build",
          "user",
          "entrypoint",
          "command",
          "environment",
          "volumes",
          "configs",
          "ports",
          "depends_on",
          "healthcheck",
          "restart",
          "stop_grace_period",
          "read_only",
          "tmpfs");

  private static final Set<String> CONDITIONS =
      Set.of("service_started", "service_healthy", "service_completed_successfully");
  private static final Pattern SETTING = Pattern.compile("\\bSPOR_[A-Z_]+");

  private static Map<String, Object> compose;
  private static Map<String, Map<String, Object>> services;

  @BeforeAll
  static void read() throws IOException {
    compose = yaml(Files.readString(Repository.file("ops/compose.yaml")));
    services = (Map<String, Map<String, Object>>) compose.get("services");
  }

  private static Map<String, Object> yaml(String text) {
    return new Yaml().load(text);
  }

  private static <T> List<T> list(Map<String, Object> of, String name) {
    return (List<T>) of.getOrDefault(name, List.of());
  }

  private static Map<String, Object> map(Map<String, Object> of, String name) {
    return (Map<String, Object>) of.getOrDefault(name, Map.of());
  }

  @Test
  void everyWordIsOneOfComposeAndEveryNameStandsForSomething() throws IOException {
    assertThat(compose.keySet())
        .allMatch(key ->
            key.startsWith("x-") || Set.of("name", "services", "configs", "volumes").contains(key));
    Set<String> used = new TreeSet<>();
    for (var service : services.entrySet()) {
      Map<String, Object> of = service.getValue();
      assertThat(of.keySet()).as(service.getKey()).isSubsetOf(OF_A_SERVICE);
      assertThat((String) of.get("image"))
          .as("%s is pinned", service.getKey())
          .matches("spor|.+:.+");
      if (of.containsKey("build")) {
        Path context = Repository.file("ops").resolve((String) map(of, "build").get("context"));
        assertThat(context.resolve((String) map(of, "build").get("dockerfile"))).exists();
      }
      for (String volume : ComposeTest.<String>list(of, "volumes")) {
        String from = volume.substring(0, volume.indexOf(':'));
        if (from.startsWith(".")) {
          assertThat(Repository.file("ops").resolve(from)).exists();
        } else {
          used.add(from);
        }
      }
      for (Map<String, Object> config : ComposeTest.<Map<String, Object>>list(of, "configs")) {
        assertThat(map(compose, "configs")).containsKey((String) config.get("source"));
        assertThat((String) config.get("target")).startsWith("/");
      }
      assertThat(ComposeTest.<String>list(of, "ports"))
          .as("on this machine only")
          .allMatch(port -> port.matches("127\\.0\\.0\\.1:\\d+:\\d+"));
    }
    assertThat(used).isEqualTo(map(compose, "volumes").keySet());
  }

  @Test
  void whoWaitsForSomebodyWaitsForWhatWillCome() {
    for (var service : services.entrySet()) {
      Object waits = service.getValue().getOrDefault("depends_on", List.of());
      if (waits instanceof List<?> names) {
        assertThat(services.keySet()).containsAll((List<String>) names);
        continue;
      }
      ((Map<String, Map<String, Object>>) waits)
          .forEach((name, how) -> {
            assertThat(services).as(service.getKey()).containsKey(name);
            assertThat(CONDITIONS).contains((String) how.get("condition"));
            if (how.get("condition").equals("service_healthy")) {
              assertThat(services.get(name)).as(name).containsKey("healthcheck");
            }
            if (how.get("condition").equals("service_completed_successfully")) {
              assertThat(services.get(name)).as("%s ends", name).doesNotContainKey("restart");
            }
          });
    }
  }

  @Test
  void theReplicaSetTheConnectionStringAndItsFirstStartNameTheSameMembers() {
    Set<String> members = new TreeSet<>();
    String set = null;
    for (var service : services.entrySet()) {
      List<String> command = list(service.getValue(), "command");
      if (command.contains("--replSet")) {
        members.add(service.getKey() + ":27017");
        set = command.get(command.indexOf("--replSet") + 1);
      }
    }
    assertThat(members).hasSize(3);
    String uri = (String) map(services.get("node1"), "environment").get("SPOR_MONGODB_URI");
    assertThat(uri).isEqualTo("mongodb://" + String.join(",", members) + "/?replicaSet=" + set);
    assertThat(services.get("node2").get("environment"))
        .isEqualTo(services.get("node1").get("environment"));
    String first = map(services.get("mongo1"), "healthcheck").get("test").toString();
    assertThat(first).contains("rs.initiate({_id: \"" + set + "\"");
    Set<String> initiated = new TreeSet<>();
    Matcher host = Pattern.compile("host: \"([^\"]+)\"").matcher(first);
    while (host.find()) {
      initiated.add(host.group(1));
    }
    assertThat(initiated).isEqualTo(members);
  }

  @Test
  void proxyAndPrometheusKnowBothNodesAndTheirSettingsAreKnown() throws IOException {
    List<String> nodes = List.of("node1:8080", "node2:8080");
    String proxy = (String) map(map(compose, "configs"), "proxy").get("content");
    assertThat(proxy).contains("reverse_proxy " + String.join(" ", nodes) + " {");
    Map<String, Object> scrapes =
        yaml((String) map(map(compose, "configs"), "prometheus").get("content"));
    Map<String, Object> own =
        yaml(Files.readString(Repository.file("ops/prometheus/prometheus.yaml")));
    assertThat(scrapes.get("rule_files")).isEqualTo(own.get("rule_files"));
    Map<String, Object> scrape = (Map<String, Object>) list(scrapes, "scrape_configs").getFirst();
    Map<String, Object> wanted = (Map<String, Object>) list(own, "scrape_configs").getFirst();
    assertThat(scrape.get("metrics_path")).isEqualTo(wanted.get("metrics_path"));
    assertThat(scrape.get("job_name")).isEqualTo(wanted.get("job_name"));
    assertThat(scrape.get("static_configs").toString()).contains(nodes.toString());
    String readme =
        Files.readString(Repository.file("README.md"))
            + Files.readString(Repository.file("modules/server/README.md"));
    for (String node : List.of("node1", "node2")) {
      assertThat(map(services.get(node), "environment").keySet())
          .allMatch(name -> SETTING.matcher(name).matches() && readme.contains(name));
    }
  }

  @Test
  void grafanaIsProvisionedFromTheRepository() throws IOException {
    List<String> mounts = new ArrayList<>(list(services.get("grafana"), "volumes"));
    Map<String, Object> provider =
        yaml(Files.readString(Repository.file("grafana/provisioning/dashboards/spor.yaml")));
    Map<String, Object> first = (Map<String, Object>) list(provider, "providers").getFirst();
    assertThat(mounts)
        .containsExactly(
            "../grafana/provisioning:/etc/grafana/provisioning:ro",
            "../grafana/dashboards:" + map(first, "options").get("path") + ":ro");
    assertThat(map(services.get("grafana"), "environment"))
        .containsEntry("SPOR_PROMETHEUS_URL", "http://prometheus:9090");
    assertThat(
            Files.readString(Repository.file("grafana/provisioning/datasources/prometheus.yaml")))
        .contains("${SPOR_PROMETHEUS_URL}");
  }
}
