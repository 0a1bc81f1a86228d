package no.spor.storage.mongodb;

import java.util.UUID;
import no.spor.conformance.VaultUnderAttackSuite;
import org.junit.jupiter.api.AutoClose;

class MongoVaultUnderAttackTest extends VaultUnderAttackSuite {
  @AutoClose private final TestDatabase keys = TestDatabase.create();
  @AutoClose private final TestDatabase epochs = TestDatabase.create();

  @Override
  protected Stores open() {
    return new Stores(
        MongoKeyStore.open(keys.settings(), new UUID(3, 4)),
        MongoEpochStore.open(epochs.settings()));
  }
}
