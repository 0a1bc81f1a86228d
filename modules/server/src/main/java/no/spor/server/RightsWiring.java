package no.spor.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import no.spor.activity.TimelineStore;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.Freshness;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.SporAxon;
import no.spor.rights.AccountClosing;
import no.spor.rights.EpochRotation;
import no.spor.rights.ErasureCertificates;
import no.spor.rights.ErasureCompletion;
import no.spor.rights.ErasureRegister;
import no.spor.rights.ErasureRequests;
import no.spor.rights.ForgottenAgain;
import no.spor.rights.KeyStoreFollower;
import no.spor.rights.OwnerlessPseudonyms;
import no.spor.rights.RetentionStore;
import no.spor.rights.SubjectRecords;
import no.spor.vault.KeyStore;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// The room `rights` in a [Node], step by step: [#follow] before the ledger is opened, the two
/// followers with it, [#register] and [#complete] with Axon, [#requests] when all stand.
final class RightsWiring implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RightsWiring.class.getName());

  private final KeyStore keys;
  private final Vault vault;
  private final SealedPayloads payloads;
  private final Freshness freshness;
  private final KeyStoreFollower keyStore;
  private final ErasureRegister erasures;
  private final OwnerlessPseudonyms ownerless = new OwnerlessPseudonyms();
  private final AccountClosing accounts;
  private @Nullable LedgerStore blocks;
  private @Nullable Ledger ledger;
  private volatile @Nullable Commands commands;
  private volatile @Nullable EpochRotation epochs;

  RightsWiring(KeyStore keys, Vault vault, SealedPayloads payloads, Freshness freshness) {
    this.keys = keys;
    this.vault = vault;
    this.payloads = payloads;
    this.freshness = freshness;
    this.keyStore = new KeyStoreFollower(keys, vault, payloads);
    this.erasures = new ErasureRegister(payloads);
    this.accounts = new AccountClosing(this::commands, vault, erasures);
  }

  /// The key store forgets what the ledger says before anything is served.
  ///
  /// @param continuedUnder the ledger's key, where it began a new origin
  void follow(LedgerStore store, Supplier<Optional<String>> continuedUnder) {
    blocks = store;
    keyStore.start(store, continuedUnder);
    erasures.start(store);
  }

  KeyStoreFollower keyStore() {
    return keyStore;
  }

  ErasureRegister erasures() {
    return erasures;
  }

  OwnerlessPseudonyms ownerless() {
    return ownerless;
  }

  AccountClosing accounts() {
    return accounts;
  }

  SporAxon.Builder register(SporAxon.Builder axon) {
    return ErasureRequests.register(Upkeep.register(axon)).projection(accounts);
  }

  private Commands commands() {
    return Objects.requireNonNull(commands);
  }

  /// To be started when Axon is, and closed before the ledger.
  ///
  /// @param viewApplied every record below this position is in the view
  /// @param published size of the ledger under the newest published checkpoint
  /// @param kept remembers how far parts were dropped
  ErasureCompletion complete(
      Commands sender,
      Ledger opened,
      TimelineStore view,
      LongSupplier viewApplied,
      LongSupplier published,
      RetentionStore kept) {
    commands = sender;
    ledger = opened;
    ErasureCompletion completion =
        new ErasureCompletion(
            sender,
            new ErasureCompletion.Stores(
                opened,
                Objects.requireNonNull(blocks),
                keys,
                view,
                viewApplied,
                published,
                this::rotatesAt,
                kept,
                freshness.limit()),
            keyStore,
            erasures,
            ownerless,
            new ForgottenAgain(sender, vault, erasures, keyStore));
    completion.tellViews();
    return completion;
  }

  /// Before anything is served, and when commands can be sent.
  void forgetAgain() {
    try {
      int said = new ForgottenAgain(commands(), vault, erasures, keyStore).say();
      if (said > 0) {
        LOG.log(
            Level.WARNING,
            "The ledger did not know of {0} erasures that were carried out: they are recorded and carried out again.",
            said);
      }
    } catch (KeysUnavailableException behind) {
      // Nothing personal can be opened until it can, and then it is said by the completion.
    }
  }

  private @Nullable Instant rotatesAt() {
    EpochRotation rotation = epochs;
    return rotation == null ? null : rotation.horizon().rotatesAt();
  }

  /// Known only when the node stands.
  void rotatedBy(EpochRotation rotation) {
    epochs = rotation;
  }

  ErasureCertificates certificates(Publishing publishing) {
    return new ErasureCertificates(
        erasures,
        Objects.requireNonNull(ledger),
        Objects.requireNonNull(blocks).ledger(),
        publishing.publisher(),
        publishing.checkpoints(),
        publishing.identity()::keysOfOrigin);
  }

  ErasureRequests requests(
      SubjectRecords subjects, Publishing publishing, InstantSource clock, SecureRandom random) {
    return new ErasureRequests(
        commands(),
        Objects.requireNonNull(ledger),
        vault,
        payloads,
        keyStore,
        erasures,
        subjects,
        () -> newestNote(publishing),
        clock,
        random);
  }

  private static @Nullable String newestNote(Publishing publishing) {
    CheckpointStore.Published newest = publishing.publisher().published();
    return newest.checkpoint().size() == 0 ? null : newest.note();
  }

  @Override
  public void close() {
    keyStore.close();
  }
}
