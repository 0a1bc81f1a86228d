package no.spor.conformance;

import java.util.UUID;

class InMemoryVaultForgetsTest extends VaultForgetsSuite {
  @Override
  protected Stores open() {
    return new Stores(new InMemoryKeyStore(new UUID(3, 4)), new InMemoryEpochStore());
  }
}
