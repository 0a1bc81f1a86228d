package no.spor.storage.mongodb;

import org.junit.jupiter.api.Nested;

/// Every suite, for a server of its own: a subclass says with [TestDatabase#makeAt] where.
abstract class AllSuites {
  @Nested
  class Blocks extends MongoLedgerStoreTest {}

  @Nested
  class Ledgers extends MongoLedgerTest {}

  @Nested
  class Races extends MongoLedgerRaceTest {}

  @Nested
  class Trees extends MongoTreeStoreTest {}

  @Nested
  class Checkpoints extends MongoCheckpointStoreTest {}

  @Nested
  class AxonEngines extends MongoAxonEngineTest {}

  @Nested
  class AxonLedgers extends MongoAxonLedgerTest {}

  @Nested
  class Keys extends MongoKeyStoreTest {}

  @Nested
  class KeysForget extends MongoKeyStoreForgetsTest {}

  @Nested
  class Epochs extends MongoEpochStoreTest {}

  @Nested
  class Vaults extends MongoVaultTest {}

  @Nested
  class VaultsForget extends MongoVaultForgetsTest {}

  @Nested
  class VaultsRace extends MongoVaultRacesTest {}

  @Nested
  class VaultsUnderAttack extends MongoVaultUnderAttackTest {}

  @Nested
  class TimelineStores extends MongoTimelineStoreTest {}

  @Nested
  class Timelines extends MongoTimelineTest {}

  @Nested
  class TimelineViews extends MongoTimelineViewTest {}

  @Nested
  class Progress extends MongoProcessorProgressTest {}
}
