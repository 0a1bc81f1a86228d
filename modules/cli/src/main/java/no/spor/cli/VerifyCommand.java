package no.spor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.VerifierKey;
import no.spor.server.MongoOptions;
import no.spor.server.NodeOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor verify`: whether recorded history is intact. Exit code 0: sound; 1: not, and says what and
/// where; 2: could not check.
@Command(
    name = "verify",
    description = {
      "Checks that recorded history is intact: nothing altered, dropped or reordered.",
      "Of a directory (--data) or MongoDB (--store) everything, changing nothing; of a server"
          + " (--url) the public tree and, with SPOR_KEY of a tenant, that tenant's own events; of"
          + " a file (--proof) that an event stands in the log. Exit code 0: sound; 1: not; 2:"
          + " could not check."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private static final int NOT_CHECKED = 2;

  @Option(names = "--data", paramLabel = "DIR", description = "data directory")
  private @Nullable Path data;

  @Mixin private ServerAccess server;

  @Mixin private MongoAccess mongo;

  @Option(
      names = "--since",
      paramLabel = "CHECKPOINT_FILE",
      description = "an older checkpoint that was kept: the ledger must continue it")
  private @Nullable Path since;

  @Option(names = "--proof", paramLabel = "FILE", description = "a proof, as /proof gave it")
  private @Nullable Path proof;

  @Option(
      names = "--vkey",
      paramLabel = "VKEY",
      description =
          "the ledger's verifier key, which you had before; without it the one that is shown is"
              + " believed, and that is said")
  private @Nullable String vkey;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_ROOT_FILE}",
      description = "the root key's file: with it, periods can be read too")
  private @Nullable Path root;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description =
          "keeps in FILE how far the check has come, and goes on from there; it is deleted at the"
              + " end")
  private @Nullable Path resume;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "how many cores to use (default: all)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    try {
      return check();
    } catch (CommandFailedException failed) {
      return notChecked(failed.in(words()));
    } catch (IllegalArgumentException failed) {
      return notChecked(String.valueOf(failed.getMessage()));
    } catch (IOException failed) {
      return notChecked(words().say("verify.file", failed.getMessage()));
    } catch (LedgerDamageException damaged) {
      spec.commandLine().getOut().println(words().say("verify.damaged", damaged.getMessage()));
      return 1;
    } catch (RuntimeException failed) {
      return notChecked(StartFailure.sentence(failed));
    }
  }

  private Words words() {
    return Words.of(spec);
  }

  private int notChecked(String why) {
    spec.commandLine().getErr().println(words().say("verify.unchecked-why", why));
    return NOT_CHECKED;
  }

  private int check() throws IOException {
    NodeOptions stores = stores();
    boolean ofServer = server.given() && stores == null;
    VerifierKey held = vkey == null ? null : VerifierKey.parse(vkey);
    VerifyOutput out =
        new VerifyOutput(spec.commandLine().getOut(), spec.commandLine().getErr(), words());
    if (proof != null) {
      return new VerifyProof(out).check(Files.readAllBytes(proof), keys(held, stores));
    }
    List<byte[]> older = new ArrayList<>();
    if (since != null) {
      older.add(Files.readAllBytes(since));
    }
    VerifyProgress kept = new VerifyProgress(out, resume);
    Report report;
    if (stores != null) {
      report = new VerifyData(out, threads, kept).check(stores, held, older);
    } else if (ofServer) {
      report = new VerifyServer(out, server, kept).check(held, older);
    } else {
      throw words().failed("verify.say-what");
    }
    return out.print(report);
  }

  /// @return the stores to be verified; null for a server or a file
  private @Nullable NodeOptions stores() {
    MongoOptions elsewhere = mongo.options();
    boolean named = spec.commandLine().getParseResult().hasMatchedOption("--store");
    if (elsewhere != null && (named || (data == null && !server.given()))) {
      Path folder = data == null ? Path.of("data") : data;
      return NodeOptions.caring(folder, root()).withMongo(elsewhere);
    }
    return data == null ? null : NodeOptions.caring(data, root());
  }

  private @Nullable Path root() {
    return root == null || root.toString().isBlank() ? null : root;
  }

  /// @return the keys that a proof's checkpoint may be signed with
  private KeyChain keys(@Nullable VerifierKey held, @Nullable NodeOptions stores) {
    if (held != null) {
      return KeyChain.of(List.of(held));
    }
    if (stores != null) {
      return VerifyData.keys(stores);
    }
    if (server.given()) {
      return VerifyServer.keys(server, null);
    }
    throw words().failed("verify.proof-key");
  }
}
