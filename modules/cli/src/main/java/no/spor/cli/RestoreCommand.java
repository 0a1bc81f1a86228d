package no.spor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import no.spor.server.RestoreDrill;
import no.spor.server.backup.Backups;
import no.spor.server.backup.Backups.Half;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `spor restore`: puts a backup back, or proves that it could be.
@Command(
    name = "restore",
    description = {
      "Puts a backup into a data directory that lacks what it holds and that no server uses.",
      "With --drill: proves that it could be put back, touching nothing."
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "a backup: what `spor backup DIR` wrote")
  private Path backup;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data directory (default: ${DEFAULT-VALUE})",
      defaultValue = "${env:SPOR_DATA:-data}")
  private Path data;

  @Option(
      names = "--only",
      paramLabel = "HALF",
      description = "ledger or keys, where only that one was lost")
  private @Nullable String only;

  @Option(
      names = "--epochs",
      paramLabel = "FILE",
      description =
          "the copy of the epoch keys (`spor backup --epochs FILE`), where the data directory lost"
              + " its own")
  private @Nullable Path epochs;

  @Option(
      names = "--drill",
      description =
          "copies the backup into a folder of its own, verifies and opens it, and deletes that"
              + " folder")
  private boolean drill;

  @Option(
      names = "--in",
      paramLabel = "DIR",
      description = "with --drill: where there is room for the copy (default: beside the backup)")
  private @Nullable Path room;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_ROOT_FILE}",
      description = "with --drill: the root key's file (default: root.key in the data directory)")
  private @Nullable Path root;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    try {
      return drill ? prove() : restore();
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
  }

  private int restore() {
    PrintWriter out = spec.commandLine().getOut();
    Words words = Words.of(spec);
    Backups.restore(backup, data, halves(), epochs)
        .forEach((half, events) ->
            out.println(
                words.say("restore.put-back", half.name().toLowerCase(Locale.ROOT), events)));
    out.println(words.say("restore.next", data, data));
    return 0;
  }

  private Set<Half> halves() {
    return switch (only) {
      case null -> EnumSet.allOf(Half.class);
      case "ledger" -> EnumSet.of(Half.LEDGER);
      case "keys" -> EnumSet.of(Half.KEYS);
      default -> throw Words.of(spec).failed("restore.only");
    };
  }

  private int prove() {
    Path rootFile = root == null || root.toString().isBlank() ? data.resolve("root.key") : root;
    Path folder = room == null ? backup.toAbsolutePath() : room;
    Path own = folder.resolve("epochs-of-the-drill");
    try {
      Path copy = epochs;
      if (copy == null) {
        Files.createDirectories(folder);
        Backups.copyEpochs(data, own);
        copy = own;
      }
      RestoreDrill.Proof proof =
          RestoreDrill.run(backup, copy, rootFile, folder, InstantSource.system());
      spec.commandLine()
          .getOut()
          .println(
              Words.of(spec)
                  .say(
                      "restore.usable",
                      proof.events(),
                      proof.blocks(),
                      proof.opened(),
                      proof.forgotten()));
      return 0;
    } catch (IOException unwritable) {
      throw Words.of(spec).failed("restore.room");
    } finally {
      try {
        Files.deleteIfExists(own);
      } catch (IOException left) {
        spec.commandLine().getErr().println(Words.of(spec).say("restore.left", own));
      }
    }
  }
}
