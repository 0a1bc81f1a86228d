package no.spor.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.tree.TileStore;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.StoredTiles;
import no.spor.rights.verify.KeptKeys;
import no.spor.storage.mongodb.MongoCheckpointStore;
import no.spor.storage.mongodb.MongoEpochStore;
import no.spor.storage.mongodb.MongoKeyStore;
import no.spor.storage.mongodb.MongoLedgerStore;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteCheckpointStore;
import no.spor.storage.sqlite.SqliteEpochStore;
import no.spor.storage.sqlite.SqliteKeptKeys;
import no.spor.storage.sqlite.SqliteKeyStore;
import no.spor.storage.sqlite.SqliteLedgerReader;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;
import no.spor.vault.RootKey;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.jspecify.annotations.Nullable;

/// Stores as a verifier looks at them: nothing is made, in files no byte is changed, and nothing of
/// it is believed. A server may use them meanwhile; else no other process can begin to use a data
/// directory.
public final class StoredLedger implements AutoCloseable {
  private static final int HISTORY = 10_000_000;
  private static final int TILE = 256;

  private final Opened opened = new Opened();
  private final BlockSource ledger;
  private final StoredTiles tiles;
  private final boolean shared;
  private final @Nullable CheckpointStore checkpoints;
  private final @Nullable KeptKeys keptKeys;
  private @Nullable DomainPayloads payloads;
  private String withoutPayloads = "";

  /// A checkpoint that was published, or cosigned.
  ///
  /// @param name for people
  public record Kept(String name, byte[] note) {}

  private StoredLedger(NodeOptions options) {
    try {
      MongoOptions mongo = options.mongo();
      if (mongo != null) {
        MongoLedgerStore blocks =
            opened.add(MongoLedgerStore.openToRead(mongo.ledger(), MongoStores.LEDGER));
        ledger = BlockSource.of(blocks);
        tiles = kept(blocks.tiles());
        shared = true;
        keptKeys = null;
        checkpoints = opened.add(MongoCheckpointStore.open(mongo.checkpoints()));
        open(
            options.root(),
            () -> MongoKeyStore.openToRead(mongo.keys()),
            () -> MongoEpochStore.open(mongo.epochs()));
      } else {
        DataDirectory directory = opened.add(DataDirectory.openToRead(options.data()));
        SqliteLedgerReader reader = opened.add(SqliteLedgerReader.open(directory));
        ledger = reader;
        tiles = reader.tiles();
        shared = directory.isShared();
        checkpoints =
            Files.exists(directory.path().resolve("checkpoints.db"))
                ? opened.add(SqliteCheckpointStore.open(directory))
                : null;
        keptKeys =
            Files.exists(directory.path().resolve("keys.db"))
                    && Files.exists(directory.path().resolve("epochs.db"))
                ? opened.add(SqliteKeptKeys.open(directory))
                : null;
        open(
            options.root(),
            () -> SqliteKeyStore.open(directory, new UUID(0, 0)),
            () -> SqliteEpochStore.open(directory));
      }
    } catch (RuntimeException failed) {
      opened.close();
      throw failed;
    }
  }

  /// @param options the stores, and the root key's file
  /// @throws RuntimeException where the stores cannot be read
  public static StoredLedger open(NodeOptions options) {
    return new StoredLedger(options);
  }

  /// Opens a data directory.
  ///
  /// @param rootFile null for `root.key` in the directory
  public static StoredLedger open(Path data, @Nullable Path rootFile) {
    return open(NodeOptions.caring(data, rootFile));
  }

  private static StoredTiles kept(TileStore store) {
    return (level, index, width) ->
        width == TILE ? store.tile(level, index).orElse(new byte[0]) : new byte[0];
  }

  private void open(Path rootFile, Supplier<KeyStore> keys, Supplier<EpochStore> epochs) {
    try {
      payloads = payloads(rootFile, keys, epochs);
    } catch (RuntimeException noKeys) {
      withoutPayloads = String.valueOf(noKeys.getMessage());
    }
  }

  private DomainPayloads payloads(
      Path rootFile, Supplier<KeyStore> keys, Supplier<EpochStore> epochs) {
    SecureRandom random = new SecureRandom();
    RootKey root =
        opened.add(RootKey.open(rootFile, false, System.getenv("SPOR_ROOT_PIN"), random));
    Vault vault =
        opened.add(
            Vault.open(
                opened.add(keys.get()),
                opened.add(epochs.get()),
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
    return tiles;
  }

  /// @return which keys stand beside the ledger; null where that is not to be seen
  public @Nullable KeptKeys keptKeys() {
    return keptKeys;
  }

  /// @return whether a server may be writing meanwhile
  public boolean isShared() {
    return shared;
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

  private static Kept kept(String what, CheckpointStore.Published one) {
    return new Kept(
        what + " at size " + one.checkpoint().size(), one.note().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    opened.close();
  }
}
