package no.spor.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.StoredTiles;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteCheckpointStore;
import no.spor.storage.sqlite.SqliteEpochStore;
import no.spor.storage.sqlite.SqliteKeyStore;
import no.spor.storage.sqlite.SqliteLedgerReader;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;
import no.spor.vault.RootKey;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.jspecify.annotations.Nullable;

/// A data directory as a verifier looks at it: nothing is made, no byte is changed, and nothing of
/// it is believed. A server may use it meanwhile; else no other process can begin to.
public final class StoredLedger implements AutoCloseable {
  private static final int HISTORY = 10_000_000;

  private final Opened opened;
  private final DataDirectory directory;
  private final SqliteLedgerReader ledger;
  private final @Nullable SqliteCheckpointStore checkpoints;
  private @Nullable DomainPayloads payloads;
  private String withoutPayloads = "";

  /// A checkpoint that was published, or cosigned.
  ///
  /// @param name for people
  public record Kept(String name, byte[] note) {}

  private StoredLedger(Path data, @Nullable Path rootFile, Opened opened) {
    this.opened = opened;
    directory = opened.add(DataDirectory.openToRead(data));
    ledger = opened.add(SqliteLedgerReader.open(directory));
    checkpoints =
        Files.exists(directory.path().resolve("checkpoints.db"))
            ? opened.add(SqliteCheckpointStore.open(directory))
            : null;
    try {
      payloads = payloads(rootFile != null ? rootFile : data.resolve("root.key"));
    } catch (RuntimeException noKeys) {
      withoutPayloads = String.valueOf(noKeys.getMessage());
    }
  }

  /// @param rootFile null for `root.key` in the directory
  /// @throws RuntimeException where the directory or its ledger cannot be read
  public static StoredLedger open(Path data, @Nullable Path rootFile) {
    Opened opened = new Opened();
    try {
      return new StoredLedger(data, rootFile, opened);
    } catch (RuntimeException failed) {
      opened.close();
      throw failed;
    }
  }

  private DomainPayloads payloads(Path rootFile) {
    SecureRandom random = new SecureRandom();
    RootKey root =
        opened.add(RootKey.open(rootFile, false, System.getenv("SPOR_ROOT_PIN"), random));
    KeyStore keys = opened.add(SqliteKeyStore.open(directory, new java.util.UUID(0, 0)));
    EpochStore epochs = opened.add(SqliteEpochStore.open(directory));
    Vault vault =
        opened.add(
            Vault.open(
                keys,
                epochs,
                root,
                ledger.ledger(),
                VaultOptions.DEFAULTS,
                InstantSource.system(),
                random));
    return new SealedPayloads(vault);
  }

  public BlockSource blocks() {
    return ledger;
  }

  public StoredTiles tiles() {
    return ledger.tiles();
  }

  /// @return whether a server may be writing meanwhile
  public boolean isShared() {
    return directory.isShared();
  }

  /// @return what opens control records; null where the keys are not at hand
  public @Nullable DomainPayloads payloads() {
    return payloads;
  }

  /// @return why they are not at hand
  public String whyWithoutPayloads() {
    return withoutPayloads;
  }

  /// @return the statements of the ledger's keys; none where no store of checkpoints is there
  public List<String> keyStatements() {
    return checkpoints == null ? List.of() : checkpoints.keyStatements();
  }

  /// @return every checkpoint of an origin that is kept
  public List<Kept> checkpoints(String origin) {
    List<Kept> kept = new ArrayList<>();
    if (checkpoints != null) {
      checkpoints
          .history(origin, 0, HISTORY)
          .forEach(one -> kept.add(kept("the published checkpoint", one)));
      checkpoints.cosigned(origin).ifPresent(one -> kept.add(kept("the cosigned checkpoint", one)));
    }
    return kept;
  }

  private static Kept kept(String what, no.spor.ledger.CheckpointStore.Published one) {
    return new Kept(
        what + " at size " + one.checkpoint().size(), one.note().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    opened.close();
  }
}
