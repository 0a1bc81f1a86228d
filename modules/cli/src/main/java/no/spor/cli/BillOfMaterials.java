package no.spor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the program consists of, as its bill of materials says (CycloneDX 1.x, JSON).
///
/// @param components in the order of their names
record BillOfMaterials(List<Component> components) {
  private static final String OWN = "no.spor";

  /// @param group Maven's
  /// @param licences SPDX ids, names or expressions; any of them may be chosen
  /// @param sha256 lower case hexadecimal; empty where the bill has none
  record Component(
      String group, String name, String version, String purl, Set<String> licences, String sha256) {
    /// @return as OSV names packages of Maven
    String coordinates() {
      return group + ":" + name;
    }

    boolean ours() {
      return group.equals(OWN);
    }

    String file() {
      return name + "-" + version + ".jar";
    }

    @Override
    public String toString() {
      return coordinates() + ":" + version;
    }
  }

  static BillOfMaterials read(Path file) {
    JsonNode bill;
    try (InputStream in = Files.newInputStream(file)) {
      bill = JsonMapper.shared().readTree(in);
    } catch (IOException | JacksonException unreadable) {
      throw CommandFailedException.said("failed.file", file);
    }
    if (!bill.path("bomFormat").asString("").equals("CycloneDX")) {
      throw CommandFailedException.said("failed.no-bill", file);
    }
    List<Component> components = new ArrayList<>();
    bill.path("components").forEach(one -> components.add(component(one)));
    components.sort(Comparator.comparing(Component::toString));
    return new BillOfMaterials(List.copyOf(components));
  }

  private static Component component(JsonNode one) {
    Set<String> licences = new TreeSet<>();
    for (JsonNode choice : one.path("licenses")) {
      String expression = choice.path("expression").asString("");
      licences.add(
          expression.isEmpty()
              ? choice.at("/license/id").asString(choice.at("/license/name").asString(""))
              : expression);
    }
    String sha256 = "";
    for (JsonNode hash : one.path("hashes")) {
      if (hash.path("alg").asString("").equals("SHA-256")) {
        sha256 = hash.path("content").asString("").toLowerCase(Locale.ROOT);
      }
    }
    return new Component(
        one.path("group").asString(""),
        one.path("name").asString(""),
        one.path("version").asString(""),
        one.path("purl").asString(""),
        licences,
        sha256);
  }
}
