package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import no.spor.vault.KeyStore.AccountClosing;
import no.spor.vault.KeyStore.Erased;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.KeyStore.Made;
import no.spor.vault.KeyStore.NewAccount;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.NewPseudonym;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Standing;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.WrappedKey;
import org.junit.jupiter.api.Test;

/// What every [KeyStore] must promise of what it forgets. A subclass gives a fixture; a fixture
/// declares differences, it never skips.
public abstract class KeyStoreForgetsSuite extends KeyStoreCases {

  // making beside what was forgotten

  /// Whoever makes something uses it without reading it again, where the store says so.
  @Test
  void whatACallSaysItHasMadeStandsJustSoAndTheRestIsNotSaid() {
    NewPerson ola = make(person(ref(1)));
    store.erase(erasure(1, null, ref(3), 7));
    Pseudonym known = record(ola, false);
    store.make(periods(Map.of(day(5), key())));
    store.expire(day(1).series(), 3);
    NewPerson kari = person(ref(2));
    NewPerson again = person(ref(1));
    NewPerson fenced = person(ref(3));
    WrappedKey account = key();
    Map<PeriodId, WrappedKey> wanted = Map.of(day(2), key(), day(5), key(), day(6), key());
    Pseudonym herName = pseudonym();
    Made made =
        store.make(
            new NewKeys(
                Map.of(),
                List.of(again, kari, fenced),
                List.of(new NewAccount(kari.id(), account), new NewAccount(again.id(), key())),
                wanted,
                List.of(
                    new NewPseudonym(herName, kari.id(), true),
                    new NewPseudonym(known, ola.id(), false),
                    new NewPseudonym(pseudonym(), again.id(), false),
                    new NewPseudonym(pseudonym(), fenced.id(), false))));
    assertThat(made.generation()).isEqualTo(store.generation());
    assertThat(made.people()).isSubsetOf(kari.id());
    assertThat(made.accounts()).isSubsetOf(kari.id());
    assertThat(made.periods()).isSubsetOf(day(6));
    assertThat(made.pseudonyms()).isSubsetOf(herName);
    Person person = active(ref(2));
    assertThat(person.id()).isEqualTo(kari.id());
    assertThat(person.history()).isEqualTo(kari.history());
    assertThat(person.account()).isEqualTo(account);
    assertThat(store.periods(List.of(day(6)))).isEqualTo(Map.of(day(6), wanted.get(day(6))));
    assertThat(store.owner(herName)).contains(person);
  }

  // erasing

  @Test
  void anErasureTakesKeysAndLinkAndLeavesFenceAndJob() {
    NewPerson ola = make(person(ref(1)));
    NewPerson kari = make(person(ref(2)));
    Pseudonym one = record(ola, false);
    Pseudonym two = record(ola, false);
    Pseudonym other = record(kari, false);
    Erased erased = store.erase(erasure(1, ola, ola.ref(), 9));
    assertThat(erased.people()).containsExactly(ola.id());
    assertThat(erased.generation()).isEqualTo(store.generation());
    store = fixture.reopened();
    assertThat(standing(ola.ref()))
        .isEqualTo(new Standing(null, new Fence(1_009, Long.MAX_VALUE, 9)));
    assertThat(store.owner(one)).isEmpty();
    assertThat(store.owners(List.of(one, two, other)).keySet()).containsExactly(other);
    assertThat(store.recorded(List.of(one, two, other))).containsExactly(other);
    assertThat(store.pseudonyms(ola.id())).isEmpty();
    assertThat(store.jobs()).hasSize(1);
    Job job = store.jobs().getFirst();
    assertThat(job.id()).isEqualTo(job(1));
    assertThat(job.tenant()).isEqualTo(TENANT);
    assertThat(job.position()).isEqualTo(9);
    assertThat(job.pseudonyms()).containsExactlyInAnyOrder(one, two);
    assertThat(standing(kari.ref()).person()).isNotNull();
    store.finish(List.of(job(1)));
    assertThat(store.jobs()).isEmpty();
    assertThat(standing(ola.ref()).fence()).isNotNull();
  }

  @Test
  void destroyedKeysAreInNoByte() {
    List<NewPerson> people = IntStream.range(0, 600).mapToObj(i -> person(ref(i))).toList();
    List<NewAccount> accounts = people.stream().map(p -> new NewAccount(p.id(), key())).toList();
    Map<PeriodId, WrappedKey> periods = new HashMap<>();
    IntStream.range(0, 200).forEach(i -> periods.put(day(i), key()));
    List<Pseudonym> pseudonyms = new ArrayList<>();
    for (int i = 0; i < people.size(); i += 30) {
      List<NewPseudonym> some = new ArrayList<>();
      for (NewPerson person : people.subList(i, i + 30)) {
        pseudonyms.add(pseudonym());
        some.add(new NewPseudonym(pseudonyms.getLast(), person.id(), false));
      }
      store.make(
          new NewKeys(
              Map.of(), people.subList(i, i + 30), accounts.subList(i, i + 30), Map.of(), some));
    }
    store.make(periods(periods));
    List<Integer> erased = random.ints(20, 0, 300).distinct().boxed().toList();
    for (int i : erased) {
      assertHeld(true, people.get(i).history(), accounts.get(i).key());
      store.erase(erasure(i, people.get(i), people.get(i).ref(), i + 1));
      assertHeld(false, people.get(i).history(), accounts.get(i).key());
      store.finish(List.of(job(i)));
      assertThat(fixture.holds(pseudonyms.get(i).bytes())).isFalse();
      assertThat(fixture.holds(uuidBytes(people.get(i).id()))).isFalse();
    }
    NewPerson closed = people.get(400);
    store.closeAccount(new AccountClosing(job(400), TENANT, closed.id(), 999, 5));
    assertHeld(false, accounts.get(400).key());
    assertHeld(true, closed.history());
    assertThat(store.expire(SERIES, 150)).isEqualTo(150);
    periods.forEach((period, key) -> assertHeld(period.day() >= 150, key));
    assertHeld(true, people.get(599).history());
  }

  private static byte[] uuidBytes(UUID id) {
    return new Pseudonym(id.getMostSignificantBits(), id.getLeastSignificantBits()).bytes();
  }

  @Test
  void whoHasAnAccountIsToldInPagesByLookupAndTenant() {
    List<PersonRef> refs = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      PersonRef ref = i % 4 == 0 ? new PersonRef("other-as", ref(i / 4).lookup()) : ref(i);
      NewPerson someone = make(person(ref));
      if (i % 3 != 1) {
        store.make(
            new NewKeys(
                Map.of(),
                List.of(),
                List.of(new NewAccount(someone.id(), key())),
                Map.of(),
                List.of()));
        refs.add(ref);
      }
    }
    refs.sort(
        Comparator.<PersonRef, byte[]>comparing(
                ref -> ref.lookup().bytes(), Arrays::compareUnsigned)
            .thenComparing(PersonRef::tenant));
    List<Person> found = new ArrayList<>();
    List<Person> page = store.accounts(null, 3);
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(3).allMatch(person -> person.account() != null);
      found.addAll(page);
      page = store.accounts(page.getLast().ref(), 3);
    }
    assertThat(found).extracting(Person::ref).containsExactlyElementsOf(refs);
    store.closeAccount(
        new AccountClosing(job(1), found.getFirst().ref().tenant(), found.getFirst().id(), 1, 1));
    assertThat(store.accounts(null, 100))
        .extracting(Person::ref)
        .containsExactlyElementsOf(refs.subList(1, refs.size()));
  }

  @Test
  void acceptedLossesAreTold() {
    assertThat(store.acceptedLosses()).isEmpty();
    store.acceptLoss(store.id(), 7);
    store.acceptLoss(new UUID(5, 5), 3);
    store.acceptLoss(new UUID(5, 5), 2);
    store = fixture.reopened();
    assertThat(store.acceptedLosses()).isEqualTo(Map.of(store.id(), 7L, new UUID(5, 5), 3L));
  }

  @Test
  void severalJobsAreFinishedAtOnceAndOthersStay() {
    List<Pseudonym> pseudonyms = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      NewPerson someone = make(person(ref(i)));
      pseudonyms.add(record(someone, false));
      store.erase(erasure(i, someone, someone.ref(), i + 1));
    }
    store.finish(List.of(job(0), job(2), job(99)));
    assertThat(store.jobs()).extracting(Job::id).containsExactly(job(1), job(3));
    assertThat(fixture.holds(pseudonyms.get(0).bytes())).isFalse();
    assertThat(fixture.holds(pseudonyms.get(2).bytes())).isFalse();
    store.finish(List.of());
    assertThat(store.jobs()).hasSize(2);
  }

  @Test
  void erasingAgainChangesNothing() {
    NewPerson ola = make(person(ref(1)));
    record(ola, false);
    store.erase(erasure(1, ola, ola.ref(), 9));
    long generation = store.generation();
    Job job = store.jobs().getFirst();
    assertThat(store.erase(erasure(1, ola, ola.ref(), 9)).people()).containsExactly(ola.id());
    assertThat(store.jobs()).containsExactly(job);
    store.finish(List.of(job(1)));
    store.erase(erasure(1, ola, ola.ref(), 9));
    assertThat(store.jobs()).isEmpty();
    assertThat(store.generation()).isEqualTo(generation);
  }

  @Test
  void whoWasMadeBetweenRecordAndErasureIsErasedToo() {
    NewPerson ola = make(person(ref(1)));
    Pseudonym pseudonym = record(ola, false);
    Erased erased = store.erase(erasure(1, null, ola.ref(), 9));
    assertThat(erased.people()).containsExactly(ola.id());
    assertThat(standing(ola.ref()).person()).isNull();
    assertThat(store.jobs().getFirst().pseudonyms()).containsExactly(pseudonym);
  }

  @Test
  void someoneNeverSeenIsFenced() {
    Erased erased = store.erase(erasure(1, null, ref(1), 9));
    assertThat(erased.people()).isEmpty();
    assertThat(standing(ref(1)).fence()).isEqualTo(new Fence(1_009, Long.MAX_VALUE, 9));
    make(person(ref(1)));
    assertThat(standing(ref(1)).person()).isNull();
  }

  @Test
  void withoutALookupNoFenceIsSet() {
    NewPerson visitor = make(person(ref(1)));
    store.erase(new Erasure(job(1), TENANT, visitor.id(), null, 9, 5));
    assertThat(standing(ref(1))).isEqualTo(Standing.NEVER_SEEN);
    assertThat(store.jobs()).hasSize(1);
    NewPerson again = make(person(ref(1)));
    store.erase(new Erasure(job(1), TENANT, visitor.id(), null, 9, 5));
    Person standing = active(ref(1));
    assertThat(standing.id()).isEqualTo(again.id());
  }

  @Test
  void tenantsWithTheSameLookupsAndIdsLeaveOneAnotherAlone() {
    PersonRef here = ref(1);
    PersonRef there = new PersonRef("other-as", here.lookup());
    NewPerson ola = make(person(here));
    NewPerson namesake = make(person(there));
    PeriodId.Series otherSeries = new PeriodId.Series("other-as", "session", 1);
    PeriodId otherDay = new PeriodId("other-as", "session", 1, 5);
    store.make(periods(Map.of(day(5), key(), otherDay, key())));
    store.erase(new Erasure(job(1), "other-as", ola.id(), null, 8, 5)); // an id of another tenant's
    assertThat(standing(here).person()).isNotNull();
    store.closeAccount(new AccountClosing(job(1), "other-as", ola.id(), 8, 5));
    assertThat(standing(here).person())
        .isEqualTo(new Person(ola.id(), here, ola.history(), null, Long.MIN_VALUE, -1));
    store.erase(erasure(1, ola, here, 9));
    store.expire(SERIES, 6);
    Person left = active(there);
    assertThat(left.id()).isEqualTo(namesake.id());
    assertThat(standing(there).fence()).isNull();
    assertThat(store.periods(List.of(day(5), otherDay))).containsOnlyKeys(otherDay);
    assertThat(store.marks(List.of(SERIES, otherSeries))).containsOnlyKeys(SERIES);
  }

  @Test
  void aPermissionLetsNewEventsIn() {
    NewPerson ola = make(person(ref(1)));
    store.erase(erasure(1, ola, ola.ref(), 9));
    store.permit(ola.ref(), 500, 8); // older than the erasure
    assertThat(standing(ola.ref()).fence()).isEqualTo(new Fence(1_009, Long.MAX_VALUE, 9));
    store.permit(ola.ref(), 500, 10);
    make(new NewPerson(new UUID(1, 1), ola.ref(), key(), 499));
    assertThat(standing(ola.ref()).person()).isNull();
    NewPerson anew = make(new NewPerson(new UUID(1, 2), ola.ref(), key(), 500));
    Standing standing = standing(ola.ref());
    assertThat(standing.person()).isNotNull();
    assertThat(standing.fence()).isEqualTo(new Fence(1_009, 500, 10));
    store.erase(erasure(1, ola, ola.ref(), 9)); // said again
    assertThat(standing(ola.ref())).isEqualTo(standing);
    assertThat(store.erase(erasure(2, anew, ola.ref(), 11)).people()).containsExactly(anew.id());
    assertThat(standing(ola.ref()).fence()).isEqualTo(new Fence(1_011, Long.MAX_VALUE, 11));
  }

  // accounts

  @Test
  void closingAnAccountLeavesTheHistoryAlone() {
    NewPerson ola = make(person(ref(1)));
    WrappedKey account = key();
    store.make(
        new NewKeys(
            Map.of(), List.of(), List.of(new NewAccount(ola.id(), account)), Map.of(), List.of()));
    Pseudonym ofHistory = record(ola, false);
    Pseudonym ofAccount = record(ola, true);
    AccountClosing closing = new AccountClosing(job(1), TENANT, ola.id(), 9, 700);
    assertThat(store.closeAccount(closing).people()).containsExactly(ola.id());
    long generation = store.generation();
    store.closeAccount(closing);
    assertThat(store.generation()).isEqualTo(generation);
    store = fixture.reopened();
    assertThat(standing(ola.ref()).person())
        .isEqualTo(new Person(ola.id(), ola.ref(), ola.history(), null, 700, 9));
    assertThat(store.recorded(List.of(ofHistory, ofAccount))).containsExactly(ofHistory);
    assertThat(store.jobs().getFirst().pseudonyms()).containsExactly(ofAccount);
    WrappedKey anew = key();
    store.make(
        new NewKeys(
            Map.of(), List.of(), List.of(new NewAccount(ola.id(), anew)), Map.of(), List.of()));
    store.closeAccount(closing);
    Person person = active(ola.ref());
    assertThat(person.account()).isEqualTo(anew);
  }

  @Test
  void closingsAreInTheLedgersOrderWhateverTheClockSays() {
    NewPerson ola = make(person(ref(1)));
    for (int i = 0; i < 3; i++) {
      WrappedKey account = key();
      store.make(
          new NewKeys(
              Map.of(),
              List.of(),
              List.of(new NewAccount(ola.id(), account)),
              Map.of(),
              List.of()));
      // each by an earlier clock than the one before
      store.closeAccount(new AccountClosing(job(i), TENANT, ola.id(), i, 700 - i));
      assertHeld(false, account);
    }
    assertThat(active(ola.ref()))
        .isEqualTo(new Person(ola.id(), ola.ref(), ola.history(), null, 698, 2));
    WrappedKey anew = key();
    store.make(
        new NewKeys(
            Map.of(), List.of(), List.of(new NewAccount(ola.id(), anew)), Map.of(), List.of()));
    store.closeAccount(new AccountClosing(job(9), TENANT, ola.id(), 2, 9_999));
    assertHeld(true, anew);
  }
}
