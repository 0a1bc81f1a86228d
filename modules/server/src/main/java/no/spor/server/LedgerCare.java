package no.spor.server;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.BiConsumer;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.identity.IdentityException;
import no.spor.ledger.identity.LedgerIdentity;
import no.spor.ledger.identity.LedgerKeys;
import no.spor.vault.RootKey;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;

/// What an operator does to a ledger's key and origin, on a data directory that no server uses.
/// Each is durable when it returns; after a crash on the way, starting the server, or doing it
/// again, brings it to its end.
public final class LedgerCare {
  private LedgerCare() {}

  /// Changes the key that signs checkpoints. Both keys sign that, and the newest checkpoint.
  ///
  /// @return the new verifier key
  public static String rotateKey(NodeOptions options, InstantSource clock) {
    // A ledger that would not be served has no key to rotate.
    Node.open(options, clock).close();
    withKeys(options, clock, (stores, keys) -> identity(stores, keys, clock).rotate(clock));
    return recordedKey(options, clock);
  }

  /// Lets a ledger that was restored on purpose go on under a new origin and key.
  ///
  /// @return the new verifier key
  public static String continueUnder(NodeOptions options, String origin, InstantSource clock) {
    withKeys(
        options,
        clock,
        (stores, keys) -> {
          if (stores.ledger().newest().isEmpty()) {
            throw new IdentityException("there is no ledger that could go on");
          }
          LedgerIdentity.continueUnder(stores.checkpoints(), keys, origin, clock);
        });
    return recordedKey(options, clock);
  }

  /// Opening records what has changed, before anything else.
  private static String recordedKey(NodeOptions options, InstantSource clock) {
    try (Node node = Node.open(options, clock)) {
      return node.publicLedger().keys().getFirst();
    }
  }

  private static LedgerIdentity identity(Stores stores, LedgerKeys keys, InstantSource clock) {
    CheckpointStore checkpoints = stores.checkpoints();
    return LedgerIdentity.open(checkpoints, keys, stores.ledger().ledger(), false, null, clock);
  }

  private static void withKeys(
      NodeOptions options, InstantSource clock, BiConsumer<Stores, LedgerKeys> work) {
    SecureRandom random = new SecureRandom();
    try (Opened opened = new Opened()) {
      Stores stores = opened.add(Stores.open(options));
      RootKey root =
          opened.add(
              RootKey.open(
                  options.root(), stores.mayMakeRoot(), System.getenv("SPOR_ROOT_PIN"), random));
      Vault vault =
          opened.add(
              Vault.open(
                  stores.keys(),
                  stores.epochs(),
                  root,
                  stores.ledger().ledger(),
                  VaultOptions.DEFAULTS,
                  clock,
                  random));
      work.accept(stores, new VaultLedgerKeys(vault));
    }
  }
}
