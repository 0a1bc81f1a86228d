package no.spor.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import no.spor.vault.KeyName;
import no.spor.vault.KeyStore;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.StaleEpochException;
import no.spor.vault.WrappedKey;
import org.jspecify.annotations.Nullable;

/// A [KeyStore] in memory: the model that other stores are compared with. Loses everything with the
/// process.
public final class InMemoryKeyStore implements KeyStore {
  private static final Comparator<PersonRef> ORDER =
      Comparator.<PersonRef, byte[]>comparing(ref -> ref.lookup().bytes(), Arrays::compareUnsigned)
          .thenComparing(PersonRef::tenant);
  private final UUID id;
  private long generation;
  private int epoch;
  private boolean lossAccepted;
  private final Map<KeyName.Secret, WrappedKey> secrets = new HashMap<>();
  private final Map<PersonRef, Person> people = new LinkedHashMap<>();
  private final Map<UUID, PersonRef> refs = new HashMap<>();
  private final Map<PersonRef, Fence> fences = new HashMap<>();
  private final Map<Pseudonym, NewPseudonym> pseudonyms = new LinkedHashMap<>();
  private final Map<PeriodId, WrappedKey> periods = new HashMap<>();
  private final Map<PeriodId.Series, Integer> marks = new HashMap<>();
  private final Map<UUID, OpenJob> jobs = new LinkedHashMap<>();
  private final Map<UUID, Followed> followed = new HashMap<>();
  private final Map<UUID, Long> accepted = new HashMap<>();

  private record OpenJob(Job job, Set<UUID> people) {}

  public InMemoryKeyStore(UUID id) {
    this.id = id;
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public synchronized long generation() {
    return generation;
  }

  @Override
  public synchronized int epoch() {
    return epoch;
  }

  @Override
  public synchronized boolean openEpoch(int next) {
    if (next <= epoch) {
      return false;
    }
    epoch = next;
    return true;
  }

  @Override
  public synchronized Map<KeyName.Secret, WrappedKey> secrets(Collection<KeyName.Secret> names) {
    return found(secrets, names);
  }

  @Override
  public synchronized Map<PersonRef, Standing> people(Collection<PersonRef> asked) {
    Map<PersonRef, Standing> standings = new HashMap<>();
    for (PersonRef ref : asked) {
      standings.put(ref, new Standing(people.get(ref), fences.get(ref)));
    }
    return standings;
  }

  @Override
  public synchronized Optional<Person> owner(Pseudonym pseudonym) {
    NewPseudonym recorded = pseudonyms.get(pseudonym);
    return recorded == null ? Optional.empty() : person(recorded.person());
  }

  private Optional<Person> person(UUID person) {
    return Optional.ofNullable(refs.get(person)).map(people::get);
  }

  @Override
  public synchronized Set<Pseudonym> recorded(Collection<Pseudonym> asked) {
    Set<Pseudonym> recorded = new HashSet<>(asked);
    recorded.retainAll(pseudonyms.keySet());
    return recorded;
  }

  @Override
  public synchronized List<Pseudonym> pseudonyms(UUID person) {
    return pseudonyms.values().stream()
        .filter(pseudonym -> pseudonym.person().equals(person))
        .map(NewPseudonym::pseudonym)
        .toList();
  }

  @Override
  public synchronized List<Person> accounts(@Nullable PersonRef after, int max) {
    return people.values().stream()
        .filter(person -> person.account() != null)
        .filter(person -> after == null || ORDER.compare(person.ref(), after) > 0)
        .sorted(Comparator.comparing(Person::ref, ORDER))
        .limit(max)
        .toList();
  }

  @Override
  public synchronized Map<PeriodId, WrappedKey> periods(Collection<PeriodId> asked) {
    return found(periods, asked);
  }

  @Override
  public synchronized List<PeriodId> periodsBefore(PeriodId.Series series, int day, int max) {
    return periods.keySet().stream()
        .filter(period -> period.series().equals(series) && period.day() < day)
        .sorted(Comparator.comparing(PeriodId::day))
        .limit(max)
        .toList();
  }

  @Override
  public synchronized Map<PeriodId.Series, Integer> marks(Collection<PeriodId.Series> series) {
    return found(marks, series);
  }

  private static <K, V> Map<K, V> found(Map<K, V> all, Collection<K> keys) {
    Map<K, V> found = new HashMap<>();
    for (K key : keys) {
      V value = all.get(key);
      if (value != null) {
        found.put(key, value);
      }
    }
    return found;
  }

  @Override
  public synchronized Made make(NewKeys keys) {
    keys.secrets().values().forEach(this::mustBeOpen);
    keys.people().forEach(person -> mustBeOpen(person.history()));
    keys.accounts().forEach(account -> mustBeOpen(account.key()));
    keys.periods().values().forEach(this::mustBeOpen);
    boolean changed = false;
    for (var secret : keys.secrets().entrySet()) {
      changed |= secrets.putIfAbsent(secret.getKey(), secret.getValue()) == null;
    }
    Set<UUID> madePeople = new HashSet<>();
    for (NewPerson person : keys.people()) {
      if (make(person)) {
        madePeople.add(person.id());
      }
    }
    Set<UUID> madeAccounts = new HashSet<>();
    Set<UUID> late = new HashSet<>();
    for (NewAccount account : keys.accounts()) {
      (make(account) ? madeAccounts : late).add(account.person());
    }
    Set<PeriodId> madePeriods = new HashSet<>();
    for (var period : keys.periods().entrySet()) {
      Integer mark = marks.get(period.getKey().series());
      if ((mark == null || period.getKey().day() >= mark)
          && periods.putIfAbsent(period.getKey(), period.getValue()) == null) {
        madePeriods.add(period.getKey());
      }
    }
    Set<Pseudonym> madePseudonyms = new HashSet<>();
    for (NewPseudonym pseudonym : keys.pseudonyms()) {
      boolean owned =
          person(pseudonym.person())
              .filter(p -> !pseudonym.account() || (p.account() != null && !late.contains(p.id())))
              .isPresent();
      if (owned && pseudonyms.putIfAbsent(pseudonym.pseudonym(), pseudonym) == null) {
        madePseudonyms.add(pseudonym.pseudonym());
      }
    }
    changed |=
        !madePeople.isEmpty()
            || !madeAccounts.isEmpty()
            || !madePeriods.isEmpty()
            || !madePseudonyms.isEmpty();
    generation += changed ? 1 : 0;
    return new Made(generation, madePeople, madeAccounts, madePeriods, madePseudonyms);
  }

  private boolean make(NewPerson person) {
    Fence fence = fences.get(person.ref());
    if (people.containsKey(person.ref())
        || refs.containsKey(person.id())
        || (fence != null && fence.refuses(person.eventMillis()))) {
      return false;
    }
    people.put(
        person.ref(),
        new Person(person.id(), person.ref(), person.history(), null, Long.MIN_VALUE, -1));
    refs.put(person.id(), person.ref());
    return true;
  }

  private boolean make(NewAccount account) {
    Person person = person(account.person()).orElse(null);
    if (person == null || person.account() != null) {
      return false;
    }
    people.put(
        person.ref(),
        with(
            person, account.key(), person.accountClosedAtMillis(), person.accountClosedPosition()));
    return true;
  }

  private static Person with(
      Person person, @Nullable WrappedKey account, long closedAtMillis, long closedPosition) {
    return new Person(
        person.id(), person.ref(), person.history(), account, closedAtMillis, closedPosition);
  }

  private void mustBeOpen(WrappedKey key) {
    if (key.epoch() != epoch) {
      throw new StaleEpochException(epoch);
    }
  }

  @Override
  public synchronized Erased erase(Erasure erasure) {
    Set<UUID> gone = new HashSet<>();
    boolean changed = false;
    UUID byId = erasure.person();
    if (byId != null && person(byId).filter(p -> isOf(p, erasure.tenant())).isPresent()) {
      gone.add(byId);
    }
    Lookup lookup = erasure.lookup();
    if (lookup != null) {
      PersonRef ref = new PersonRef(erasure.tenant(), lookup);
      Fence before = fences.get(ref);
      if (before == null || before.position() < erasure.position()) {
        Person standing = people.get(ref);
        if (standing != null) {
          gone.add(standing.id());
        }
        fences.put(ref, new Fence(erasure.erasedAtMillis(), Long.MAX_VALUE, erasure.position()));
        changed = true;
      }
    }
    List<Pseudonym> ownerless = new ArrayList<>();
    for (UUID person : gone) {
      ownerless.addAll(take(person, false));
      people.remove(Objects.requireNonNull(refs.remove(person)));
    }
    changed |= !gone.isEmpty();
    return erased(erasure.job(), erasure.tenant(), erasure.position(), gone, ownerless, changed);
  }

  private static boolean isOf(Person person, String tenant) {
    return person.ref().tenant().equals(tenant);
  }

  private List<Pseudonym> take(UUID person, boolean accountOnly) {
    List<Pseudonym> taken =
        pseudonyms.values().stream()
            .filter(p -> p.person().equals(person) && (p.account() || !accountOnly))
            .map(NewPseudonym::pseudonym)
            .toList();
    taken.forEach(pseudonyms::remove);
    return taken;
  }

  private Erased erased(
      UUID job,
      String tenant,
      long position,
      Set<UUID> gone,
      List<Pseudonym> ownerless,
      boolean changed) {
    OpenJob before = jobs.get(job);
    if (changed) {
      Set<UUID> people = new HashSet<>(gone);
      List<Pseudonym> all = new ArrayList<>(ownerless);
      if (before != null) {
        people.addAll(before.people());
        all.addAll(before.job().pseudonyms());
      }
      before = new OpenJob(new Job(job, tenant, position, List.copyOf(all)), Set.copyOf(people));
      jobs.put(job, before);
    }
    return new Erased(before == null ? Set.of() : before.people(), generation);
  }

  @Override
  public synchronized Erased closeAccount(AccountClosing closing) {
    Person person = person(closing.person()).filter(p -> isOf(p, closing.tenant())).orElse(null);
    boolean closes = person != null && closing.position() > person.accountClosedPosition();
    List<Pseudonym> ownerless = List.of();
    if (person != null && closes) {
      people.put(person.ref(), with(person, null, closing.closedAtMillis(), closing.position()));
      ownerless = take(closing.person(), true);
    }
    return erased(
        closing.job(),
        closing.tenant(),
        closing.position(),
        closes ? Set.of(closing.person()) : Set.of(),
        ownerless,
        closes);
  }

  @Override
  public synchronized void permit(PersonRef person, long notBeforeMillis, long position) {
    Fence fence = fences.get(person);
    if (fence != null && fence.position() < position) {
      fences.put(person, new Fence(fence.erasedAtMillis(), notBeforeMillis, position));
    }
  }

  @Override
  public synchronized int expire(PeriodId.Series series, int firstKept) {
    Integer mark = marks.get(series);
    if (mark != null && mark >= firstKept) {
      return 0;
    }
    marks.put(series, firstKept);
    int before = periods.size();
    periods.keySet().removeIf(id -> id.series().equals(series) && id.day() < firstKept);
    return before - periods.size();
  }

  @Override
  public synchronized List<Job> jobs() {
    return jobs.values().stream().map(OpenJob::job).toList();
  }

  @Override
  public synchronized void finish(Collection<UUID> finished) {
    finished.forEach(jobs::remove);
  }

  @Override
  public synchronized Optional<Followed> followed(UUID ledger) {
    return Optional.ofNullable(followed.get(ledger));
  }

  @Override
  public synchronized void follow(UUID ledger, Followed upTo) {
    followed.merge(ledger, upTo, (before, now) -> now.block() > before.block() ? now : before);
  }

  @Override
  public synchronized void followAnew(UUID ledger, Followed at, long position) {
    fences.replaceAll((person, fence) ->
        fence.position() <= position
            ? fence
            : new Fence(fence.erasedAtMillis(), fence.notBeforeMillis(), position));
    people.replaceAll((ref, person) ->
        person.accountClosedPosition() <= position
            ? person
            : with(person, person.account(), person.accountClosedAtMillis(), position));
    jobs.values().removeIf(open -> open.job().position() >= position);
    followed.put(ledger, at);
  }

  @Override
  public synchronized Map<KeyName, WrappedKey> wrappedBefore(int before, int max) {
    Map<KeyName, WrappedKey> all = new LinkedHashMap<>();
    secrets.forEach(all::put);
    people.forEach((ref, person) -> {
      all.put(name(person, false), person.history());
      if (person.account() != null) {
        all.put(name(person, true), person.account());
      }
    });
    periods.forEach((period, key) -> all.put(new KeyName.OfPeriod(period), key));
    Map<KeyName, WrappedKey> old = new LinkedHashMap<>();
    all.forEach((name, key) -> {
      if (key.epoch() < before && old.size() < max) {
        old.put(name, key);
      }
    });
    return old;
  }

  private static KeyName name(Person person, boolean account) {
    PersonRef ref = person.ref();
    return new KeyName.OfPerson(account, ref.tenant(), person.id(), ref.lookup());
  }

  @Override
  public synchronized void rewrap(List<Rewrapped> keys) {
    keys.forEach(key -> mustBeOpen(key.after()));
    for (Rewrapped key : keys) {
      switch (key.name()) {
        case KeyName.Secret secret -> secrets.replace(secret, key.before(), key.after());
        case KeyName.OfPeriod(PeriodId period) ->
            periods.replace(period, key.before(), key.after());
        case KeyName.OfPerson person -> rewrap(person, key);
      }
    }
  }

  private void rewrap(KeyName.OfPerson name, Rewrapped key) {
    Person person = person(name.person()).orElse(null);
    if (person == null
        || !Objects.equals(key.before(), name.account() ? person.account() : person.history())) {
      return;
    }
    people.put(
        person.ref(),
        new Person(
            person.id(),
            person.ref(),
            name.account() ? person.history() : key.after(),
            name.account() ? key.after() : person.account(),
            person.accountClosedAtMillis(),
            person.accountClosedPosition()));
  }

  @Override
  public synchronized void acceptLoss(UUID store, long atGeneration) {
    if (store.equals(id)) {
      generation = Math.max(generation, atGeneration) + 1;
    } else {
      generation++;
    }
    accepted.merge(store, atGeneration, Math::max);
    lossAccepted = true;
  }

  @Override
  public synchronized boolean covers(UUID store, long atGeneration) {
    return store.equals(id)
        ? generation >= atGeneration
        : accepted.getOrDefault(store, Long.MIN_VALUE) >= atGeneration;
  }

  @Override
  public synchronized boolean lossAccepted() {
    return lossAccepted;
  }

  @Override
  public synchronized Map<UUID, Long> acceptedLosses() {
    return Map.copyOf(accepted);
  }

  @Override
  public void close() {}
}
