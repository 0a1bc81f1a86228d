package no.spor.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;
import no.spor.server.LedgerCare;
import no.spor.server.MongoOptions;
import no.spor.server.NodeOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor ledger`: the ledger's key and origin.
@Command(
    name = "ledger",
    description = "Changes the ledger's key or origin. The server must be stopped.",
    mixinStandardHelpOptions = true)
final class LedgerCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "rotate-key",
      description = {
        "Changes the key that signs checkpoints, and prints the new verifier key.",
        "Who holds the former key can follow: both keys sign the change (GET /ledger/key/N) and the"
            + " newest checkpoint. Tell witnesses the new key before the server starts again."
      },
      mixinStandardHelpOptions = true)
  int rotateKey(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              defaultValue = "${env:SPOR_DATA:-data}",
              description = "data directory (default: ${DEFAULT-VALUE})")
          Path data,
      @Option(
              names = "--root",
              paramLabel = "FILE",
              defaultValue = "${env:SPOR_ROOT_FILE}",
              description = "the root key's file")
          @Nullable Path root,
      @Mixin MongoAccess mongo) {
    return run(data, root, mongo, options -> LedgerCare.rotateKey(options, InstantSource.system()));
  }

  @Command(
      name = "continue",
      description = {
        "Lets a ledger that was restored on purpose to an earlier point go on, under a new origin"
            + " and a new key, and prints the new verifier key.",
        "What came after that point is lost. Checkpoints of the former origin can no longer be"
            + " continued, and stay as they are; the ledger's next record names the last of them."
      },
      mixinStandardHelpOptions = true)
  int continueLedger(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              defaultValue = "${env:SPOR_DATA:-data}",
              description = "data directory (default: ${DEFAULT-VALUE})")
          Path data,
      @Option(
              names = "--root",
              paramLabel = "FILE",
              defaultValue = "${env:SPOR_ROOT_FILE}",
              description = "the root key's file")
          @Nullable Path root,
      @Mixin MongoAccess mongo,
      @Option(
              names = "--origin",
              paramLabel = "NAME",
              required = true,
              description = "the new origin, a URL without a scheme, such as example.com/log/2")
          String origin,
      @Option(names = "--yes", description = "it cannot be undone: without this nothing is done")
          boolean yes) {
    if (!yes) {
      throw CommandFailedException.said("failed.continue", data, origin);
    }
    return run(
        data,
        root,
        mongo,
        options -> LedgerCare.continueUnder(options, origin, InstantSource.system()));
  }

  private int run(
      Path data, @Nullable Path root, MongoAccess mongo, Function<NodeOptions, String> work) {
    if (!Files.isDirectory(data)) {
      throw CommandFailedException.said("failed.no-data", data);
    }
    Path rootFile = root == null || root.toString().isBlank() ? null : root;
    try {
      NodeOptions options = NodeOptions.caring(data, rootFile);
      MongoOptions elsewhere = mongo.options();
      String key = work.apply(elsewhere == null ? options : options.withMongo(elsewhere));
      PrintWriter out = spec.commandLine().getOut();
      out.println(key);
      return 0;
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
  }
}
