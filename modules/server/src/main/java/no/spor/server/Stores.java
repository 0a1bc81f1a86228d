package no.spor.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import no.spor.activity.TimelineStore;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.Freshness;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.ledger.tree.TileStore;
import no.spor.rights.RetentionStore;
import no.spor.tenancy.RegistryStore;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;

/// The stores of a node, each opened when it is first asked for: in that order, so that a first
/// start that was interrupted is told from a store that was lost. Closing it closes what was
/// opened.
///
/// What is this node's alone (the id index, the registry) lies in its data directory, whatever the
/// store.
interface Stores extends AutoCloseable {

  static Stores open(NodeOptions options) {
    MongoOptions mongo = options.mongo();
    return mongo == null
        ? SqliteStores.open(options.data())
        : MongoStores.open(options.data(), mongo);
  }

  /// Open when the stores are: says whether what belongs together is there.
  LedgerStore ledger();

  /// @return whether nothing was ever sealed here, so that a root may be made
  boolean mayMakeRoot();

  /// @return how far retention has come with the ledger's parts, kept where they are
  RetentionStore retention();

  KeyStore keys();

  EpochStore epochs();

  RegistryStore registry();

  /// @return what was published of the ledger; never restored with it
  CheckpointStore checkpoints();

  /// @return the tiles of the ledger's tree, kept beside its entries
  TileStore tiles();

  /// Opens the views. Those of another ledger or another history of it are thrown away.
  Views views(Predicate<TimelineStore> fits);

  /// @return the data directory, which this process alone uses
  Path directory();

  /// @return this node's name among those that share the stores; the same after a restart
  String node();

  /// @return how often to look for what other nodes wrote; zero where there can be none
  Duration followEvery();

  /// @return how lately this node must have seen the newest block before it hands anything out
  Freshness freshness();

  @Override
  void close();

  /// The views, and how far the processors that fill them have come.
  record Views(TimelineStore timeline, ProcessorProgress progress, ViewTransactions transactions) {}
}
