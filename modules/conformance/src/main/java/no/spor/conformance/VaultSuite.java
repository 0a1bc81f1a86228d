package no.spor.conformance;

import static no.spor.conformance.SampleEvents.NOON;
import static no.spor.conformance.SampleEvents.account;
import static no.spor.conformance.SampleEvents.event;
import static no.spor.conformance.SampleEvents.visitor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import no.spor.activity.PersonId;
import no.spor.activity.Role;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteSignature;
import no.spor.ledger.note.NoteVerifier;
import no.spor.vault.FileRootKey;
import no.spor.vault.KeyHandle;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Opened;
import no.spor.vault.PeriodId;
import no.spor.vault.PersonState;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealOutcome;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.SealRequest.PlainPart;
import no.spor.vault.SigningKey;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import no.spor.vault.WrongRootException;
import org.junit.jupiter.api.Test;

/// What a vault promises over any pair of stores: what is sealed opens again, and what is forgotten
/// never does.
public abstract class VaultSuite extends VaultCases {

  @Test
  void whatIsSealedOpensAgainInEveryRole() {
    SampleEvents sample =
        event("e1")
            .company()
            .actor("ola")
            .subject("kari")
            .visit("10.0.0.1")
            .part(Role.PAYLOAD, null, new byte[] {1, 2, 3});
    Sealed sealed = seal(sample);
    assertThat(sealed.people()).hasSize(3).allMatch(KeyHandle::alive);
    assertOpens(vault, sample, sealed);
    assertOpens(another(VaultOptions.DEFAULTS), sample, sealed);
  }

  @Test
  void anyContentComesBackByteForByte() {
    Random seeded = new Random(SEED);
    List<SampleEvents> samples = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] content = new byte[i < 100 ? i : seeded.nextInt(20_000)];
      seeded.nextBytes(content);
      samples.add(
          event("e" + i)
              .at(NOON.plus(Duration.ofHours(seeded.nextInt(-20_000, 20_000))))
              .part(Role.ACTOR, account("person " + seeded.nextInt(20)), content));
    }
    List<SealOutcome> outcomes = vault.seal(samples.stream().map(SampleEvents::request).toList());
    for (int i = 0; i < samples.size(); i++) {
      assertOpens(vault, samples.get(i), (Sealed) outcomes.get(i));
    }
  }

  @Test
  void plaintextIsWipedBySealing() {
    var request = event("e1").actor("ola").company().request();
    vault.seal(List.of(request));
    for (PlainPart part : request.parts()) {
      assertThat(part.content()).containsOnly(0);
    }
  }

  @Test
  void aPersonHasOnePseudonymAMonthAndAllOfThemAreFound() {
    Instant november = Instant.parse("2026-11-30T23:59:59.999999999Z");
    Instant december = Instant.parse("2026-12-01T00:00:00Z");
    List<byte[]> parts = new ArrayList<>();
    for (Instant time : List.of(NOON, november, december)) {
      parts.add(seal(event("e" + time).at(time).actor("ola")).parts().getFirst());
    }
    assertThat(pseudonym(parts.get(0))).isEqualTo(pseudonym(parts.get(1)));
    assertThat(pseudonym(parts.get(2))).isNotEqualTo(pseudonym(parts.get(1)));
    assertThat(vault.find("bygg-as", account("ola")).pseudonyms())
        .containsExactlyInAnyOrder(pseudonym(parts.get(0)), pseudonym(parts.get(2)));
  }

  @Test
  void accountsAndVisitorsOfTheSameNameAreTwoPeople() {
    SampleEvents sample =
        event("e1")
            .part(Role.ACTOR, account("10.0.0.1"), new byte[] {1})
            .part(Role.VISITOR, visitor("10.0.0.1"), new byte[] {2});
    Sealed sealed = seal(sample);
    erase("bygg-as", visitor("10.0.0.1"), 5);
    assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Clear.class);
    assertThat(open(sample, sealed, 1)).isInstanceOf(Opened.Erased.class);
    assertThat(vault.find("bygg-as", account("10.0.0.1")).state()).isEqualTo(PersonState.ACTIVE);
  }

  @Test
  void theSameNameAtAnotherTenantIsAnotherPerson() {
    SampleEvents here = event("e1").actor("ola");
    SampleEvents there = event("e1").of("other-as").actor("ola");
    Sealed sealedHere = seal(here);
    Sealed sealedThere = seal(there);
    erase("bygg-as", account("ola"), 5);
    assertThat(open(here, sealedHere, 0)).isInstanceOf(Opened.Erased.class);
    assertOpens(vault, there, sealedThere);
    assertThat(vault.find("other-as", account("ola")).state()).isEqualTo(PersonState.ACTIVE);
  }

  @Test
  void askingForSomeoneNeverSeenMakesNothing() {
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.NEVER_SEEN);
    seal(event("e1").actor("kari"));
    long generation = stores.keys().generation();
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.NEVER_SEEN);
    assertThat(stores.keys().generation()).isEqualTo(generation);
  }

  @Test
  void anErasedPersonIsUnreadableAndRefusedAndNobodyElseIs() {
    SampleEvents sample = event("e1").actor("ola").subject("kari").company();
    Sealed sealed = seal(sample);
    erase("bygg-as", account("ola"), 5);
    assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Erased.class);
    assertThat(open(sample, sealed, 1)).isInstanceOf(Opened.Clear.class);
    assertThat(open(sample, sealed, 2)).isInstanceOf(Opened.Clear.class);
    assertThat(sealed.people().stream().filter(KeyHandle::alive)).hasSize(1);
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.ERASED);
    assertThat(vault.find("bygg-as", account("ola")).pseudonyms()).isEmpty();
    assertThat(vault.seal(List.of(event("e2").actor("ola").request())).getFirst())
        .isInstanceOf(SealOutcome.PersonErased.class);
    assertThat(
            another(VaultOptions.DEFAULTS)
                .open(sample.header(), sample.body(), 0, sealed.parts().getFirst()))
        .isInstanceOf(Opened.Erased.class);
  }

  @Test
  void aRefusedEventMakesNoKeysForOthersInIt() {
    seal(event("e1").actor("ola"));
    erase("bygg-as", account("ola"), 5);
    long generation = stores.keys().generation();
    vault.seal(
        List.of(
            event("e2").actor("ola").subject("new").at(NOON.plus(Duration.ofDays(9))).request()));
    assertThat(stores.keys().generation()).isEqualTo(generation);
    assertThat(vault.find("bygg-as", account("new")).state()).isEqualTo(PersonState.NEVER_SEEN);
  }

  @Test
  void someoneNeverSeenCanBeErased() {
    erase("bygg-as", account("ola"), 5);
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.ERASED);
    assertThat(vault.seal(List.of(event("e2").actor("ola").request())).getFirst())
        .isInstanceOf(SealOutcome.PersonErased.class);
  }

  @Test
  void aVisitorForgottenWithoutAFenceComesBackAsSomeoneNew() {
    SampleEvents sample = event("e1").visit("10.0.0.1");
    Sealed sealed = seal(sample);
    Vault.Forget forget =
        new Vault.Forget(
            new UUID(7, 1),
            "bygg-as",
            vault.find("bygg-as", visitor("10.0.0.1")).internalId(),
            null,
            5,
            NOON);
    vault.erase(forget);
    assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Erased.class);
    Sealed again = seal(event("e2").visit("10.0.0.1"));
    assertThat(pseudonym(again.parts().getFirst()))
        .isNotEqualTo(pseudonym(sealed.parts().getFirst()));
    vault.erase(forget); // said again, as after a restart
    assertThat(again.people().getFirst().alive()).isTrue();
    assertOpens(vault, event("e2").visit("10.0.0.1"), again);
  }

  @Test
  void aPermissionLetsNewEventsInAndOpensNothingOld() {
    SampleEvents old = event("e1").actor("ola");
    Sealed sealed = seal(old);
    PersonRef ref = onlyPerson("bygg-as", account("ola"));
    erase("bygg-as", account("ola"), 5);
    Instant notBefore = NOON.plus(Duration.ofDays(1));
    stores.keys().permit(ref, notBefore.toEpochMilli(), 6);
    List<SealOutcome> outcomes =
        vault.seal(
            List.of(
                event("e2").actor("ola").at(notBefore.minusMillis(1)).request(),
                event("e3").actor("ola").at(notBefore).request()));
    assertThat(outcomes.get(0)).isInstanceOf(SealOutcome.PersonErased.class);
    assertThat(outcomes.get(1)).isInstanceOf(Sealed.class);
    assertThat(open(old, sealed, 0)).isInstanceOf(Opened.Erased.class);
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.ACTIVE);
    assertThat(vault.seal(List.of(event("e4").actor("ola").request())).getFirst())
        .isInstanceOf(SealOutcome.PersonErased.class);
  }

  @Test
  void aClosedAccountLeavesTheHistoryAndCanBeOpenedAnew() {
    SampleEvents history = event("e1").actor("ola");
    SampleEvents account = event("e2").untilClosed().actor("ola");
    Sealed sealedHistory = seal(history);
    Sealed sealedAccount = seal(account);
    assertThat(pseudonym(sealedHistory.parts().getFirst()))
        .isNotEqualTo(pseudonym(sealedAccount.parts().getFirst()));
    assertThat(vault.find("bygg-as", account("ola")).pseudonyms()).hasSize(2);
    UUID person = idOf("bygg-as", account("ola"));
    stores
        .keys()
        .closeAccount(
            new KeyStore.AccountClosing(new UUID(9, 9), "bygg-as", person, 8, NOON.toEpochMilli()));
    vault.accountClosed(person, 8);
    assertThat(sealedAccount.people().getFirst().alive()).isFalse();
    assertThat(sealedHistory.people().getFirst().alive()).isTrue();
    assertThat(open(account, sealedAccount, 0)).isInstanceOf(Opened.Erased.class);
    assertOpens(vault, history, sealedHistory);
    SampleEvents late = event("e3").untilClosed().actor("ola").at(NOON.minusMillis(1));
    assertThat(vault.seal(List.of(late.request())).getFirst())
        .isInstanceOf(SealOutcome.PersonErased.class);
    SampleEvents anew = event("e4").untilClosed().actor("ola").at(NOON.plusMillis(1));
    assertOpens(vault, anew, seal(anew));
    assertThat(open(account, sealedAccount, 0)).isInstanceOf(Opened.Erased.class);
  }

  private UUID idOf(String tenant, PersonId person) {
    byte[] pseudonym = vault.find(tenant, person).pseudonyms().getFirst();
    return stores.keys().owner(Pseudonym.of(pseudonym)).orElseThrow().id();
  }

  @Test
  void anExpiredPeriodIsUnreadableForAllAndNeverGetsAKeyAgain() {
    SampleEvents old = event("e1").actor("ola").company();
    SampleEvents next = event("e2").actor("ola").company().at(NOON.plus(Duration.ofDays(1)));
    Sealed sealedOld = seal(old);
    Sealed sealedNext = seal(next);
    PeriodId.Series series = new PeriodId.Series("bygg-as", "session", 1);
    int firstKept = next.header().day();
    stores.keys().expire(series, firstKept);
    vault.expired(series, firstKept);
    erase("bygg-as", account("kari"), 5);
    for (int part = 0; part < 2; part++) {
      assertThat(open(old, sealedOld, part)).isInstanceOf(Opened.Expired.class);
    }
    assertThat(vault.gone(old.header())).isInstanceOf(Opened.Expired.class);
    assertThat(vault.gone(next.header())).isInstanceOf(Opened.Erased.class);
    assertOpens(vault, next, sealedNext);
    assertThat(vault.seal(List.of(event("e3").actor("new").request())).getFirst())
        .isInstanceOf(SealOutcome.PeriodExpired.class);
    assertThat(vault.find("bygg-as", account("new")).state()).isEqualTo(PersonState.NEVER_SEEN);
    erase("bygg-as", account("ola"), 6);
    assertThat(open(old, sealedOld, 0)).isInstanceOf(Opened.Expired.class);
  }

  @Test
  void aStoreBehindTheLedgerSaysNothingUntilTheLossIsAccepted() {
    SampleEvents sample = event("e1").actor("ola");
    Sealed sealed = seal(sample);
    vault.expect(stores.keys().id(), sealed.generation());
    vault.expect(new UUID(0, 0), 0);
    assertOpens(vault, sample, sealed);
    vault.expect(stores.keys().id(), sealed.generation() + 3);
    assertSaysNothing(sample, sealed);
    vault.acceptLoss(stores.keys().id(), sealed.generation() + 3);
    assertOpens(vault, sample, sealed);
    assertThat(vault.generation()).isGreaterThan(sealed.generation() + 3);
    vault.expect(new UUID(66, 66), 4);
    assertSaysNothing(sample, sealed);
    vault.acceptLoss(new UUID(66, 66), 4);
    assertOpens(vault, sample, sealed);
  }

  private void assertSaysNothing(SampleEvents sample, Sealed sealed) {
    assertThatThrownBy(() -> vault.find("bygg-as", account("ola")))
        .isInstanceOf(KeysUnavailableException.class);
    assertThatThrownBy(() -> open(sample, sealed, 0)).isInstanceOf(KeysUnavailableException.class);
    assertThatThrownBy(() -> vault.seal(List.of(sample.request())))
        .isInstanceOf(KeysUnavailableException.class);
    assertThatThrownBy(() -> vault.gone(sample.header()))
        .isInstanceOf(KeysUnavailableException.class);
  }

  @Test
  void aStoreThatCatchesUpIsBelievedAgain() {
    Sealed sealed = seal(event("e1").actor("ola"));
    vault.expect(stores.keys().id(), sealed.generation() + 1);
    try (Vault other = another(VaultOptions.DEFAULTS)) {
      seal(other, event("e2").actor("kari"));
    }
    assertThat(vault.find("bygg-as", account("kari")).state()).isEqualTo(PersonState.ACTIVE);
  }

  @Test
  void aFollowerNeverHasToWaitForTheKeyStore() {
    AtomicBoolean down = new AtomicBoolean();
    KeyStore shaky =
        keysWhere((method, answer) -> {
          if (down.get()) {
            throw new KeysUnavailableException("down");
          }
          return answer;
        });
    try (Vault node = over(shaky)) {
      Sealed sealed = seal(node, event("e1").actor("ola"));
      down.set(true);
      node.expect(stores.keys().id(), sealed.generation() + 1);
      node.expect(new UUID(66, 66), 4);
      assertThatThrownBy(() -> node.find("bygg-as", account("ola")))
          .isInstanceOf(KeysUnavailableException.class)
          .hasMessage("down");
      down.set(false);
      assertThatThrownBy(() -> node.find("bygg-as", account("ola")))
          .isInstanceOf(KeysUnavailableException.class);
      stores.keys().acceptLoss(new UUID(66, 66), 4);
      assertThat(node.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.ACTIVE);
    }
  }

  @Test
  void aStoreThatIsPutBackUnderARunningNodeIsNotBelieved() {
    AtomicLong lost = new AtomicLong();
    KeyStore older =
        keysWhere((method, answer) ->
            method.equals("generation")
                ? (long) answer - lost.get()
                : method.equals("covers") ? lost.get() == 0 : answer);
    try (Vault node = over(older)) {
      seal(node, event("e1").actor("ola"));
      Sealed sealed = seal(node, event("e2").actor("kari"));
      lost.set(1);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> seal(node, event("e3").actor("new")))
            .isInstanceOf(KeysUnavailableException.class)
            .hasMessageContaining("behind");
      }
      lost.set(0);
      node.acceptLoss(older.id(), sealed.generation());
      assertThat(sealed.people().getFirst().alive()).as("its keys may be lost").isFalse();
      SampleEvents anew = event("e4").actor("kari");
      assertOpens(node, anew, seal(node, anew));
    }
  }

  @Test
  void aPseudonymThatAnotherNodeMadeIsOfItsGeneration() {
    Instant december = Instant.parse("2026-12-01T00:00:00Z");
    seal(event("e1").actor("ola"));
    seal(event("e2").company().at(december));
    try (Vault other = another(VaultOptions.DEFAULTS)) {
      seal(other, event("e3").actor("ola").at(december));
    }
    assertThat(seal(event("e4").actor("ola").at(december)).generation())
        .isEqualTo(stores.keys().generation());
  }

  @Test
  void aControlRecordIsSealedWithoutAKeyOfItsDay() {
    seal(event("e1").of("spor").part(Role.PAYLOAD, null, new byte[] {1}));
    long generation = stores.keys().generation();
    SampleEvents later =
        event("e2")
            .of("spor")
            .at(NOON.plus(Duration.ofDays(400)))
            .part(Role.PAYLOAD, null, new byte[] {2});
    Sealed sealed = seal(later);
    assertThat(stores.keys().generation()).isEqualTo(generation);
    assertOpens(another(VaultOptions.DEFAULTS), later, sealed);
  }

  private Vault over(KeyStore keys) {
    return Vault.open(
        keys,
        stores.epochs(),
        root,
        LEDGER,
        VaultOptions.DEFAULTS,
        InstantSource.fixed(NOON),
        random);
  }

  /// @param change gets the method's name and what the store under test answers
  private KeyStore keysWhere(BiFunction<String, Object, Object> change) {
    return (KeyStore)
        Proxy.newProxyInstance(
            KeyStore.class.getClassLoader(),
            new Class<?>[] {KeyStore.class},
            (self, method, arguments) ->
                change.apply(method.getName(), method.invoke(stores.keys(), arguments)));
  }

  @Test
  void anotherRootIsRefused() {
    seal(event("e1").actor("ola"));
    FileRootKey wrong = FileRootKey.openOrCreate(folder.resolve("wrong.key"), random);
    assertThatThrownBy(() ->
            Vault.open(
                stores.keys(),
                stores.epochs(),
                wrong,
                LEDGER,
                VaultOptions.DEFAULTS,
                InstantSource.fixed(NOON),
                random))
        .isInstanceOf(WrongRootException.class)
        .hasMessageContaining("wrong.key");
  }

  @Test
  void missingEpochsAreRefused() {
    seal(event("e1").actor("ola"));
    assertThatThrownBy(() ->
            Vault.open(
                stores.keys(),
                new InMemoryEpochStore(),
                root,
                LEDGER,
                VaultOptions.DEFAULTS,
                InstantSource.fixed(NOON),
                random))
        .isInstanceOf(KeysUnavailableException.class)
        .hasMessageContaining("epoch 1");
  }

  @Test
  void everythingOpensAfterARotationAndNothingIsLeftInTheOldEpoch() {
    SampleEvents sample = event("e1").actor("ola").company();
    SampleEvents account = event("e2").untilClosed().actor("ola");
    Sealed sealed = seal(sample);
    Sealed sealedAccount = seal(account);
    try (Vault other = another(VaultOptions.DEFAULTS)) {
      vault.rotateEpochs();
      assertThat(stores.keys().wrappedBefore(2, 10)).isEmpty();
      assertThat(stores.epochs().epochs(stores.keys().id()).getFirst().wrapped()).isNull();
      for (Vault one : List.of(vault, another(VaultOptions.DEFAULTS), other)) {
        assertOpens(one, sample, sealed);
        assertOpens(one, account, sealedAccount);
        SampleEvents later = event("e3").actor("new" + System.identityHashCode(one));
        assertOpens(one, later, seal(one, later));
      }
    }
  }

  @Test
  void anIdWithoutUtf8IsRefusedAndNotShown() {
    seal(event("e1").actor("ola"));
    assertThatThrownBy(() -> vault.find("bygg-as", account("geheim\ud800")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("geheim");
  }

  @Test
  void aSigningKeyIsTheSameAfterARestartAndARotationOfEpochs() {
    String origin = "spor.example/log";
    SigningKey made = vault.makeSigningKey(origin);
    byte[] message = {1, 2, 3};
    assertSigned(made.publicKey(), message, made.sign(message));

    vault.rotateEpochs();
    SigningKey found =
        another(VaultOptions.DEFAULTS).signingKey(origin, made.publicKey()).orElseThrow();
    assertThat(found.sign(message)).isEqualTo(made.sign(message)); // RFC 8032: deterministic
    assertThat(vault.signingKey("spor.example/other", made.publicKey())).isEmpty();
    assertThat(vault.makeSigningKey(origin).publicKey()).isNotEqualTo(made.publicKey());
    assertThat(vault.signingKey(origin, made.publicKey())).isPresent();
  }

  private static void assertSigned(byte[] publicKey, byte[] message, byte[] signature) {
    NoteVerifier key = NoteVerifier.ofPublicKey("log", KeyType.ED25519, publicKey);
    assertThat(key.verifies(message, new NoteSignature("log", key.keyId(), signature))).isTrue();
  }
}
