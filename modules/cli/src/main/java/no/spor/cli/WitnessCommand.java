package no.spor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteException;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.witness.Witness;
import no.spor.ledger.witness.WitnessFolder;
import no.spor.ledger.witness.WitnessServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor witness`: remembers for others how long their ledgers were.
@Command(
    name = "witness",
    description = {
      "Runs a witness (C2SP tlog-witness): it cosigns a ledger's checkpoints as long as each continues"
          + " the one before, and refuses one that goes back or says something else.",
      "Run it where the ledger's operator has no say. Never put back an old copy of its folder."
    },
    mixinStandardHelpOptions = true)
final class WitnessCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder of the key and of what was cosigned (default: ${DEFAULT-VALUE})",
      defaultValue = "witness")
  private Path data;

  @Option(
      names = "--log",
      paramLabel = "VKEY",
      required = true,
      arity = "1..*",
      description =
          "verifier key of a ledger to cosign, as its /ledger/key shows it; several keys of one"
              + " origin are one ledger's")
  private List<String> logs;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "the witness's name, a URL without scheme, set at the first start (default:"
              + " spor.invalid/witness)")
  private @Nullable String name;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "0 picks a free one (default: ${DEFAULT-VALUE})",
      defaultValue = "8081")
  private int port;

  @Option(
      names = "--address",
      paramLabel = "HOST",
      description = "address to listen on (default: ${DEFAULT-VALUE}, this machine only)",
      defaultValue = "127.0.0.1")
  private String address;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    try (WitnessFolder folder = WitnessFolder.open(data)) {
      NoteKey key = folder.key(name, new SecureRandom());
      Witness witness = new Witness(verifiers(), folder, key.signer(InstantSource.system()));
      try (WitnessServer server =
          WitnessServer.start(witness, new InetSocketAddress(address, port))) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("witness key: " + key.verifier().vkey());
        out.println("ready: http://" + host() + ":" + server.port());
        out.flush();
        new CountDownLatch(1).await();
      }
      return 0;
    } catch (IOException | NoteException failed) {
      throw new CommandFailedException(String.valueOf(failed.getMessage()));
    }
  }

  private List<NoteVerifier> verifiers() {
    List<NoteVerifier> keys = logs.stream().map(NoteVerifier::of).toList();
    for (NoteVerifier key : keys) {
      if (key.type() != KeyType.ED25519) {
        throw CommandFailedException.said("failed.witness-key", key.name());
      }
    }
    return keys;
  }

  private String host() {
    return address.contains(":") ? "[" + address + "]" : address;
  }
}
