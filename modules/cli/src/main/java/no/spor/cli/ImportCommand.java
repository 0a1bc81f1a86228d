package no.spor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spor import`: takes files of CloudEvents in, one a line.
@Command(
    name = "import",
    description = {
      "Records CloudEvents from files, one JSON object per line.",
      "Interrupted at any point, say the same again: it goes on where it was, and an event is recorded once."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "into this data directory, without a server; makes the tenants it meets")
  private @Nullable Path data;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_ROOT_FILE}",
      description = "with --data: the root key's file")
  private @Nullable Path root;

  @Mixin private ServerAccess server;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "also .gz; - for standard input")
  private List<Path> files;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (Path file : files) {
      if (!ImportSource.standardInput(file) && !Files.isReadable(file)) {
        throw CommandFailedException.said("failed.file", file);
      }
    }
    ImportTally all = new ImportTally();
    try (ImportTarget target = target()) {
      for (Path file : files) {
        try (ImportRun run =
            ImportRun.open(file, target, spec.commandLine().getErr(), Words.of(spec))) {
          all.add(run.run());
        }
      }
      target.finish();
    }
    spec.commandLine().getOut().println(all.sentence());
    return all.rejected() == 0 ? 0 : 1;
  }

  private ImportTarget target() {
    if (data != null) {
      Path rootFile = root == null || root.toString().isBlank() ? null : root;
      return LocalImportTarget.open(data, rootFile, spec.commandLine().getErr(), Words.of(spec));
    }
    if (!server.given()) {
      throw CommandFailedException.said("failed.import-where");
    }
    return new ServerImportTarget(server);
  }
}
