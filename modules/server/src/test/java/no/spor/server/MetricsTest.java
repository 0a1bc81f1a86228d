package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import no.spor.tenancy.AccessRole;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is measured is what the table says, counts what happened, and names nobody.
class MetricsTest {
  private static final Pattern NAME = Pattern.compile("`(spor_[a-z_]+)`");
  private static final Set<String> KNOWN_LABELS =
      Set.of(
          "outcome",
          "reason",
          "type",
          "verdict",
          "projection",
          "cache",
          "store",
          "state",
          "class",
          "limit",
          "part",
          "le");

  @TempDir Path data;

  @Test
  void theTableNamesEveryMetricAndNoOther() throws IOException {
    try (RunningSpor spor = RunningSpor.on(data)) {
      Load load = new Load(spor);
      load.run(20);
      load.refused();
      Map<String, String> served = new TreeMap<>();
      Scrape.of(spor)
          .types()
          .forEach((name, type) -> {
            if (name.startsWith("spor_") && !name.endsWith("_max")) {
              served.put(name, type);
            }
          });

      assertThat(served).isEqualTo(documented()).isNotEmpty();
    }
  }

  private static Map<String, String> documented() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    for (String line : Files.readAllLines(Repository.file("ops/METRICS.md"))) {
      String[] cells = line.split("\\|");
      if (cells.length > 3 && cells[1].contains("`spor_")) {
        Matcher name = NAME.matcher(cells[1]);
        while (name.find() && !(TestStore.MONGODB && line.contains("On SQLite only"))) {
          documented.put(name.group(1), cells[2].strip());
        }
      }
    }
    return documented;
  }

  @Test
  void whatHappenedIsCounted() {
    try (RunningSpor spor = RunningSpor.on(data)) {
      Load load = new Load(spor);
      load.run(30);
      load.refused();
      Scrape seen = Scrape.of(spor);

      assertThat(seen.value("spor_ingest_events_total", "outcome", "recorded"))
          .hasValue(load.recorded());
      assertThat(seen.value("spor_ingest_events_total", "outcome", "duplicate")).hasValue(1);
      assertThat(seen.value("spor_ingest_events_total", "outcome", "unknown-event-type"))
          .hasValue(1);
      assertThat(seen.value("spor_ingest_refused_requests_total", "reason", "malformed-json"))
          .hasValue(1);
      assertThat(seen.value("spor_activity_events_total", "type", "login.failed"))
          .hasValue(load.recorded("login.failed"));
      assertThat(seen.value("spor_activity_events_total", "type", "personal-data.viewed"))
          .hasValue(1);
      assertThat(seen.value("spor_append_records_total").orElseThrow())
          .isEqualTo(seen.value("spor_ledger_events").orElseThrow());
      assertThat(seen.value("spor_append_write_seconds_count").orElseThrow()).isPositive();
      assertThat(seen.value("spor_keys_ready")).hasValue(1);
      assertThat(seen.value("spor_store_bytes", "store", "registry").orElseThrow()).isPositive();
      assertThat(seen.value("spor_store_bytes", "store", "ledger").isPresent())
          .isNotEqualTo(TestStore.MONGODB);
      // The keys are asked at most twice a second.
      Awaitility.await()
          .until(() ->
              Scrape.of(spor).value("spor_keys_cache_misses_total", "cache", "people").orElseThrow()
                  > 0);
    }
  }

  @Test
  void requestsToRecordAreTimedAsAllOthersAre() {
    try (RunningSpor spor = RunningSpor.on(data)) {
      Load load = new Load(spor);
      load.run(3);
      load.refused();
      spor.send("PUT", "/v1/events", null, null, BodyPublishers.noBody());
      spor.post("/v1/events", null, RunningSpor.CLOUD_EVENT, "{}");
      String emitter = spor.key(AccessRole.EMITTER, Load.TENANT);
      spor.post("/v1/events", emitter, "text/plain", "hei");
      Set<Map<String, String>> seen =
          Scrape.of(spor).samples().stream()
              .filter(sample -> sample.name().equals("http_server_requests_seconds_count"))
              .map(sample -> new TreeMap<>(sample.labels()))
              .collect(Collectors.toSet());

      assertThat(seen)
          .contains(
              timed("201", "SUCCESS", "none"),
              timed("401", "CLIENT_ERROR", "none"),
              timed("415", "CLIENT_ERROR", "ProblemException"))
          .allSatisfy(labels ->
              assertThat(labels)
                  .containsOnlyKeys("error", "exception", "method", "outcome", "status", "uri"))
          .anySatisfy(labels -> assertThat(labels).containsEntry("method", "PUT"));
    }
  }

  private static Map<String, String> timed(String status, String outcome, String failure) {
    return new TreeMap<>(
        Map.of(
            "error", failure,
            "exception", failure,
            "method", "POST",
            "outcome", outcome,
            "status", status,
            "uri", "/v1/events"));
  }

  @Test
  void noLabelNamesAPersonATenantOrWhatAClientMadeUp() {
    try (RunningSpor spor = RunningSpor.on(data)) {
      Load load = new Load(spor);
      load.run(20);
      load.refused();
      spor.get("/made-up-by-a-client/" + Load.PERSON, null);
      Scrape seen = Scrape.of(spor);

      assertThat(seen.samples().stream().map(Object::toString))
          .noneMatch(line -> line.contains(Load.PERSON))
          .noneMatch(line -> line.contains(Load.TENANT))
          .noneMatch(line -> line.contains("made-up"));
      Set<String> labels =
          seen.samples().stream()
              .filter(sample -> sample.name().startsWith("spor_"))
              .flatMap(sample -> sample.labels().keySet().stream())
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(KNOWN_LABELS).containsAll(labels);
    }
  }

  @Test
  void tenantsGetLabelsWhereThatIsSwitchedOnAndNoMoreThanToldTo() {
    try (RunningSpor spor = RunningSpor.on(data, "--spor.metrics.tenants=1")) {
      new Load(spor).run(5);
      new Load(spor, "second-as").run(5);
      Set<String> tenants =
          Scrape.of(spor).samples().stream()
              .filter(sample -> sample.name().equals("spor_activity_events_total"))
              .filter(sample -> sample.value() > 0)
              .map(sample -> sample.labels().get("tenant"))
              .collect(Collectors.toSet());

      assertThat(tenants).containsExactlyInAnyOrder(Load.TENANT, "other");
    }
  }

  @Test
  void aPrivateUnknownTypeIsNoLabel() {
    try (RunningSpor spor = RunningSpor.on(data)) {
      Load load = new Load(spor);
      load.allowUnknownTypes();
      String key = spor.key(AccessRole.EMITTER, Load.TENANT);
      assertThat(
              spor.post(
                      "/v1/events",
                      key,
                      RunningSpor.CLOUD_EVENT,
                      RunningSpor.event("u1", "made-up.by-an-emitter", "{\"user\":\"x\"}"))
                  .status())
          .isEqualTo(201);
      Scrape seen = Scrape.of(spor);

      assertThat(seen.value("spor_activity_events_total", "type", "other")).hasValue(1);
      assertThat(seen.value("spor_activity_events_total", "type", "made-up.by-an-emitter"))
          .isEmpty();
    }
  }
}
