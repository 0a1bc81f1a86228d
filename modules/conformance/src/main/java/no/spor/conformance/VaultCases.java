package no.spor.conformance;

import static no.spor.conformance.SampleEvents.NOON;
import static no.spor.conformance.SampleEvents.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import no.spor.activity.PersonId;
import no.spor.vault.EpochStore;
import no.spor.vault.FileRootKey;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Opened;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealOutcome;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What the suites for a [Vault] share: a vault over the stores under test.
public abstract class VaultCases {
  protected static final UUID LEDGER = new UUID(1, 2);
  static final long SEED = 20_261_122;

  /// The stores under test, empty.
  public record Stores(KeyStore keys, EpochStore epochs) {}

  @TempDir Path folder;
  protected final SecureRandom random = new SecureRandom();
  protected Stores stores;
  protected FileRootKey root;
  protected Vault vault;

  protected abstract Stores open();

  @BeforeEach
  void openVault() {
    stores = open();
    root = FileRootKey.openOrCreate(folder.resolve("root.key"), random);
    vault = another(VaultOptions.DEFAULTS);
  }

  @AfterEach
  void closeVault() {
    vault.close();
    stores.keys().close();
    stores.epochs().close();
  }

  /// @return a vault on the same stores, as another node or after a restart
  protected Vault another(VaultOptions options) {
    return Vault.open(
        stores.keys(), stores.epochs(), root, LEDGER, options, InstantSource.fixed(NOON), random);
  }

  /// @return a vault of another node that asks these keys
  protected Vault another(KeyStore keys) {
    return Vault.open(
        keys,
        stores.epochs(),
        root,
        LEDGER,
        VaultOptions.DEFAULTS,
        InstantSource.fixed(NOON),
        random);
  }

  protected Sealed seal(SampleEvents event) {
    return seal(vault, event);
  }

  protected static Sealed seal(Vault with, SampleEvents event) {
    SealOutcome outcome = with.seal(List.of(event.request())).getFirst();
    assertThat(outcome).isInstanceOf(Sealed.class);
    return (Sealed) outcome;
  }

  protected Opened open(SampleEvents event, Sealed sealed, int part) {
    return vault.open(event.header(), event.body(), part, sealed.parts().get(part));
  }

  protected void assertOpens(Vault with, SampleEvents event, Sealed sealed) {
    for (int i = 0; i < sealed.parts().size(); i++) {
      Opened opened = with.open(event.header(), event.body(), i, sealed.parts().get(i));
      assertThat(opened).as("part %d", i).isInstanceOf(Opened.Clear.class);
      assertThat(((Opened.Clear) opened).content()).isEqualTo(event.contents().get(i));
    }
  }

  protected void erase(String tenant, PersonId person, long position) {
    vault.erase(recorded(tenant, person, position));
  }

  /// @return an erasure as its record would say now
  protected Vault.Forget recorded(String tenant, PersonId person, long position) {
    return new Vault.Forget(
        new UUID(7, position),
        tenant,
        vault.find(tenant, person).internalId(),
        vault.ref(tenant, person).lookup(),
        position,
        NOON);
  }

  protected PersonRef onlyPerson(String tenant, PersonId person) {
    List<byte[]> pseudonyms = vault.find(tenant, person).pseudonyms();
    return stores.keys().owner(Pseudonym.of(pseudonyms.getFirst())).orElseThrow().ref();
  }

  protected static byte[] pseudonym(byte[] part) {
    return java.util.Arrays.copyOfRange(part, 3, 19);
  }
}
