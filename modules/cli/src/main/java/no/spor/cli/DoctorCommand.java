package no.spor.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import no.spor.server.doctor.DirectoryCheck;
import no.spor.server.doctor.Finding;
import no.spor.server.doctor.Finding.Level;
import no.spor.server.doctor.ServerCheck;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor doctor`: looks at everything and says what to do.
@Command(
    name = "doctor",
    description = {
      "Looks at a data directory (while a server uses it, too) and, with --url, at a running"
          + " server, and says what to do.",
      "Exit code: 0 all is well, 3 something is to be looked after, 1 something is to be mended"
          + " now."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final int WARNINGS = 3;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data directory (default: ${DEFAULT-VALUE})",
      defaultValue = "${env:SPOR_DATA:-data}")
  private Path data;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_ROOT_FILE}",
      description = "the root key's file (default: root.key in the data directory)")
  private @Nullable Path root;

  @Mixin private ServerAccess server;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<Finding> findings = new ArrayList<>();
    Path rootFile = root == null || root.toString().isBlank() ? data.resolve("root.key") : root;
    findings.addAll(DirectoryCheck.of(data, rootFile, Instant.now()));
    if (server.given()) {
      findings.addAll(serverCheck());
    }
    PrintWriter out = spec.commandLine().getOut();
    Words words = Words.of(spec);
    for (Finding finding : findings) {
      String level = words.say("doctor." + finding.level().name().toLowerCase(Locale.ROOT));
      out.printf("%-8s %s%n", level, finding.what(words.locale()));
      if (finding.level() != Level.WELL) {
        out.println(words.say("doctor.do", finding.advice(words.locale())));
      }
    }
    if (!server.given()) {
      out.println(words.say("doctor.no-server"));
    }
    Level worst = findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.WELL);
    return switch (worst) {
      case WELL -> 0;
      case WARNING -> WARNINGS;
      case TROUBLE -> 1;
    };
  }

  private List<Finding> serverCheck() {
    try {
      return ServerCheck.of(server.getOpen("/actuator/prometheus"));
    } catch (CommandFailedException unreachable) {
      return List.of(Finding.trouble("unreachable", unreachable.in(Words.of(spec))));
    }
  }
}
