package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import no.spor.vault.KeyName;
import no.spor.vault.KeyName.Purpose;
import no.spor.vault.KeyStore.AccountClosing;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.Followed;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Rewrapped;
import no.spor.vault.KeyStore.Standing;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.StaleEpochException;
import no.spor.vault.WrappedKey;
import org.junit.jupiter.api.Test;

/// What every [KeyStore] must promise of what it keeps: see also [KeyStoreForgetsSuite]. A subclass
/// gives a fixture; a fixture declares differences, it never skips.
public abstract class KeyStoreSuite extends KeyStoreCases {

  // what stands

  @Test
  void whatWasMadeIsThereAlsoAfterReopening() {
    KeyName.Secret secret = new KeyName.Secret(Purpose.TENANT, TENANT);
    NewPerson ola = person(ref(1));
    WrappedKey account = key();
    PeriodId period = day(5);
    Pseudonym pseudonym = pseudonym();
    Map<KeyName.Secret, WrappedKey> secrets = Map.of(secret, key());
    Map<PeriodId, WrappedKey> periods = Map.of(period, key());
    long generation =
        store
            .make(
                new NewKeys(
                    secrets,
                    List.of(ola),
                    List.of(new NewAccount(ola.id(), account)),
                    periods,
                    List.of(new NewPseudonym(pseudonym, ola.id(), false))))
            .generation();
    UUID id = store.id();
    store = fixture.reopened();
    assertThat(store.id()).isEqualTo(id);
    assertThat(store.epoch()).isEqualTo(1);
    assertThat(store.generation()).isEqualTo(generation).isPositive();
    assertThat(store.secrets(List.of(secret, new KeyName.Secret(Purpose.FENCE, TENANT))))
        .isEqualTo(secrets);
    assertThat(store.periods(List.of(period, day(6)))).isEqualTo(periods);
    Person person = new Person(ola.id(), ola.ref(), ola.history(), account, Long.MIN_VALUE, -1);
    assertThat(store.people(List.of(ola.ref(), ref(2))))
        .isEqualTo(Map.of(ola.ref(), new Standing(person, null), ref(2), Standing.NEVER_SEEN));
    assertThat(store.owner(pseudonym)).contains(person);
    assertThat(store.owner(pseudonym())).isEmpty();
    assertThat(store.owners(List.of(pseudonym(), pseudonym))).isEqualTo(Map.of(pseudonym, person));
    assertThat(store.recorded(List.of(pseudonym, pseudonym()))).containsExactly(pseudonym);
    assertThat(store.pseudonyms(ola.id())).containsExactly(pseudonym);
  }

  @Test
  void whatStandsIsNeverReplaced() {
    KeyName.Secret secret = new KeyName.Secret(Purpose.TENANT, TENANT);
    NewPerson ola = make(person(ref(1)));
    Map<PeriodId, WrappedKey> periods = Map.of(day(5), key());
    WrappedKey account = key();
    Map<KeyName.Secret, WrappedKey> secrets = Map.of(secret, key());
    NewAccount newAccount = new NewAccount(ola.id(), account);
    long generation =
        store
            .make(new NewKeys(secrets, List.of(), List.of(newAccount), periods, List.of()))
            .generation();
    long after =
        store
            .make(
                new NewKeys(
                    Map.of(secret, key()),
                    List.of(person(ref(1))),
                    List.of(new NewAccount(ola.id(), key())),
                    Map.of(day(5), key()),
                    List.of()))
            .generation();
    assertThat(store.secrets(List.of(secret))).isEqualTo(secrets);
    assertThat(store.periods(List.of(day(5)))).isEqualTo(periods);
    Person person = active(ola.ref());
    assertThat(person.id()).isEqualTo(ola.id());
    assertThat(person.account()).isEqualTo(account);
    assertThat(after).as("nothing was changed").isEqualTo(generation);
  }

  @Test
  void whatTheLedgerCannotGiveBackRaisesTheGeneration() {
    NewPerson ola = person(ref(1));
    List<Runnable> changes =
        List.of(
            () -> make(ola),
            () -> store.make(periods(Map.of(day(5), key()))),
            () -> record(ola, false),
            () -> store.acceptLoss(store.id(), 0),
            () -> store.acceptLoss(store.id(), 1_000),
            () -> store.acceptLoss(new UUID(5, 5), 3));
    long generation = store.generation();
    for (Runnable change : changes) {
      change.run();
      assertThat(store.generation()).isGreaterThan(generation);
      generation = store.generation();
    }
    assertThat(generation).isGreaterThan(1_000);
    store = fixture.reopened();
    assertThat(store.generation()).isEqualTo(generation);
  }

  @Test
  void replayingTheLedgerDoesNotMakeAnOldCopyLookNew() {
    NewPerson ola = make(person(ref(1)));
    store.make(
        new NewKeys(
            Map.of(),
            List.of(),
            List.of(new NewAccount(ola.id(), key())),
            Map.of(day(5), key()),
            List.of()));
    long generation = store.generation();
    store.closeAccount(new AccountClosing(job(1), TENANT, ola.id(), 2, 5));
    store.erase(erasure(2, ola, ref(1), 3));
    store.permit(ref(1), 7, 4);
    store.expire(SERIES, 5);
    store.finish(List.of(job(2)));
    store.openEpoch(2);
    store
        .wrappedBefore(2, 10)
        .forEach((name, key) -> store.rewrap(List.of(new Rewrapped(name, key, key(2)))));
    store.follow(LEDGER, followed(9));
    assertThat(store.wrappedBefore(2, 10)).isEmpty();
    assertThat(standing(ref(1)).fence()).isNotNull();
    assertThat(store.generation()).isEqualTo(generation).isPositive();
    assertThat(store.covers(store.id(), generation + 1)).isFalse();
  }

  @Test
  void pseudonymsAndAccountsNeedThePersonTheyBelongTo() {
    NewPerson ola = make(person(ref(1)));
    UUID nobody = new UUID(66, 66);
    Pseudonym ofNobody = pseudonym();
    Pseudonym ofNoAccount = pseudonym();
    Pseudonym ofOla = pseudonym();
    store.make(
        new NewKeys(
            Map.of(),
            List.of(),
            List.of(new NewAccount(nobody, key())),
            Map.of(),
            List.of(
                new NewPseudonym(ofNobody, nobody, false),
                new NewPseudonym(ofNoAccount, ola.id(), true),
                new NewPseudonym(ofOla, ola.id(), false))));
    assertThat(store.recorded(List.of(ofNobody, ofNoAccount, ofOla))).containsExactly(ofOla);
  }

  @Test
  void theAccountsPseudonymsAreLeftOutWithItsKey() {
    NewPerson ola = make(person(ref(1)));
    List<Pseudonym> pseudonyms = List.of(pseudonym(), pseudonym());
    for (Pseudonym pseudonym : pseudonyms) {
      store.make(
          new NewKeys(
              Map.of(),
              List.of(),
              List.of(new NewAccount(ola.id(), key())),
              Map.of(),
              List.of(new NewPseudonym(pseudonym, ola.id(), true))));
    }
    assertThat(store.recorded(pseudonyms)).containsExactly(pseudonyms.getFirst());
  }

  @Test
  void manyAreMadeAndFoundInOneCall() {
    List<NewPerson> people = IntStream.range(0, 2_000).mapToObj(i -> person(ref(i))).toList();
    long before = store.generation();
    store.make(new NewKeys(Map.of(), people, List.of(), Map.of(), List.of()));
    Collection<Standing> found =
        store.people(people.stream().map(NewPerson::ref).toList()).values();
    assertThat(found).hasSize(2_000).allMatch(standing -> standing.person() != null);
    assertThat(store.generation()).isGreaterThan(before);
  }

  // races

  @Test
  void racingCreatorsEndUpWithOnePerson() throws Exception {
    for (int round = 0; round < 10; round++) {
      PersonRef ref = ref(round);
      PeriodId period = day(round);
      List<NewPerson> candidates = IntStream.range(0, 8).mapToObj(i -> person(ref)).toList();
      List<Callable<NewKeys>> racers = new ArrayList<>();
      for (NewPerson candidate : candidates) {
        NewKeys keys =
            new NewKeys(
                Map.of(),
                List.of(candidate),
                List.of(),
                Map.of(period, key()),
                List.of(new NewPseudonym(pseudonym(), candidate.id(), false)));
        racers.add(() -> {
          store.make(keys);
          return keys;
        });
      }
      List<NewKeys> made = race(racers);
      Person winner = active(ref);
      assertThat(candidates.stream().filter(c -> c.id().equals(winner.id())))
          .hasSize(1)
          .allMatch(candidate -> candidate.history().equals(winner.history()));
      List<Pseudonym> all =
          made.stream().map(keys -> keys.pseudonyms().getFirst().pseudonym()).toList();
      assertThat(store.recorded(all)).hasSize(1).containsAll(store.pseudonyms(winner.id()));
      assertThat(store.periods(List.of(period))).hasSize(1);
    }
  }

  @Test
  void anErasureRacingWithCreatorsAlwaysWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      PersonRef ref = ref(round);
      List<Callable<Set<UUID>>> racers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        NewPerson candidate = person(ref);
        racers.add(() -> {
          make(candidate);
          return Set.of();
        });
      }
      Erasure erasure = erasure(round, null, ref, round + 1);
      racers.add(2, () -> store.erase(erasure).people());
      race(racers);
      assertThat(standing(ref).person()).isNull();
      assertThat(standing(ref).fence()).isNotNull();
      make(person(ref));
      assertThat(standing(ref).person()).isNull();
    }
  }

  @Test
  void racingExpiryLeavesNoKeyBelowTheMark() throws Exception {
    for (int round = 0; round < 20; round++) {
      PeriodId period = day(round);
      List<Callable<Integer>> racers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        WrappedKey key = key();
        racers.add(() -> {
          store.make(periods(Map.of(period, key)));
          return 0;
        });
      }
      int mark = round + 1;
      racers.add(1, () -> store.expire(SERIES, mark));
      race(racers);
      assertThat(store.periods(List.of(period))).isEmpty();
      assertThat(store.marks(List.of(SERIES))).containsEntry(SERIES, mark);
    }
  }

  // periods

  @Test
  void theMarkNeverGoesBackAndNoKeyIsMadeBelowIt() {
    PeriodId.Series otherVersion = new PeriodId.Series(TENANT, "session", 2);
    PeriodId otherDay = new PeriodId(TENANT, "session", 2, 3);
    store.make(periods(Map.of(day(-3), key(), day(4), key(), day(5), key(), otherDay, key())));
    assertThat(store.expire(SERIES, 5)).isEqualTo(2);
    long generation = store.generation();
    assertThat(store.expire(SERIES, 4)).isZero();
    assertThat(store.expire(SERIES, 5)).isZero();
    assertThat(store.generation()).isEqualTo(generation);
    store.make(periods(Map.of(day(4), key(), day(Integer.MIN_VALUE), key())));
    store = fixture.reopened();
    assertThat(store.marks(List.of(SERIES, otherVersion))).isEqualTo(Map.of(SERIES, 5));
    assertThat(store.periods(List.of(day(-3), day(4), day(5), day(Integer.MIN_VALUE), otherDay)))
        .containsOnlyKeys(day(5), otherDay);
  }

  @Test
  void periodsThatStandAreToldByDay() {
    PeriodId otherVersion = new PeriodId(TENANT, "session", 2, 1);
    PeriodId otherTenant = new PeriodId("other-as", "session", 1, 1);
    store.make(
        periods(
            Map.of(
                day(5),
                key(),
                day(-3),
                key(),
                day(4),
                key(),
                otherVersion,
                key(),
                otherTenant,
                key())));
    assertThat(store.periodsBefore(SERIES, 5, 9)).containsExactly(day(-3), day(4));
    assertThat(store.periodsBefore(SERIES, Integer.MAX_VALUE, 1)).containsExactly(day(-3));
    store.expire(SERIES, 4);
    assertThat(store.periodsBefore(SERIES, 6, 9)).containsExactly(day(4), day(5));
    assertThat(store.periodsBefore(SERIES, 4, 9)).isEmpty();
  }

  // epochs

  @Test
  void onlyTheOpenEpochIsWritten() {
    assertThat(store.openEpoch(3)).isTrue();
    assertThat(store.openEpoch(3)).isFalse();
    assertThat(store.openEpoch(2)).isFalse();
    assertThat(store.epoch()).isEqualTo(3);
    NewPerson stale = new NewPerson(new UUID(1, 1), ref(1), key(1), 0);
    NewPerson fresh = new NewPerson(new UUID(1, 2), ref(2), key(3), 0);
    assertThatThrownBy(() ->
            store.make(
                new NewKeys(Map.of(), List.of(fresh, stale), List.of(), Map.of(), List.of())))
        .isInstanceOf(StaleEpochException.class);
    assertThat(standing(ref(2))).as("all or nothing").isEqualTo(Standing.NEVER_SEEN);
    make(fresh);
    assertThat(standing(ref(2)).person()).isNotNull();
  }

  @Test
  void everyKeyIsWrappedAnewAndNoneIsLeft() {
    NewPerson ola = make(person(ref(1)));
    NewPerson kari = make(person(ref(2)));
    KeyName.Secret secret = new KeyName.Secret(Purpose.SIGNING, "spor.example/log");
    store.make(
        new NewKeys(
            Map.of(secret, key()),
            List.of(),
            List.of(new NewAccount(ola.id(), key())),
            Map.of(day(5), key()),
            List.of()));
    store.openEpoch(2);
    Set<KeyName> names = new HashSet<>();
    List<WrappedKey> before = new ArrayList<>();
    for (Map<KeyName, WrappedKey> old = store.wrappedBefore(2, 2);
        !old.isEmpty();
        old = store.wrappedBefore(2, 2)) {
      assertThat(old.size()).isLessThanOrEqualTo(2);
      names.addAll(old.keySet());
      before.addAll(old.values());
      store.rewrap(
          old.entrySet().stream()
              .map(held -> new Rewrapped(held.getKey(), held.getValue(), key(2)))
              .toList());
    }
    assertThat(names)
        .containsExactlyInAnyOrder(
            secret,
            name(ola, false),
            name(ola, true),
            name(kari, false),
            new KeyName.OfPeriod(day(5)));
    assertHeld(false, before.toArray(new WrappedKey[0]));
    Person person = active(ola.ref());
    assertThat(person.history().epoch()).isEqualTo(2);
    assertThat(person.account()).isNotNull().returns(2, WrappedKey::epoch);
    assertHeld(true, person.history());
  }

  @Test
  void aKeyThatWasDestroyedMeanwhileIsNotWrappedAnew() {
    NewPerson ola = make(person(ref(1)));
    NewPerson kari = make(person(ref(2)));
    store.openEpoch(2);
    Map<KeyName, WrappedKey> old = store.wrappedBefore(2, 10);
    assertThat(old).hasSize(2);
    store.erase(erasure(1, ola, ola.ref(), 9));
    store.rewrap(
        old.entrySet().stream()
            .map(held -> new Rewrapped(held.getKey(), held.getValue(), key(2)))
            .toList());
    assertThat(standing(ola.ref()).person()).isNull();
    Person left = active(kari.ref());
    assertThat(left.history().epoch()).isEqualTo(2);
    assertThatThrownBy(
            () -> store.rewrap(List.of(new Rewrapped(name(kari, false), left.history(), key(1)))))
        .isInstanceOf(StaleEpochException.class);
  }

  // following the ledger

  @Test
  void whatWasFollowedNeverGoesBack() {
    assertThat(store.followed(LEDGER)).isEmpty();
    store.follow(LEDGER, followed(0));
    assertFollowed(LEDGER, followed(0));
    store.follow(LEDGER, followed(70));
    store.follow(LEDGER, followed(60));
    store.follow(new UUID(12, 13), followed(5));
    store = fixture.reopened();
    assertFollowed(LEDGER, followed(70));
    assertFollowed(new UUID(12, 13), followed(5));
    assertThat(store.followed(new UUID(14, 15))).isEmpty();
  }

  @Test
  void anotherHistoryOfTheSameLengthIsSeenByItsHash() {
    store.follow(LEDGER, followed(70));
    byte[] other = followed(70).hash();
    other[31] ^= 1;
    store.follow(LEDGER, new Followed(70, other));
    assertFollowed(LEDGER, followed(70));
  }

  @Test
  void withALedgerThatWasRestoredOnPurposeWhatWasForgottenStaysAndWhatComesIsLater() {
    NewPerson ola = make(person(ref(1)));
    NewPerson kari = make(person(ref(2)));
    NewPerson per = make(person(ref(3)));
    Pseudonym kept = record(ola, false);
    store.make(
        new NewKeys(
            Map.of(), List.of(), List.of(new NewAccount(per.id(), key())), Map.of(), List.of()));
    store.erase(erasure(1, ola, ola.ref(), 40));
    store.erase(erasure(2, kari, kari.ref(), 400));
    store.closeAccount(new AccountClosing(job(3), TENANT, per.id(), 401, 1_401));
    store.follow(LEDGER, followed(70));
    store.followAnew(LEDGER, followed(9), 50);
    store = fixture.reopened();
    assertFollowed(LEDGER, followed(9));
    assertThat(store.jobs()).extracting(Job::id).containsExactly(job(1));
    assertThat(store.jobs().getFirst().pseudonyms()).containsExactly(kept);
    assertThat(standing(kari.ref()).person()).isNull();
    assertThat(Objects.requireNonNull(standing(ola.ref()).fence()).position()).isEqualTo(40);
    assertThat(Objects.requireNonNull(standing(kari.ref()).fence()).position()).isEqualTo(50);
    assertThat(active(per.ref()).account()).isNull();
    store.permit(kari.ref(), 5_000, 51);
    make(new NewPerson(new UUID(5, 5), kari.ref(), key(), 5_000));
    assertThat(active(kari.ref()).id()).isEqualTo(new UUID(5, 5));
    store.make(
        new NewKeys(
            Map.of(), List.of(), List.of(new NewAccount(per.id(), key())), Map.of(), List.of()));
    assertThat(store.closeAccount(new AccountClosing(job(4), TENANT, per.id(), 52, 1_052)).people())
        .containsExactly(per.id());
    assertThat(active(per.ref()).account()).isNull();
    store.follow(LEDGER, followed(10));
    assertFollowed(LEDGER, followed(10));
  }

  private void assertFollowed(UUID ledger, Followed expected) {
    Followed followed = store.followed(ledger).orElseThrow();
    assertThat(followed.block()).isEqualTo(expected.block());
    assertThat(followed.hash()).isEqualTo(expected.hash());
  }

  private static Followed followed(long block) {
    byte[] hash = new byte[32];
    hash[0] = (byte) (block + 1);
    return new Followed(block, hash);
  }

  @Test
  void aLossIsCoveredOnceItIsAccepted() {
    make(person(ref(1)));
    long generation = store.generation();
    UUID lost = new UUID(5, 5);
    assertThat(store.covers(store.id(), generation)).isTrue();
    assertThat(store.covers(store.id(), generation + 10)).isFalse();
    assertThat(store.covers(lost, 3)).isFalse();
    assertThat(store.lossAccepted()).isFalse();
    store.acceptLoss(store.id(), generation + 10);
    store.acceptLoss(lost, 3);
    store = fixture.reopened();
    assertThat(store.lossAccepted()).isTrue();
    assertThat(store.covers(store.id(), generation + 10)).isTrue();
    assertThat(store.covers(lost, 3)).isTrue();
    assertThat(store.covers(lost, 4)).isFalse();
    assertThat(store.covers(new UUID(6, 6), 0)).isFalse();
  }
}
