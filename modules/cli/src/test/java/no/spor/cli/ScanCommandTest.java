package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is wrong with the libraries is found, and what was not looked for is said.
class ScanCommandTest {
  private static final String ADVISORY =
      """
      {"id":"GHSA-made-up","summary":"reads too much","affected":[
        {"package":{"ecosystem":"Maven","name":"org.example:%s"},%s}]}
      """;

  @TempDir Path folder;
  private Path libraries;

  @BeforeEach
  void make() throws IOException {
    libraries = Files.createDirectories(folder.resolve("lib"));
    Files.writeString(libraries.resolve("reader-1.0.jar"), "reader");
    Files.writeString(libraries.resolve("spor-ledger.jar"), "ours");
  }

  @Test
  void whatIsInOrderIsAndWhatWasNotLookedForIsSaid() throws Exception {
    bill(component("reader", "1.0", "MIT", "reader"));

    Said said = scan();
    assertThat(said.exitCode()).as(said.out() + said.err()).isEqualTo(2);
    assertThat(said.out())
        .contains("1 libraries")
        .contains("NOT looked for")
        .doesNotContain("found:");
    Path none = Files.createDirectories(folder.resolve("none"));
    Said empty = scan("--advisories", none.toString());
    assertThat(empty.exitCode()).isEqualTo(2);
    assertThat(empty.out()).contains("NOT looked for: " + none + " holds no advisories");
    Path one =
        Files.writeString(
            folder.resolve("one.json"), ADVISORY.formatted("reader", "\"versions\":[\"0.9\"]"));
    Said looked = scan("--advisories", one.toString());
    assertThat(looked.exitCode()).isZero();
    assertThat(looked.out()).contains("looked for known vulnerabilities: 1 answers");
  }

  @Test
  void aLibraryThatWasExchangedAddedOrIsMissingIsFound() throws Exception {
    bill(
        component("reader", "1.0", "MIT", "another reader")
            + ","
            + component("gone", "2.0", "Apache-2.0", "gone"));
    Files.writeString(libraries.resolve("smuggled-3.0.jar"), "what is this");

    Said said = scan();
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.out())
        .contains("found: reader-1.0.jar is not what the bill says")
        .contains("found: org.example:gone:2.0 is in the bill, and not among the libraries")
        .contains("found: smuggled-3.0.jar is among the libraries, and not in the bill");
  }

  @Test
  void licencesAndVersionsThatMustNotBeAreFound() throws Exception {
    Files.writeString(libraries.resolve("reader-1.1.jar"), "reader");
    bill(
        component("reader", "1.0", "AGPL-3.0-only", "reader")
            + ","
            + component("reader", "1.1", "AGPL-3.0-only OR MIT", "reader"));

    Said said = scan();
    assertThat(said.out())
        .contains("found: org.example:reader:1.0 comes under none of the allowed licences")
        .contains("found: org.example:reader is there in several versions: [1.0, 1.1]")
        .doesNotContain("reader:1.1 comes under none");
  }

  @Test
  void knownVulnerabilitiesOfTheseVersionsAreFoundAndOfOthersNot() throws Exception {
    bill(component("reader", "1.0", "MIT", "reader"));
    Path zip = folder.resolve("all.zip");
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream files = new ZipOutputStream(out)) {
      entry(files, "1", ADVISORY.formatted("reader", "\"versions\":[\"0.9\",\"1.0\"]"));
      entry(files, "2", ADVISORY.formatted("reader", "\"versions\":[\"0.9\"]"));
      entry(files, "3", ADVISORY.formatted("writer", "\"versions\":[\"1.0\"]"));
      entry(files, "4", ADVISORY.formatted("reader", "\"ranges\":[{\"type\":\"ECOSYSTEM\"}]"));
    }

    Said said = scan("--advisories", zip.toString());
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.out().lines().filter(line -> line.startsWith("found: ")))
        .hasSize(2)
        .anyMatch(line -> line.contains("is affected by GHSA-made-up: reads too much"))
        .anyMatch(line -> line.contains("may be affected"));
  }

  private Said scan(String... more) {
    String[] all = new String[5 + more.length];
    System.arraycopy(
        new String[] {
          "scan", "--sbom", folder.resolve("bill.json") + "", "--libraries", libraries + ""
        },
        0,
        all,
        0,
        5);
    System.arraycopy(more, 0, all, 5, more.length);
    return Said.by(all);
  }

  private void bill(String components) throws Exception {
    Files.writeString(
        folder.resolve("bill.json"),
        "{\"bomFormat\":\"CycloneDX\",\"components\":["
            + component("spor-ledger", "1", "none", "").replace("org.example", "no.spor")
            + ","
            + components
            + "]}");
  }

  private static String component(String name, String version, String licence, String content)
      throws Exception {
    String kind =
        licence.contains(" ") ? "{\"expression\":\"%s\"}" : "{\"license\":{\"id\":\"%s\"}}";
    return """
    {"group":"org.example","name":"%s","version":"%s","purl":"pkg:maven/org.example/%s@%s","licenses":[%s],"hashes":[{"alg":"SHA-256","content":"%s"}]}\
    """
        .formatted(
            name,
            version,
            name,
            version,
            kind.formatted(licence),
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes())));
  }

  private static void entry(ZipOutputStream files, String name, String text) throws IOException {
    files.putNextEntry(new ZipEntry(name + ".json"));
    files.write(text.getBytes());
    files.closeEntry();
  }
}
