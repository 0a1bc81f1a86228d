package no.spor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import no.spor.cli.BillOfMaterials.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Known vulnerabilities of components, by the OSV schema (ossf.github.io/osv-schema).
final class Advisories {
  private static final URI OSV = URI.create("https://api.osv.dev/v1/querybatch");
  private final Map<String, Component> wanted = new HashMap<>();
  private final List<String> found = new ArrayList<>();
  private final Words words;
  private int read;

  private Advisories(List<Component> components, Words words) {
    this.words = words;
    components.forEach(one -> wanted.put(one.coordinates(), one));
  }

  /// @param read how many advisories were looked at
  record Result(List<String> found, int read) {}

  /// @param place a directory of JSON files, a ZIP file of them such as OSV's `Maven/all.zip`, or
  ///   one such file
  /// @throws CommandFailedException where there is none
  static Result in(Path place, List<Component> components, Words words) {
    Advisories advisories = new Advisories(components, words);
    try {
      if (Files.isDirectory(place)) {
        try (Stream<Path> files = Files.walk(place)) {
          for (Path file : files.filter(one -> one.toString().endsWith(".json")).toList()) {
            advisories.look(Files.readAllBytes(file));
          }
        }
      } else if (place.toString().endsWith(".json")) {
        advisories.look(Files.readAllBytes(place));
      } else {
        try (InputStream in = Files.newInputStream(place);
            ZipInputStream zip = new ZipInputStream(in)) {
          for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (entry.getName().endsWith(".json")) {
              advisories.look(zip.readAllBytes());
            }
          }
        }
      }
    } catch (IOException | JacksonException unreadable) {
      throw CommandFailedException.said("failed.advisories", place);
    }
    if (advisories.read == 0) {
      throw CommandFailedException.said("failed.no-advisories", place);
    }
    return new Result(List.copyOf(advisories.found), advisories.read);
  }

  private void look(byte[] bytes) {
    JsonNode advisory = JsonMapper.shared().readTree(bytes);
    read++;
    if (advisory.has("withdrawn")) {
      return;
    }
    for (JsonNode affected : advisory.path("affected")) {
      Component component = wanted.get(affected.at("/package/name").asString(""));
      if (component != null && affected.at("/package/ecosystem").asString("").startsWith("Maven")) {
        judge(advisory, affected, component);
      }
    }
  }

  /// Versions are listed one by one, or their order would have to be known.
  private void judge(JsonNode advisory, JsonNode affected, Component component) {
    boolean listed = false;
    for (JsonNode version : affected.path("versions")) {
      listed |= version.asString().equals(component.version());
    }
    if (listed) {
      found.add(
          words.say(
              "scan.affected",
              component,
              advisory.path("id").asString(),
              advisory.path("summary").asString("")));
    } else if (affected.path("versions").isEmpty()) {
      found.add(
          words.say(
              "scan.perhaps", component, advisory.path("id").asString(), affected.path("ranges")));
    }
  }

  /// Asks api.osv.dev, which learns what the program consists of.
  static Result online(List<Component> components, Words words) {
    var question = JsonMapper.shared().createObjectNode();
    ArrayNode queries = question.putArray("queries");
    components.forEach(one -> queries.addObject().putObject("package").put("purl", one.purl()));
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(OSV)
                  .timeout(Duration.ofSeconds(30))
                  .POST(BodyPublishers.ofString(question.toString()))
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("status " + answer.statusCode());
      }
      List<String> found = new ArrayList<>();
      JsonNode results = JsonMapper.shared().readTree(answer.body()).path("results");
      for (int i = 0; i < components.size(); i++) {
        for (JsonNode one : results.path(i).path("vulns")) {
          found.add(
              words.say(
                  "scan.affected",
                  components.get(i),
                  one.path("id").asString(),
                  "https://osv.dev/" + one.path("id").asString()));
        }
      }
      return new Result(found, results.size());
    } catch (IOException | JacksonException unreachable) {
      throw CommandFailedException.said("failed.osv");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.said("failed.interrupted");
    }
  }
}
