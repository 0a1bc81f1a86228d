package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import no.spor.server.PanelQueries.Query;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Dashboards and alerts ask for what the server measures, and a real Prometheus answers them.
@Tag("once")
class DashboardsTest {
  @TempDir Path folder;

  @FilesOnly("backups are measured where they are ours to make")
  @Test
  void everyQueryNamesMetricsThatTheServerHas() throws IOException {
    List<Query> queries = new ArrayList<>(PanelQueries.ofDashboards());
    queries.addAll(PanelQueries.ofAlerts());
    assertThat(queries).hasSizeGreaterThan(50);
    try (RunningSpor spor = RunningSpor.on(folder)) {
      Load load = new Load(spor);
      load.run(5);
      load.refused();
      System.gc();
      Set<String> served =
          Scrape.of(spor).samples().stream()
              .map(Scrape.Sample::name)
              .collect(Collectors.toCollection(TreeSet::new));
      // Prometheus' own.
      served.add("up");
      // There where TLS is: see TlsTest.
      served.add("ssl_chain_expiry_seconds");

      assertThat(queries)
          .allSatisfy(
              query -> assertThat(query.metrics()).as("%s", query).isNotEmpty().isSubsetOf(served));
    }
  }

  @Test
  void everyPanelAsksAndEveryDashboardIsToldApart() throws IOException {
    Set<String> uids = new TreeSet<>();
    for (Path file : PanelQueries.dashboards()) {
      JsonNode dashboard = JsonMapper.shared().readTree(Files.readAllBytes(file));
      uids.add(dashboard.path("uid").asString());
      for (JsonNode panel : dashboard.path("panels")) {
        assertThat(panel.path("targets")).as("%s %s", file, panel.path("title")).isNotEmpty();
        assertThat(panel.path("datasource").path("uid").asString()).isEqualTo(datasource());
      }
    }
    assertThat(uids)
        .containsExactly("spor-activity", "spor-ledger", "spor-privacy", "spor-service");
  }

  private static String datasource() throws IOException {
    return PanelQueries.yaml("grafana/provisioning/datasources/prometheus.yaml")
        .at("/datasources/0/uid")
        .asString();
  }

  @FilesOnly("backups are measured where they are ours to make")
  @Test
  void prometheusScrapesALoadedServerAndEveryPanelShowsSomething() throws Exception {
    assumeThat(RunningPrometheus.installed())
        .as("skipped: /usr/bin/prometheus is not there (Debian's package prometheus)")
        .isTrue();
    Path data = folder.resolve("data");
    try (RunningSpor spor = RunningSpor.on(data);
        RunningPrometheus prometheus =
            RunningPrometheus.scraping(spor.port(), folder.resolve("prometheus"))) {
      Load load = new Load(spor);
      System.gc();
      List<Query> silent = new ArrayList<>(PanelQueries.ofDashboards());
      long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      while (!silent.isEmpty() && System.nanoTime() < end) {
        load.run(2);
        load.refused();
        System.gc();
        Thread.sleep(200);
        silent.removeIf(query -> prometheus.answers(query.expression()));
      }

      assertThat(silent).as("queries without an answer").isEmpty();
      assertThat(PanelQueries.ofAlerts()).allSatisfy(alert -> prometheus.ask(alert.expression()));
    }
  }

  @Test
  void everyAlertHasItsRunbookAndItsTests() throws IOException {
    JsonNode tests = PanelQueries.yaml("ops/prometheus/alerts.test.yaml").path("tests");
    for (JsonNode group : PanelQueries.yaml("ops/prometheus/alerts.yaml").path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        String name = rule.path("alert").asString();
        String runbook = rule.at("/annotations/runbook").asString();
        assertThat(runbook).isEqualTo("ops/runbooks/" + name + ".md");
        assertThat(Files.readString(Repository.file(runbook)))
            .contains("# " + name, "## What it means", "## Where to look", "## What to do");
        assertThat(Files.readString(Repository.file("ops/runbooks/README.md")))
            .contains("[" + name + "](" + name + ".md)");
        int fires = 0;
        int quiet = 0;
        for (JsonNode test : tests) {
          JsonNode asked = test.at("/alert_rule_test/0");
          if (asked.path("alertname").asString().equals(name)) {
            fires += asked.path("exp_alerts").isEmpty() ? 0 : 1;
            quiet += asked.path("exp_alerts").isEmpty() ? 1 : 0;
          }
        }
        assertThat(fires).as("%s fires in a test", name).isPositive();
        assertThat(quiet).as("%s is quiet in a test", name).isPositive();
      }
    }
  }

  @Test
  void alertsFireAndAreQuietInPromtool() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/promtool")))
        .as("skipped: /usr/bin/promtool is not there (Debian's package prometheus)")
        .isTrue();
    for (List<String> command :
        List.of(
            List.of("check", "rules", "alerts.yaml"),
            List.of("check", "config", "prometheus.yaml"),
            List.of("test", "rules", "alerts.test.yaml"))) {
      List<String> whole = new ArrayList<>(List.of("/usr/bin/promtool"));
      whole.addAll(command);
      Process promtool =
          new ProcessBuilder(whole)
              .directory(Repository.file("ops/prometheus").toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(promtool.getInputStream().readAllBytes());
      assertThat(promtool.waitFor()).as("%s: %s", command, said).isZero();
    }
  }
}
