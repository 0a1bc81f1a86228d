package no.spor.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import no.spor.server.LedgerCopy;
import no.spor.server.MongoOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor copy`: moves house.
@Command(
    name = "copy",
    description = {
      "Moves a ledger with its checkpoints, epochs and keys between a data directory and MongoDB,"
          + " byte for byte, in either direction: a server with the same root key goes on there.",
      "No server may use either place meanwhile. Interrupted, say it again. Serve one of the two"
          + " places only, ever after, and destroy the other."
    },
    mixinStandardHelpOptions = true)
final class CopyCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      paramLabel = "DIR|URI",
      required = true,
      description =
          "data directory that no server uses now, or connection string of MongoDB, or mongodb for"
              + " what SPOR_MONGODB_URI and the like in the environment say")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "DIR|URI",
      required = true,
      description = "the same; empty, or what an interrupted copy has left")
  private String to;

  @Option(
      names = "--database",
      paramLabel = "PREFIX",
      defaultValue = "spor",
      description = "prefix of the databases' names on MongoDB (default: ${DEFAULT-VALUE})")
  private String database;

  @Option(
      names = "--allow-standalone",
      defaultValue = "${env:SPOR_MONGODB_ALLOW_STANDALONE:-false}",
      description = "take a server that is no replica set")
  private boolean allowStandalone;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LedgerCopy.Copied copied;
    try (Shown shown = new Shown(Words.of(spec))) {
      copied = LedgerCopy.copy(place(from), place(to), shown);
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
    PrintWriter out = spec.commandLine().getOut();
    Words words = Words.of(spec);
    out.println(
        words.say(
            "copy.ledger",
            copied.blocks(),
            copied.size(),
            HexFormat.of().formatHex(copied.root())));
    out.println(words.say("copy.others", copied.checkpoints(), copied.epochs(), copied.keys()));
    out.println(words.say("copy.next"));
    return 0;
  }

  private static final class Shown implements LedgerCopy.Progress, AutoCloseable {
    private final Words words;
    private @Nullable ProgressBar bar;

    Shown(Words words) {
      this.words = words;
    }

    @Override
    public void at(long done, long all, long records) {
      ProgressBar shown = bar;
      if (shown == null) {
        shown = ProgressBar.onTerminal(words, "bar.copying", all);
        bar = shown;
      }
      shown.at(done, records);
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }

  private LedgerCopy.Place place(String name) {
    if (name.equals("mongodb")) {
      return new LedgerCopy.Place(null, MongoOptions.ofEnvironment());
    }
    return name.startsWith("mongodb://") || name.startsWith("mongodb+srv://")
        ? new LedgerCopy.Place(null, MongoOptions.on(name, database, allowStandalone))
        : new LedgerCopy.Place(Path.of(name), null);
  }
}
