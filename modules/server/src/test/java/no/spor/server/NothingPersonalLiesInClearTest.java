package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import no.spor.server.RunningSpor.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Searches every byte that a server leaves behind for what it was told: files, output, metrics.
class NothingPersonalLiesInClearTest {
  private static final String USER = "Kari.Nordmann-7f3a@marker.example";
  private static final String ADDRESS = "203.0.113.77";
  private static final String SITE = "Mårkørbryggå B13-7f3a";
  private static final String LATITUDE = "59.91273645";
  private static final String LONGITUDE = "10.74609318";
  private static final String SUBJECT = "subject-marker-7f3a";
  private static final String EXTENSION = "extension-marker-7f3a";
  private static final String UNKNOWN = "unknown-marker-7f3a";
  private static final String PURPOSE = "purpose-marker-7f3a";
  private static final String TENANT = "Bygg-marker AS";
  private static final String CLEAR = "facet-marker-7f3a";
  private static final String LOGIN =
      """
      {"specversion":"1.0","id":"l1","source":"/test","type":"login.succeeded","time":"%s",\
      "data":{"user":"USER","ip":"ADDRESS","app":"web"}}\
      """
          .replace("USER", USER)
          .replace("ADDRESS", ADDRESS);
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final List<String> keys = new ArrayList<>();
  @TempDir Path data;

  @Test
  void noFileLogOutputOrMetricHoldsWhatIsPersonal() throws IOException {
    Set<Path> temporaryBefore = temporaryFiles();
    Map<String, byte[]> found = new HashMap<>();
    PrintStream out = System.out;
    PrintStream err = System.err;
    try (CapturedLog log = new CapturedLog()) {
      System.setOut(both(out));
      System.setErr(both(err));
      try (RunningSpor spor = RunningSpor.on(data)) {
        recordReadAndProvoke(spor);
        found.put("metrics", utf8(spor.get("/actuator/prometheus", null).body()));
        found.put("health", utf8(spor.get("/actuator/health", null).body()));
      }
      found.put("log", utf8(String.join("\n", log.lines())));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    found.put("output", output.toByteArray());
    int files = addFiles(found, data);
    TestStore.addContents(found, data);
    assertThat(files).as("files of the data directory").isGreaterThan(TestStore.MONGODB ? 1 : 5);
    Set<Path> temporary = temporaryFiles();
    temporary.removeAll(temporaryBefore);
    for (Path file : temporary) {
      if (!file.startsWith(data.getParent())) {
        addFiles(found, file);
      }
    }

    // A search that finds nothing finds what does lie in clear: the tenant's name in the registry.
    assertThat(Markers.in(found, List.of(TENANT))).isNotEmpty();
    List<String> personal =
        new ArrayList<>(
            List.of(
                USER, ADDRESS, SITE, LATITUDE, LONGITUDE, SUBJECT, EXTENSION, UNKNOWN, PURPOSE));
    keys.forEach(key -> personal.add(key.substring(key.lastIndexOf('_') + 1)));
    assertThat(keys).hasSize(4);
    assertThat(Markers.in(found, personal)).isEmpty();
  }

  private void recordReadAndProvoke(RunningSpor spor) {
    String admin = spor.node().administratorKey().orElseThrow();
    ok(
        spor.post(
            "/v1/tenants",
            admin,
            RunningSpor.JSON,
            "{\"id\":\"bygg-as\",\"name\":\"" + TENANT + "\"}"));
    ok(
        spor.send(
            "PUT",
            "/v1/tenants/bygg-as/catalogue",
            admin,
            RunningSpor.JSON,
            BodyPublishers.ofString("{\"unknownTypes\":\"private\"}")));
    keys.add(admin);
    for (String role : List.of("emitter", "officer", "auditor")) {
      Answer made =
          ok(
              spor.post(
                  "/v1/keys",
                  admin,
                  RunningSpor.JSON,
                  "{\"role\":\"" + role + "\",\"tenant\":\"bygg-as\",\"name\":\"test\"}"));
      keys.add(made.json().path("key").asString());
    }
    String login = LOGIN.formatted(RunningSpor.now());
    String last = record(spor, keys.get(1), login);
    read(spor, keys.get(2), last);
    provoke(spor, keys.get(1), keys.get(2), login);
  }

  /// @return the position of an event of a type that the catalogue does not know
  private static String record(RunningSpor spor, String emitter, String login) {
    String checkin =
        RunningSpor.event(
                "c1",
                "site.checkin",
                "{\"user\":\""
                    + USER
                    + "\",\"site\":\""
                    + CLEAR
                    + "\",\"siteName\":\""
                    + SITE
                    + "\",\"position\":{\"lat\":"
                    + LATITUDE
                    + ",\"lon\":"
                    + LONGITUDE
                    + "}}")
            .replace(
                "\"source\"",
                "\"subject\":\"" + SUBJECT + "\",\"ext\":\"" + EXTENSION + "\",\"source\"");
    String visit =
        RunningSpor.event("v1", "visit.recorded", "{\"ip\":\"" + ADDRESS + "\",\"app\":\"web\"}");
    String unknown =
        RunningSpor.event(
            "u1",
            "crane.lifted",
            "{\"user\":\"" + USER + "\",\"" + UNKNOWN + "\":[\"" + UNKNOWN + "\"]}");
    String expired =
        login.replace("\"l1\"", "\"l2\"").replaceAll("\"time\":\"\\d{4}", "\"time\":\"2001");
    Answer recorded =
        ok(
            spor.post(
                "/v1/events",
                emitter,
                RunningSpor.LINES,
                String.join("\n", checkin, login, visit, unknown, expired)));
    assertThat(recorded.body()).doesNotContain("error").contains("\"expired\":true");
    return recorded.json().at("/results/3/position").asString();
  }

  private static void read(RunningSpor spor, String officer, String last) {
    for (String question :
        List.of(
            "{\"person\":\"" + USER + "\"}",
            "{\"person\":\"" + ADDRESS + "\"}",
            "{\"types\":[\"personal-data.viewed\"]}",
            "{\"person\":\"" + UNKNOWN + "\"}",
            "{\"facets\":{\"/site\":\"" + CLEAR + "\"}}")) {
      Answer page =
          ok(
              spor.post(
                  "/v1/timeline",
                  officer,
                  RunningSpor.JSON,
                  question,
                  "Purpose",
                  PURPOSE,
                  "Spor-After",
                  last));
      assertThat(page.body())
          .as(question)
          .contains(question.contains(UNKNOWN) ? "never-seen" : "\"open\"");
    }
    ok(spor.get("/v1/events/" + last, officer, "Purpose", PURPOSE));
  }

  private static void provoke(RunningSpor spor, String emitter, String officer, String login) {
    for (String broken :
        List.of(
            login.substring(0, login.length() - 3),
            login.replace("\"web\"", "\"\\ud800" + SUBJECT + "\""),
            login.replace("\"" + USER + "\"", "{\"a\":\"" + USER + "\"}"),
            login.replace("\"time\":\"", "\"time\":\"" + USER),
            login.replace("\"id\":\"l1\"", "\"id\":\"" + USER + "\\u0000\""))) {
      assertThat(spor.post("/v1/events", emitter, RunningSpor.CLOUD_EVENT, broken).status())
          .isBetween(400, 422);
    }
    assertThat(spor.post("/v1/events/" + USER, emitter, RunningSpor.JSON, "{}").status())
        .isEqualTo(405);
    assertThat(spor.get("/v1/" + USER + "?person=" + ADDRESS, officer).status()).isEqualTo(404);
    assertThat(spor.get("/webjars/../" + USER, null).status()).isEqualTo(404);
    assertThat(spor.get("/v1/keys", USER).status()).isEqualTo(401);
    assertThat(
            spor.post(
                    "/v1/timeline",
                    officer,
                    RunningSpor.JSON,
                    "{\"person\":[\"" + USER + "\"]}",
                    "Purpose",
                    PURPOSE)
                .status())
        .isEqualTo(422);
    assertThat(
            spor.post(
                    "/v1/timeline",
                    officer,
                    RunningSpor.JSON,
                    "{\"cursor\":\"" + UNKNOWN + "\"}",
                    "Purpose",
                    PURPOSE)
                .status())
        .isEqualTo(422);
  }

  private static Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isBetween(200, 299);
    return answer;
  }

  private PrintStream both(PrintStream shown) {
    return new PrintStream(
        new OutputStream() {
          @Override
          public void write(int one) {
            shown.write(one);
            synchronized (output) {
              output.write(one);
            }
          }
        },
        true,
        StandardCharsets.UTF_8);
  }

  private static int addFiles(Map<String, byte[]> found, Path under) throws IOException {
    int count = 0;
    try (Stream<Path> files = Files.walk(under)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.put(file.toString(), Files.readAllBytes(file));
        count++;
      }
    }
    return count;
  }

  /// What lies directly in the folder for temporary files: each server's working folder is there.
  private static Set<Path> temporaryFiles() throws IOException {
    Set<Path> names = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      files
          .filter(file ->
              file.getFileName().toString().matches("(tomcat|spring|spor|sqlite|jetty|upload).*"))
          .forEach(names::add);
    }
    return names;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
