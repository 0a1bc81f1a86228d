package no.spor.conformance;

import static no.spor.conformance.SampleEvents.NOON;
import static no.spor.conformance.SampleEvents.account;
import static no.spor.conformance.SampleEvents.event;
import static no.spor.conformance.SampleEvents.visitor;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import no.spor.vault.KeyStore.AccountClosing;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Opened;
import no.spor.vault.PeriodId;
import no.spor.vault.PersonState;
import no.spor.vault.SealOutcome;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.junit.jupiter.api.Test;

/// What a vault forgets between the ledger's record and the key store's write, and when an old
/// erasure is said again.
public abstract class VaultForgetsSuite extends VaultCases {

  private void assertRefused(SampleEvents event) {
    assertThat(vault.seal(List.of(event.request())).getFirst())
        .isInstanceOf(SealOutcome.PersonErased.class);
  }

  @Test
  void whoIsFencedInTheLedgerIsRefusedBeforeTheKeyStoreKnows() {
    SampleEvents sample = event("e1").actor("ola");
    Sealed sealed = seal(sample);
    Vault.Forget forget = recorded("bygg-as", account("ola"), 100);
    PersonRef ref = vault.ref("bygg-as", account("ola"));
    vault.fenced(ref, 100);
    assertRefused(event("e2").actor("ola"));
    assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Erased.class);
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.ERASED);
    assertThat(stores.keys().people(List.of(ref)).get(ref)).extracting("person").isNotNull();
    vault.erase(forget);
    assertRefused(event("e3").actor("ola"));
    stores.keys().permit(ref, NOON.toEpochMilli(), 200);
    SampleEvents anew = event("e4").actor("ola");
    assertOpens(vault, anew, seal(anew));
  }

  @Test
  void anErasureThatAnotherNodeWritesIsSeenInTheStore() {
    SampleEvents sample = event("e1").actor("ola");
    Sealed sealed = seal(sample);
    Vault.Forget forget = recorded("bygg-as", account("ola"), 100);
    PersonRef ref = vault.ref("bygg-as", account("ola"));
    vault.forgotten(Objects.requireNonNull(forget.internalId()));
    vault.fenced(ref, 100);
    try (Vault other = another(VaultOptions.DEFAULTS)) {
      other.erase(forget);
      stores.keys().permit(ref, NOON.toEpochMilli(), 200);
      SampleEvents anew = event("e2").actor("ola");
      Sealed permitted = seal(other, anew);
      assertOpens(vault, anew, permitted);
      assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Erased.class);
      assertOpens(vault, event("e3").actor("ola"), seal(event("e3").actor("ola")));
    }
  }

  @Test
  void someoneNeverSeenIsRefusedOnceTheLedgerHasTheFence() {
    seal(event("e1").company());
    PersonRef ref = vault.ref("bygg-as", account("ola"));
    vault.fenced(ref, 100);
    assertRefused(event("e2").actor("ola"));
    assertThat(stores.keys().people(List.of(ref)).get(ref)).extracting("person").isNull();
  }

  @Test
  void aVisitorForgottenInTheLedgerIsRefusedBeforeTheKeyStoreKnows() {
    SampleEvents sample = event("e1").visit("10.0.0.1");
    Sealed sealed = seal(sample);
    UUID id = Objects.requireNonNull(vault.find("bygg-as", visitor("10.0.0.1")).internalId());
    vault.forgotten(id);
    assertRefused(event("e2").visit("10.0.0.1"));
    assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Erased.class);
    stores.keys().erase(new Erasure(new UUID(7, 1), "bygg-as", id, null, 100, 5));
    SampleEvents next = event("e3").visit("10.0.0.1");
    assertOpens(vault, next, seal(next));
  }

  @Test
  void anAccountClosedInTheLedgerIsRefusedBeforeTheKeyStoreKnows() {
    SampleEvents history = event("e1").actor("ola");
    SampleEvents account = event("e2").untilClosed().actor("ola");
    Sealed sealedHistory = seal(history);
    Sealed sealedAccount = seal(account);
    UUID id = Objects.requireNonNull(vault.find("bygg-as", account("ola")).internalId());
    vault.accountClosed(id, 100);
    assertRefused(event("e3").untilClosed().actor("ola"));
    assertThat(open(account, sealedAccount, 0)).isInstanceOf(Opened.Erased.class);
    assertOpens(vault, history, sealedHistory);
    seal(event("e4").actor("ola"));
    stores
        .keys()
        .closeAccount(new AccountClosing(new UUID(7, 1), "bygg-as", id, 100, NOON.toEpochMilli()));
    SampleEvents anew = event("e5").untilClosed().actor("ola");
    assertOpens(vault, anew, seal(anew));
    assertThat(open(account, sealedAccount, 0)).isInstanceOf(Opened.Erased.class);
  }

  @Test
  void aPeriodExpiredInTheLedgerIsRefusedBeforeTheKeyStoreKnows() {
    SampleEvents sample = event("e1").actor("ola");
    Sealed sealed = seal(sample);
    int firstKept = sample.header().day() + 1;
    vault.expired(new PeriodId.Series("bygg-as", "session", 1), firstKept);
    assertThat(vault.seal(List.of(event("e2").actor("ola").request())).getFirst())
        .isInstanceOf(SealOutcome.PeriodExpired.class);
    assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Expired.class);
  }

  @Test
  void anOldErasureSaidAgainLeavesAloneWhoWasPermittedSince() {
    seal(event("e1").actor("ola"));
    PersonRef ref = vault.ref("bygg-as", account("ola"));
    Vault.Forget forget = recorded("bygg-as", account("ola"), 100);
    vault.erase(forget);
    stores.keys().finish(List.of(forget.job()));
    stores.keys().permit(ref, NOON.toEpochMilli(), 200);
    SampleEvents anew = event("e2").actor("ola");
    Sealed sealed = seal(anew);
    vault.erase(forget);
    assertThat(sealed.people().getFirst().alive()).isTrue();
    assertOpens(vault, anew, sealed);
    assertOpens(another(VaultOptions.DEFAULTS), anew, sealed);
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.ACTIVE);
  }
}
