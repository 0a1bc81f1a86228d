package no.spor.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import no.spor.activity.TimelineStore;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.Freshness;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.tree.TileStore;
import no.spor.rights.RetentionStore;
import no.spor.storage.mongodb.MongoCheckpointStore;
import no.spor.storage.mongodb.MongoEpochStore;
import no.spor.storage.mongodb.MongoKeyStore;
import no.spor.storage.mongodb.MongoLedgerStore;
import no.spor.storage.mongodb.MongoViews;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteRegistryStore;
import no.spor.tenancy.RegistryStore;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;
import org.jspecify.annotations.Nullable;

/// What nodes share lies in MongoDB; what is this node's alone, and can be rebuilt, in its data
/// directory: the id index, and the registry, which each node keeps for itself so that no half of
/// another's save can let a revoked key back in.
final class MongoStores implements Stores {
  static final String LEDGER = "main";

  /// File of the data directory with the node's name: tells it from one that holds its stores.
  static final String NODE = "node";

  private final Opened opened;
  private final MongoOptions options;
  private final DataDirectory directory;
  private final MongoLedgerStore ledger;
  private final String node;
  private @Nullable KeyStore keys;
  private @Nullable EpochStore epochs;

  private MongoStores(Path data, MongoOptions options, Opened opened) {
    this.opened = opened;
    this.options = options;
    directory = opened.add(DataDirectory.open(data));
    if (Files.exists(directory.path().resolve("ledger.db"))) {
      throw new IllegalDataDirectoryException(
          "the data directory "
              + directory.path()
              + " holds a ledger of its own: name another for this node, and move house with"
              + " ops/spor copy");
    }
    node = nodeName(directory.path());
    ledger = opened.add(MongoLedgerStore.open(options.ledger(), LEDGER, UUID.randomUUID()));
  }

  static MongoStores open(Path data, MongoOptions options) {
    Opened opened = new Opened();
    try {
      return new MongoStores(data, options, opened);
    } catch (RuntimeException failed) {
      opened.close();
      throw failed;
    }
  }

  @Override
  public LedgerStore ledger() {
    return ledger;
  }

  /// Only where nobody has: a second node needs the first one's root.
  @Override
  public boolean mayMakeRoot() {
    return ledger.newest().isEmpty() && epochs().epochs(keys().id()).isEmpty();
  }

  @Override
  public RetentionStore retention() {
    return ledger.retention();
  }

  @Override
  public KeyStore keys() {
    KeyStore standing = keys;
    if (standing == null) {
      standing = opened.add(MongoKeyStore.open(options.keys(), UUID.randomUUID()));
      keys = standing;
    }
    return standing;
  }

  @Override
  public EpochStore epochs() {
    EpochStore standing = epochs;
    if (standing == null) {
      standing = opened.add(MongoEpochStore.open(options.epochs()));
      epochs = standing;
    }
    return standing;
  }

  @Override
  public RegistryStore registry() {
    return opened.add(SqliteRegistryStore.open(directory));
  }

  @Override
  public CheckpointStore checkpoints() {
    return opened.add(MongoCheckpointStore.open(options.checkpoints()));
  }

  @Override
  public TileStore tiles() {
    return ledger.tiles();
  }

  @Override
  public Views views(Predicate<TimelineStore> fits) {
    MongoViews views = opened.add(MongoViews.open(options.views(), ledger.ledger(), fits));
    return new Views(views.timeline(), views.progress(), views.transactions());
  }

  @Override
  public Path directory() {
    return directory.path();
  }

  /// Kept in the data directory, which no other process can use at the same time.
  private static String nodeName(Path directory) {
    Path file = directory.resolve(NODE);
    try {
      if (!Files.exists(file)) {
        Files.writeString(file, UUID.randomUUID().toString());
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("the node's name cannot be kept in " + file, e);
    }
  }

  @Override
  public String node() {
    return node;
  }

  @Override
  public Duration followEvery() {
    return options.followEvery();
  }

  @Override
  public Freshness freshness() {
    return Freshness.within(options.freshWithin(), System::nanoTime);
  }

  @Override
  public void close() {
    opened.close();
  }
}
