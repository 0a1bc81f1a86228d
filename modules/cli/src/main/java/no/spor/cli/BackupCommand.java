package no.spor.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import no.spor.server.backup.Backups;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spor backup`: copies ledger and keys while a server works on them.
@Command(
    name = "backup",
    description = {
      "Copies ledger and keys of a data directory, as they are at one moment, while the server"
          + " works.",
      "DIR/ledger and DIR/keys are to be kept apart. The root key, the checkpoints and the epoch"
          + " keys are in no backup."
    },
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "a new directory; left out to copy the epoch keys alone")
  private @Nullable Path backup;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data directory (default: ${DEFAULT-VALUE})",
      defaultValue = "${env:SPOR_DATA:-data}")
  private Path data;

  @Option(
      names = "--epochs",
      paramLabel = "FILE",
      description =
          "writes the one copy of the epoch keys there, in place of the last: keep it apart from"
              + " backups and never keep an older one")
  private @Nullable Path epochs;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path target = backup;
    Path escrow = epochs;
    if (target == null && escrow == null) {
      throw Words.of(spec).failed("backup.where");
    }
    if (!Files.isDirectory(data)) {
      throw CommandFailedException.said("failed.no-data", data);
    }
    PrintWriter out = spec.commandLine().getOut();
    try {
      if (target != null) {
        Backups.Made made = Backups.make(data, target, InstantSource.system());
        out.println(
            Words.of(spec)
                .say(
                    "backup.made",
                    made.events(),
                    made.blocks(),
                    made.bytes(),
                    target.resolve("ledger"),
                    target.resolve("keys")));
      }
      if (escrow != null) {
        Backups.escrow(data, escrow, InstantSource.system());
        out.println(Words.of(spec).say("backup.epochs", escrow));
      }
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
    return 0;
  }
}
