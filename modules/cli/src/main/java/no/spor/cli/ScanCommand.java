package no.spor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import no.spor.cli.BillOfMaterials.Component;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor scan`: what the program consists of, and whether that is in order.
@Command(
    name = "scan",
    description = {
      "Goes through the program's bill of materials (CycloneDX): whether each library is what the bill"
          + " says, comes under a licence that is allowed, and is there in one version; and whether"
          + " any has known vulnerabilities.",
      "Those are looked up in OSV files (--advisories) or, only with --online, at api.osv.dev, which"
          + " then learns what the libraries are.",
      "Exit code: 0 nothing found, 1 something found, 2 vulnerabilities were not looked for."
    },
    mixinStandardHelpOptions = true)
final class ScanCommand implements Callable<Integer> {
  private static final int NOT_LOOKED = 2;

  /// Of several licences any may be chosen.
  private static final Set<String> ALLOWED =
      Set.of(
          "0BSD",
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "GPL-2.0-with-classpath-exception",
          "ISC",
          "MIT",
          "MIT-0",
          "UPL-1.0");

  @Option(
      names = "--sbom",
      paramLabel = "FILE",
      required = true,
      description = "the bill of materials; the launcher makes it")
  private Path sbom;

  @Option(
      names = "--libraries",
      paramLabel = "DIR",
      description = "the folder with the program's jar files, to be compared with the bill")
  private @Nullable Path libraries;

  @Option(
      names = "--advisories",
      paramLabel = "PATH",
      description = "OSV files: a folder, one file, or osv-vulnerabilities' all.zip for Maven")
  private @Nullable Path advisories;

  @Option(names = "--online", description = "asks api.osv.dev")
  private boolean online;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    BillOfMaterials bill = BillOfMaterials.read(sbom);
    List<Component> foreign = bill.components().stream().filter(one -> !one.ours()).toList();
    Words words = Words.of(spec);
    List<String> found = new ArrayList<>();
    licences(foreign, found, words);
    versions(foreign, found, words);
    if (libraries != null) {
      compare(foreign, libraries, found, words);
    }
    out.println(words.say("scan.libraries", foreign.size()));
    boolean looked = vulnerabilities(foreign, found, words, out);
    found.forEach(one -> out.println(words.say("scan.found", one)));
    return found.isEmpty() ? (looked ? 0 : NOT_LOOKED) : 1;
  }

  /// @return whether they could be looked for
  private boolean vulnerabilities(
      List<Component> foreign, List<String> found, Words words, PrintWriter out) {
    String why = words.say("scan.how");
    if (advisories != null || online) {
      try {
        Advisories.Result result =
            advisories != null
                ? Advisories.in(advisories, foreign, words)
                : Advisories.online(foreign, words);
        found.addAll(result.found());
        out.println(words.say("scan.looked", result.read()));
        return true;
      } catch (CommandFailedException failed) {
        why = failed.in(words);
      }
    }
    out.println(words.say("scan.not-looked", why));
    return false;
  }

  private static void licences(List<Component> components, List<String> found, Words words) {
    for (Component one : components) {
      if (one.licences().stream().noneMatch(ScanCommand::allowed)) {
        found.add(words.say("scan.licence", one, one.licences()));
      }
    }
  }

  private static boolean allowed(String licence) {
    return Stream.of(licence.replaceAll("[()]", "").split(" OR "))
        .anyMatch(choice -> ALLOWED.containsAll(Set.of(choice.strip().split(" AND "))));
  }

  private static void versions(List<Component> components, List<String> found, Words words) {
    Map<String, Set<String>> versions = new TreeMap<>();
    components.forEach(one ->
        versions.computeIfAbsent(one.coordinates(), _ -> new TreeSet<>()).add(one.version()));
    versions.forEach((name, all) -> {
      if (all.size() > 1) {
        found.add(words.say("scan.versions", name, all));
      }
    });
  }

  private static void compare(
      List<Component> components, Path folder, List<String> found, Words words) {
    Set<String> unexpected = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jar") && !name.startsWith("spor-"))
          .forEach(unexpected::add);
      for (Component one : components) {
        if (!unexpected.remove(one.file())) {
          found.add(words.say("scan.missing", one));
        } else if (!one.sha256().equals(sha256(folder.resolve(one.file())))) {
          found.add(words.say("scan.differs", one.file()));
        }
      }
    } catch (IOException unreadable) {
      throw CommandFailedException.said("failed.file", folder);
    }
    unexpected.forEach(name -> found.add(words.say("scan.unexpected", name)));
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
