package no.spor.cli;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import no.spor.server.LedgerCopy;
import no.spor.server.MongoOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor copy`: moves house.
@Command(
    name = "copy",
    description = {
      "Copies a ledger between a data directory and MongoDB, byte for byte, in either direction.",
      "Resumable. Copies no keys: without its key store a copy proves, but opens nothing."
    },
    mixinStandardHelpOptions = true)
final class CopyCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      paramLabel = "DIR|URI",
      required = true,
      description = "data directory that no server uses now, or connection string of MongoDB")
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
    try {
      copied = LedgerCopy.copy(place(from), place(to), blocks -> {});
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
    spec.commandLine()
        .getOut()
        .printf(
            "copied: %d blocks, %d records, root %s%n",
            copied.blocks(), copied.size(), HexFormat.of().formatHex(copied.root()));
    return 0;
  }

  private LedgerCopy.Place place(String name) {
    return name.startsWith("mongodb://") || name.startsWith("mongodb+srv://")
        ? new LedgerCopy.Place(null, MongoOptions.on(name, database, allowStandalone))
        : new LedgerCopy.Place(Path.of(name), null);
  }
}
