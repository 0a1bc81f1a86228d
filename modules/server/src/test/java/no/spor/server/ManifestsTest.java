package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What describes how Spor is run (Kubernetes, systemd, the image) names what there is. No engine
/// is needed, and none proves it here.
@Tag("once")
class ManifestsTest {
  private static final Pattern SETTING = Pattern.compile("\\bSPOR_[A-Z_]+");
  private static final String PORT = "8080";

  @TempDir Path data;

  @Test
  void everyProbeAndScrapeAddressIsServedAndThePortIsOne() throws IOException {
    JsonNode pod = named("StatefulSet").at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");
    assertThat(container.at("/ports/0/containerPort").asString()).isEqualTo(PORT);
    assertThat(named("Service").at("/spec/ports/0/port").asString()).isEqualTo(PORT);
    assertThat(named("NetworkPolicy").at("/spec/ingress/0/ports/0/port").asString())
        .isEqualTo(PORT);
    try (RunningSpor spor = RunningSpor.on(data)) {
      List<String> paths = new ArrayList<>();
      for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
        paths.add(container.path(probe).at("/httpGet/path").asString());
      }
      paths.add(named("Service").at("/metadata/annotations/prometheus.io~1path").asString());
      paths.add(
          PanelQueries.yaml("ops/prometheus/prometheus.yaml")
              .at("/scrape_configs/0/metrics_path")
              .asString());
      assertThat(paths)
          .allSatisfy(path -> assertThat(spor.get(path, null).status()).isEqualTo(200));
    }
  }

  @Test
  void nothingRunsAsRootOrWritesWhereItMustNot() throws IOException {
    JsonNode pod = named("StatefulSet").at("/spec/template/spec");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    List<JsonNode> containers = new ArrayList<>();
    pod.path("containers").forEach(containers::add);
    pod.path("initContainers").forEach(containers::add);
    assertThat(containers)
        .hasSize(2)
        .allSatisfy(container -> {
          JsonNode context = container.path("securityContext");
          assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
          assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
          assertThat(context.at("/capabilities/drop/0").asString()).isEqualTo("ALL");
        });
    assertThat(named("NetworkPolicy").at("/spec/egress")).isEmpty();
    assertThat(read("ops/Containerfile")).contains("USER 10001:10001", "-XX:AOTCache=");
    assertThat(read("ops/systemd/spor.service"))
        .contains("User=spor", "ProtectSystem=strict", "NoNewPrivileges=true", "LimitCORE=0");
  }

  @Test
  void labelsPodsAndFilesReferToOneAnother() throws IOException {
    JsonNode set = named("StatefulSet");
    JsonNode labels = set.at("/spec/template/metadata/labels");
    assertThat(set.at("/spec/selector/matchLabels")).isEqualTo(labels);
    assertThat(named("Service").at("/spec/selector")).isEqualTo(labels);
    assertThat(named("PodDisruptionBudget").at("/spec/selector/matchLabels")).isEqualTo(labels);
    assertThat(named("NetworkPolicy").at("/spec/podSelector/matchLabels")).isEqualTo(labels);
    Set<String> volumes = new TreeSet<>();
    set.at("/spec/template/spec/volumes").forEach(one -> volumes.add(one.path("name").asString()));
    set.at("/spec/volumeClaimTemplates")
        .forEach(one -> volumes.add(one.at("/metadata/name").asString()));
    set.at("/spec/template/spec/containers/0/volumeMounts")
        .forEach(mount -> assertThat(volumes).contains(mount.path("name").asString()));
    for (JsonNode resource :
        PanelQueries.yaml("ops/kubernetes/base/kustomization.yaml").path("resources")) {
      assertThat(Repository.file("ops/kubernetes/base/" + resource.asString())).exists();
    }
    assertThat(Repository.file("ops/kubernetes/base/kustomization.yaml")).exists();
  }

  @Test
  void everySettingThatIsNamedIsOneTheServerKnows() throws IOException {
    Set<String> known = new TreeSet<>();
    Matcher documented = SETTING.matcher(read("README.md") + read("modules/server/README.md"));
    while (documented.find()) {
      known.add(documented.group());
    }
    known.add("SPOR_STORE");
    known.add("SPOR_MONGODB_URI");
    List<Path> files;
    try (Stream<Path> all =
        Stream.concat(
            Files.walk(Repository.file("ops/kubernetes")),
            Stream.concat(
                Files.walk(Repository.file("ops/systemd")),
                Stream.of(Repository.file("ops/Containerfile"))))) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSizeGreaterThan(8);
    for (Path file : files) {
      Matcher named = SETTING.matcher(Files.readString(file));
      while (named.find()) {
        assertThat(known).as("%s", file).contains(named.group());
      }
    }
  }

  @Test
  void kustomizeBuildsBothSetsWhereItIsThere() throws Exception {
    assumeThat(onPath("kubectl")).as("skipped: no kubectl on the path").isTrue();
    for (String set : List.of("base", "mongodb")) {
      Process kubectl =
          new ProcessBuilder("kubectl", "kustomize", "ops/kubernetes/" + set)
              .directory(Repository.file(".").toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(kubectl.waitFor()).as(said).isZero();
      List<String> kinds = new ArrayList<>();
      for (String document : said.split("\n---\n")) {
        JsonNode one = new YAMLMapper().readTree(document);
        kinds.add(one.path("kind").asString());
        if (!kinds.getLast().equals("Namespace")) {
          assertThat(one.at("/metadata/namespace").asString()).as(document).isEqualTo("spor");
        }
      }
      assertThat(kinds)
          .containsExactlyInAnyOrder(
              "Namespace", "Service", "StatefulSet", "PodDisruptionBudget", "NetworkPolicy");
    }
  }

  /// No schema is at hand: that all of it can be read, and that no key is there twice.
  @Test
  void everyYamlFileCanBeReadAndSaysNothingTwice() throws IOException {
    YAMLMapper strict =
        YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    List<Path> files;
    try (Stream<Path> all =
        Stream.concat(Files.walk(Repository.file("ops")), Files.walk(Repository.file("grafana")))) {
      files = all.filter(file -> file.toString().endsWith(".yaml")).toList();
    }
    assertThat(files).hasSizeGreaterThan(10);
    for (Path file : files) {
      assertThat(strict.readTree(Files.readAllBytes(file)).isObject()).as("%s", file).isTrue();
    }
  }

  @Test
  void theComposeFilesNameFilesThatAreThereAndRunSporAsTheImageDoes() throws IOException {
    for (String file : List.of("ops/compose.yaml", "ops/compose-single.yaml")) {
      JsonNode services = PanelQueries.yaml(file).path("services");
      assertThat(services.isEmpty()).as(file).isFalse();
      for (JsonNode service : services) {
        for (JsonNode volume : service.path("volumes")) {
          String source = volume.asString().split(":")[0];
          if (source.startsWith(".")) {
            assertThat(Repository.file("ops").resolve(source)).as(file).exists();
          }
        }
        JsonNode build = service.path("build");
        if (!build.isMissingNode()) {
          Path context = Repository.file("ops").resolve(build.path("context").asString());
          assertThat(context.resolve(build.path("dockerfile").asString())).as(file).exists();
          assertThat(service.path("read_only").asBoolean()).as(file).isTrue();
        }
      }
    }
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static JsonNode named(String kind) throws IOException {
    try (Stream<Path> files = Files.list(Repository.file("ops/kubernetes/base"))) {
      for (Path file : files.sorted().toList()) {
        JsonNode document = new YAMLMapper().readTree(Files.readAllBytes(file));
        if (document.path("kind").asString("").equals(kind)) {
          return document;
        }
      }
    }
    throw new IllegalStateException("no " + kind);
  }

  private static String read(String path) throws IOException {
    return Files.readString(Repository.file(path));
  }
}
