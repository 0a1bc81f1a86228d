package no.spor.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static no.spor.conformance.SampleEvents.NOON;
import static no.spor.conformance.SampleEvents.account;
import static no.spor.conformance.SampleEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import no.spor.activity.Role;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Standing;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Opened;
import no.spor.vault.PersonState;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.SealRequest;
import no.spor.vault.SealRequest.PlainPart;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import no.spor.vault.WrongRootException;
import org.junit.jupiter.api.Test;

/// What becomes of parts and keys that somebody has moved or changed, over any pair of stores.
public abstract class VaultUnderAttackSuite extends VaultCases {
  private static final byte[] EMPTY = {};

  @Test
  void aPartThatWasMovedIsDamaged() {
    SampleEvents sample = event("e1").actor("ola").subject("ola").company();
    List<byte[]> parts = seal(sample).parts();
    SampleEvents twin = event("e2").actor("ola").subject("ola").company();
    SampleEvents nextDay = event("e1").actor("ola").company().at(NOON.plus(Duration.ofDays(1)));
    SampleEvents elsewhere = event("e1").of("other-as").actor("ola").company();
    SampleEvents otherClass = event("e1").in("history", 1).actor("ola").company();
    SampleEvents otherVersion = event("e1").in("session", 2).actor("ola").company();
    for (SampleEvents other : List.of(twin, nextDay, elsewhere, otherClass, otherVersion)) {
      seal(other);
      assertDamaged(other, 0, parts.get(0));
    }
    assertDamaged(sample, 1, parts.get(0));
    assertDamaged(sample, 0, parts.get(1));
    assertDamaged(sample, 2, parts.get(0));
    assertDamaged(sample, 0, parts.get(2));
    assertDamaged(sample, 3, parts.get(0));
    assertDamaged(sample, -1, parts.get(0));
    assertOpens(vault, sample, new Sealed(parts, List.of(), 0));
  }

  private void assertDamaged(SampleEvents event, int index, byte[] part) {
    assertThat(vault.open(event.header(), event.body(), index, part))
        .isInstanceOf(Opened.Damaged.class);
  }

  @Test
  void aPartOfAnotherLedgerIsDamaged() {
    SampleEvents sample = event("e1").actor("ola").company();
    Sealed sealed = seal(sample);
    try (Vault other =
        Vault.open(
            stores.keys(),
            stores.epochs(),
            root,
            new UUID(1, 3),
            VaultOptions.DEFAULTS,
            InstantSource.fixed(NOON),
            random)) {
      for (int i = 0; i < 2; i++) {
        assertThat(other.open(sample.header(), sample.body(), i, sealed.parts().get(i)))
            .isInstanceOf(Opened.Damaged.class);
      }
    }
  }

  @Test
  void aPartWithAnyByteChangedNeverOpens() {
    SampleEvents sample = event("e1").actor("ola");
    byte[] part = seal(sample).parts().getFirst();
    seal(event("e2").actor("ola").at(NOON.plus(Duration.ofDays(30))));
    for (int i = 0; i < part.length; i++) {
      byte[] changed = part.clone();
      changed[i] ^= 0x41;
      assertThat(vault.open(sample.header(), sample.body(), 0, changed))
          .as("byte %d", i)
          .isInstanceOfAny(Opened.Damaged.class, Opened.Erased.class);
    }
  }

  @Test
  void aPseudonymOfAnotherMonthOrPersonIsDamage() {
    SampleEvents sample = event("e1").actor("ola");
    byte[] part = seal(sample).parts().getFirst();
    for (SampleEvents other :
        List.of(
            event("e2").actor("ola").at(NOON.plus(Duration.ofDays(30))),
            event("e3").actor("kari"))) {
      byte[] changed = part.clone();
      System.arraycopy(pseudonym(seal(other).parts().getFirst()), 0, changed, 3, 16);
      assertDamaged(sample, 0, changed);
    }
  }

  @Test
  void keysThatChangedPlacesInTheStoreAreNeverUsed() {
    SampleEvents ola = event("e1").actor("ola");
    SampleEvents kari = event("e2").actor("kari");
    Sealed sealedOla = seal(ola);
    seal(kari);
    PersonRef first = onlyPerson("bygg-as", account("ola"));
    PersonRef second = onlyPerson("bygg-as", account("kari"));
    try (Vault tricked =
        Vault.open(
            new SwappedPeople(stores.keys(), first, second).store(),
            stores.epochs(),
            root,
            LEDGER,
            VaultOptions.DEFAULTS,
            InstantSource.fixed(NOON),
            random)) {
      assertThatThrownBy(() -> tricked.seal(List.of(event("e3").actor("ola").request())))
          .isInstanceOf(KeysUnavailableException.class)
          .hasMessageContaining("inconsistent");
      assertThatThrownBy(
              () -> tricked.open(ola.header(), ola.body(), 0, sealedOla.parts().getFirst()))
          .isInstanceOf(KeysUnavailableException.class);
    }
  }

  @Test
  void anEpochOfAnotherStoreIsRefused() {
    seal(event("e1").actor("ola"));
    UUID id = stores.keys().id();
    EpochStore other = new InMemoryEpochStore();
    KeyStore empty = new InMemoryKeyStore(new UUID(8, 8));
    Vault.open(empty, other, root, LEDGER, VaultOptions.DEFAULTS, InstantSource.fixed(NOON), random)
        .close();
    EpochStore mixed = new InMemoryEpochStore();
    mixed.add(id, other.epochs(empty.id()).getFirst());
    assertThatThrownBy(() ->
            Vault.open(
                stores.keys(),
                mixed,
                root,
                LEDGER,
                VaultOptions.DEFAULTS,
                InstantSource.fixed(NOON),
                random))
        .isInstanceOf(WrongRootException.class);
  }

  @Test
  void aFenceHoldsTheLookupAndNothingElse() {
    SampleEvents sample =
        event("e1").of("bygg-as").part(Role.FENCE, account("ola"), new byte[] {1, 2, 3});
    Sealed sealed = seal(sample);
    assertThat(sealed.people()).isEmpty();
    assertThat(vault.find("bygg-as", account("ola")).state()).isEqualTo(PersonState.NEVER_SEEN);
    Opened.Clear clear = (Opened.Clear) open(sample, sealed, 0);
    seal(event("e2").actor("ola"));
    assertThat(clear.content()).isEqualTo(onlyPerson("bygg-as", account("ola")).lookup().bytes());
    erase("bygg-as", account("ola"), 5);
    assertThat(open(sample, sealed, 0)).isInstanceOf(Opened.Clear.class);
  }

  @Test
  void aFenceInAControlRecordIsOfThePersonsTenant() {
    SampleEvents control =
        event("e1").of("spor").tag("tenant", "bygg-as").part(Role.FENCE, account("ola"), EMPTY);
    Sealed sealed = seal(control);
    Opened.Clear clear = (Opened.Clear) open(control, sealed, 0);
    assertThat(clear.content()).isEqualTo(vault.ref("bygg-as", account("ola")).lookup().bytes());
    seal(event("e2").of("other-as").company());
    for (SampleEvents other :
        List.of(
            event("e1").of("spor").part(Role.FENCE, account("ola"), EMPTY),
            event("e1")
                .of("spor")
                .tag("tenant", "other-as")
                .part(Role.FENCE, account("ola"), EMPTY),
            event("e1")
                .of("spor")
                .tag("tenant", "bygg-as")
                .tag("tenant", "other-as")
                .part(Role.FENCE, account("ola"), EMPTY))) {
      assertThat(vault.open(other.header(), control.body(), 0, sealed.parts().getFirst()))
          .isInstanceOf(Opened.Damaged.class);
      if (other.header().tags().size() != 1) {
        assertThatThrownBy(() -> seal(other)).isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void nothingPersonalIsShownByWhatGoesWrong() {
    String marker = "ola-geheim@bygg.no";
    List<Throwable> failures = new ArrayList<>();
    SampleEvents sample = event("e1").actor(marker);
    seal(sample);
    vault.expect(stores.keys().id(), 1_000);
    failures.add(caught(() -> vault.find("bygg-as", account(marker))));
    failures.add(caught(() -> vault.seal(List.of(sample.request()))));
    vault.acceptLoss(stores.keys().id(), 1_000);
    PlainPart plain =
        new PlainPart(Role.COMPANY, account(marker), (byte) 1, marker.getBytes(UTF_8));
    failures.add(
        caught(() ->
            vault.seal(
                List.of(new SealRequest(sample.header(), new byte[0], false, List.of(plain))))));
    for (Throwable failure : failures) {
      StringWriter text = new StringWriter();
      failure.printStackTrace(new PrintWriter(text));
      assertThat(text.toString()).doesNotContain(marker, "geheim");
    }
    assertThat(List.of(sample.request(), seal(sample), vault, plain).toString())
        .doesNotContain("geheim");
  }

  private static Throwable caught(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      return e;
    }
    throw new AssertionError("nothing was thrown");
  }

  /// A key store in which somebody has exchanged the lookups of two people.
  private record SwappedPeople(KeyStore real, PersonRef first, PersonRef second) {
    KeyStore store() {
      return (KeyStore)
          Proxy.newProxyInstance(
              KeyStore.class.getClassLoader(),
              new Class<?>[] {KeyStore.class},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "people" -> people();
                    case "owner" ->
                        real.owner((Pseudonym) arguments[0]).map(p -> named(p, other(p.ref())));
                    default -> method.invoke(real, arguments);
                  });
    }

    private Map<PersonRef, Standing> people() {
      Map<PersonRef, Standing> swapped = new HashMap<>();
      real.people(List.of(first, second))
          .forEach((ref, standing) -> {
            Person person = standing.person();
            swapped.put(
                other(ref), new Standing(person == null ? null : named(person, other(ref)), null));
          });
      return swapped;
    }

    private PersonRef other(PersonRef ref) {
      return ref.equals(first) ? second : first;
    }

    private static Person named(Person person, PersonRef ref) {
      return new Person(
          person.id(),
          ref,
          person.history(),
          person.account(),
          person.accountClosedAtMillis(),
          person.accountClosedPosition());
    }
  }
}
