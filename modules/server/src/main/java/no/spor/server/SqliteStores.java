package no.spor.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import no.spor.activity.TimelineStore;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.Freshness;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.tree.TileStore;
import no.spor.rights.RetentionStore;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteCheckpointStore;
import no.spor.storage.sqlite.SqliteEpochStore;
import no.spor.storage.sqlite.SqliteKeyStore;
import no.spor.storage.sqlite.SqliteLedgerStore;
import no.spor.storage.sqlite.SqliteRegistryStore;
import no.spor.storage.sqlite.SqliteViews;
import no.spor.tenancy.RegistryStore;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;

/// Everything in files of the data directory, for one process.
final class SqliteStores implements Stores {
  /// In the order in which they are made.
  private static final List<String> FILES = List.of("ledger.db", "keys.db", "epochs.db");

  private final Opened opened;
  private final DataDirectory directory;
  private final boolean incomplete;
  private final SqliteLedgerStore ledger;

  private SqliteStores(Path data, Opened opened) {
    this.opened = opened;
    directory = opened.add(DataDirectory.open(data));
    requireOfFiles(directory.path());
    List<String> missing = missing(directory.path());
    incomplete = !missing.isEmpty();
    ledger = opened.add(SqliteLedgerStore.open(directory, UUID.randomUUID()));
    if (incomplete && ledger.newest().isPresent()) {
      throw lacking(directory.path(), missing);
    }
  }

  static SqliteStores open(Path data) {
    Opened opened = new Opened();
    try {
      return new SqliteStores(data, opened);
    } catch (RuntimeException failed) {
      opened.close();
      throw failed;
    }
  }

  /// @throws IllegalDataDirectoryException for a directory of a node whose stores lie on MongoDB:
  ///   what is made here beside them would be another ledger
  static void requireOfFiles(Path data) {
    if (NodeOptions.isOnMongodb(data)) {
      throw new IllegalDataDirectoryException(
          "the data directory "
              + data
              + " is a node's whose stores lie on MongoDB: set SPOR_STORE=mongodb and"
              + " SPOR_MONGODB_URI in the environment, or name another directory");
    }
  }

  /// The ledger is made first and is empty until all are there: so a first start that was
  /// interrupted is told from a store that was lost.
  ///
  /// @return the stores that are not there: none, or those that a first start has still to make
  private static List<String> missing(Path data) {
    List<String> missing =
        FILES.stream().filter(file -> !Files.exists(data.resolve(file))).toList();
    if (missing.contains(FILES.getFirst()) && missing.size() < FILES.size()) {
      throw lacking(data, missing);
    }
    return missing;
  }

  private static IllegalDataDirectoryException lacking(Path data, List<String> missing) {
    return new IllegalDataDirectoryException(
        "the data directory "
            + data
            + " holds "
            + FILES.stream().filter(file -> !missing.contains(file)).toList()
            + " and lacks "
            + missing
            + ": put back what is missing");
  }

  @Override
  public LedgerStore ledger() {
    return ledger;
  }

  @Override
  public boolean mayMakeRoot() {
    return incomplete;
  }

  @Override
  public RetentionStore retention() {
    return ledger.retention();
  }

  @Override
  public KeyStore keys() {
    return opened.add(SqliteKeyStore.open(directory, UUID.randomUUID()));
  }

  @Override
  public EpochStore epochs() {
    return opened.add(SqliteEpochStore.open(directory));
  }

  @Override
  public RegistryStore registry() {
    return opened.add(SqliteRegistryStore.open(directory));
  }

  @Override
  public CheckpointStore checkpoints() {
    return opened.add(SqliteCheckpointStore.open(directory));
  }

  @Override
  public TileStore tiles() {
    return ledger.tiles();
  }

  @Override
  public Views views(Predicate<TimelineStore> fits) {
    SqliteViews views = opened.add(SqliteViews.open(directory, ledger.ledger(), fits));
    return new Views(views.timeline(), views.progress(), views);
  }

  @Override
  public Path directory() {
    return directory.path();
  }

  @Override
  public String node() {
    return "node";
  }

  @Override
  public Duration followEvery() {
    return Duration.ZERO;
  }

  /// Nobody else can write a data directory.
  @Override
  public Freshness freshness() {
    return Freshness.alone();
  }

  @Override
  public void close() {
    opened.close();
  }
}
