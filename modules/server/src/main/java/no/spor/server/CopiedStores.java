package no.spor.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.LedgerStore;
import no.spor.rights.RetentionStore;
import no.spor.server.LedgerCopy.Place;
import no.spor.storage.mongodb.MongoCheckpointStore;
import no.spor.storage.mongodb.MongoEpochStore;
import no.spor.storage.mongodb.MongoKeyStore;
import no.spor.storage.mongodb.MongoLedgerStore;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteCheckpointStore;
import no.spor.storage.sqlite.SqliteEpochStore;
import no.spor.storage.sqlite.SqliteKeyStore;
import no.spor.storage.sqlite.SqliteLedgerStore;
import no.spor.vault.EpochStore;
import no.spor.vault.MovableKeys;

/// What moves house, of one place: all else follows from it.
record CopiedStores(
    LedgerStore ledger,
    RetentionStore retention,
    CheckpointStore checkpoints,
    EpochStore epochs,
    MovableKeys keys) {

  static CopiedStores source(Opened opened, Place place) {
    Path path = place.directory();
    if (path != null && !LedgerCopy.holdsLedger(path)) {
      throw new IllegalDataDirectoryException("there is no ledger in " + path);
    }
    return open(opened, place, UUID.randomUUID(), UUID.randomUUID());
  }

  /// @param ledger the id of the ledger that is to stand there
  /// @param keys the id of its key store
  static CopiedStores target(Opened opened, Place place, UUID ledger, UUID keys) {
    Path path = place.directory();
    if (path != null && Files.exists(path.resolve("registry.db"))) {
      throw new IllegalDataDirectoryException(
          "a server has used " + path + ": choose a directory that is empty");
    }
    CopiedStores stores = open(opened, place, ledger, keys);
    if (!stores.keys().id().equals(keys)) {
      throw new IllegalDataDirectoryException(
          "the target holds the keys of another ledger: choose one that is empty");
    }
    return stores;
  }

  private static CopiedStores open(Opened opened, Place place, UUID ledger, UUID keys) {
    MongoOptions mongo = place.mongo();
    if (mongo != null) {
      MongoLedgerStore blocks =
          opened.add(MongoLedgerStore.open(mongo.ledger(), MongoStores.LEDGER, ledger));
      return new CopiedStores(
          blocks,
          blocks.retention(),
          opened.add(MongoCheckpointStore.open(mongo.checkpoints())),
          opened.add(MongoEpochStore.open(mongo.epochs())),
          opened.add(MongoKeyStore.open(mongo.keys(), keys)));
    }
    Path path = place.directory();
    if (path == null) {
      throw new IllegalArgumentException("a place is a directory or on MongoDB");
    }
    DataDirectory directory = opened.add(DataDirectory.open(path));
    SqliteStores.requireOfFiles(directory.path());
    SqliteLedgerStore blocks = opened.add(SqliteLedgerStore.open(directory, ledger));
    return new CopiedStores(
        blocks,
        blocks.retention(),
        opened.add(SqliteCheckpointStore.open(directory)),
        opened.add(SqliteEpochStore.open(directory)),
        opened.add(SqliteKeyStore.open(directory, keys)));
  }
}
