package no.spor.vault;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import no.spor.vault.KeyName.OfPeriod;
import no.spor.vault.KeyName.OfPerson;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.Made;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Standing;
import org.jspecify.annotations.Nullable;

/// All keys that are in memory, and the way to those that are not. Thread-safe. What it hands out
/// is retained for the caller, who must release it.
final class Keyring implements AutoCloseable {
  private static final int TURNS = 256;

  private final KeyStore store;
  private final EpochKeys epochs;
  private final SecureRandom random;
  private final Derivation derivation;
  private final Generations generations;
  private final LiveHandles handles = new LiveHandles();
  private final PendingErasures pending = new PendingErasures();
  private final Map<PeriodId.Series, Integer> marks = new ConcurrentHashMap<>();
  private final TenantKeys tenants;
  private final BoundedCache<PersonRef, PersonEntry> people;
  private final Owners owners;
  private final BoundedCache<PeriodId, StoredKey> periods;
  private final BoundedCache<ContentKeyId, ContentKey> contentKeys;
  private final ReentrantLock[] turns = new ReentrantLock[TURNS];

  Keyring(
      KeyStore store, EpochKeys epochs, UUID ledger, VaultOptions options, SecureRandom random) {
    this.store = store;
    this.epochs = epochs;
    this.random = random;
    this.derivation = new Derivation(ledger);
    this.generations = new Generations(store);
    this.tenants = new TenantKeys(this, store, epochs, options.tenants());
    this.people = new BoundedCache<>(options.people());
    this.owners = new Owners(this, store, options.people());
    this.periods = new BoundedCache<>(options.periods());
    this.contentKeys = new BoundedCache<>(options.contentKeys(), ContentKeyId::group);
    Arrays.setAll(turns, i -> new ReentrantLock());
  }

  byte[] ledger() {
    return derivation.ledger();
  }

  Derivation derivation() {
    return derivation;
  }

  Generations generations() {
    return generations;
  }

  long generation() {
    return generations.known();
  }

  Map<String, VaultCondition.CacheFill> caches() {
    return Map.of(
        "tenants", tenants.fill(),
        "people", people.fill(),
        "owners", owners.fill(),
        "periods", periods.fill(),
        "content-keys", contentKeys.fill());
  }

  SecretBytes newKey() {
    return SecretBytes.random(random, Workbench.KEY_BYTES);
  }

  UUID newId() {
    Pseudonym bits = Pseudonym.of(random(Pseudonym.BYTES));
    return new UUID(bits.high(), bits.low());
  }

  /// Held by who makes keys of somebody. A call takes one at most.
  ReentrantLock turn(PersonRef ref) {
    return turns[Math.floorMod(ref.hashCode(), TURNS)];
  }

  byte[] nonces(Workbench bench, int count) {
    return bench.nonces(random, count);
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  WrappedKey wrap(Workbench bench, KeyName name, SecretBytes key) {
    return epochs.wrap(bench, name, key);
  }

  /// Makes what is wanted, unless an epoch was closed meanwhile: the next round wraps anew.
  Made make(NewKeys keys) {
    Made[] made = {Made.untold(0)};
    try {
      generations.observe(() -> {
        made[0] = store.make(keys);
        return made[0].generation();
      });
    } catch (StaleEpochException e) {
      epochs.refresh();
    }
    return made[0];
  }

  /// @return a number that moves whenever this node learns that somebody is forgotten
  long forgotten() {
    return handles.forgotten();
  }

  /// Takes in somebody whom this node has just made, with the keys as they are. Not for who stands
  /// behind a fence: what that says is to be read.
  ///
  /// @param forgotten [#forgotten] from before it was asked whether the person stands
  /// @return the person, retained; null where somebody was forgotten since: then it is to be read
  ///   who stands, and the keys given here are wiped
  @Nullable PersonEntry made(
      Person person, SecretBytes history, @Nullable SecretBytes account, long forgotten) {
    PersonEntry entry = new PersonEntry(person, null, false, history, account, handles);
    if (forgotten != handles.forgotten()) {
      entry.release();
      return null;
    }
    entry.setKnownWhole();
    people.put(entry.ref(), entry);
    dropIfDead(entry);
    return entry;
  }

  /// Takes in a period's key that this node has just made. @return the key, retained
  StoredKey made(PeriodId id, SecretBytes key) {
    return keep(id, new StoredKey(key));
  }

  private StoredKey keep(PeriodId id, StoredKey key) {
    periods.put(id, key);
    if (below(id)) {
      periods.remove(id, key);
    }
    return key;
  }

  Set<Pseudonym> recorded(Collection<Pseudonym> pseudonyms) {
    Set<Pseudonym> recorded = store.recorded(pseudonyms);
    observeStore(); // another node may have made them durable
    return recorded;
  }

  TenantKeys tenants() {
    return tenants;
  }

  /// @return who stands, where that is in memory
  @Nullable PersonEntry knownPerson(PersonRef ref) {
    PersonEntry entry = people.get(ref);
    if (entry != null && !entry.alive()) {
      people.remove(ref, entry);
      entry.release();
      return null;
    }
    return entry;
  }

  /// Finds people who are not found yet.
  void people(Workbench bench, Collection<Someone> wanted) {
    Map<PersonRef, Someone> missing = new HashMap<>();
    for (Someone someone : wanted) {
      PersonEntry entry = knownPerson(someone.ref);
      if (entry != null) {
        someone.entry = entry;
      } else {
        missing.put(someone.ref, someone);
      }
    }
    while (!missing.isEmpty()) {
      long forgotten = handles.forgotten();
      Map<PersonRef, Standing> standings = store.people(missing.keySet());
      observeStore();
      missing.forEach((ref, someone) -> {
        Standing standing = pending.of(ref, standings.getOrDefault(ref, Standing.NEVER_SEEN));
        Person person = standing.person();
        someone.fence = standing.fence();
        someone.entry = person == null ? null : unwrap(bench, person, standing.fence());
      });
      if (forgotten == handles.forgotten()) {
        missing.values().forEach(this::keep);
        return;
      }
      missing.values().forEach(Someone::release);
    }
  }

  private void keep(Someone someone) {
    PersonEntry entry = someone.entry;
    if (entry != null && entry.settled()) {
      people.put(someone.ref, entry);
      dropIfDead(entry);
    }
  }

  Owners owners() {
    return owners;
  }

  /// @return whether the store's word on a person is overtaken by an erasure that it has not seen
  boolean gone(Person person) {
    if (!pending.concerns(person)) {
      return false;
    }
    Person standing = standing(person.ref()).person();
    return standing == null || !standing.id().equals(person.id());
  }

  /// @return how a person stands
  Standing standing(PersonRef ref) {
    return pending.of(ref, store.people(Set.of(ref)).getOrDefault(ref, Standing.NEVER_SEEN));
  }

  private PersonEntry unwrap(Workbench bench, Person person, @Nullable Fence fence) {
    PersonRef ref = person.ref();
    SecretBytes history =
        epochs.unwrap(
            bench, new OfPerson(false, ref.tenant(), person.id(), ref.lookup()), person.history());
    WrappedKey account = person.account();
    return new PersonEntry(
        person,
        fence,
        pending.closes(person),
        history,
        account == null
            ? null
            : epochs.unwrap(
                bench, new OfPerson(true, ref.tenant(), person.id(), ref.lookup()), account),
        handles);
  }

  private void dropIfDead(PersonEntry entry) {
    if (!entry.alive()) {
      drop(entry);
    }
  }

  /// Takes a person out of the cache, to be read again.
  void drop(PersonEntry entry) {
    people.remove(entry.ref(), entry);
  }

  /// @return a period's key, where it is in memory
  @Nullable StoredKey knownPeriod(PeriodId id) {
    return below(id) ? null : periods.get(id);
  }

  /// @param into gets those that stand
  /// @return for those that do not: the first day kept of their series, where there is a mark
  Map<PeriodId, Integer> periods(
      Workbench bench, Set<PeriodId> ids, Map<PeriodId, StoredKey> into) {
    List<PeriodId> missing = new ArrayList<>();
    Map<PeriodId, Integer> firstKept = new HashMap<>();
    for (PeriodId id : ids) {
      Integer mark = marks.get(id.series());
      if (mark != null && id.day() < mark) {
        firstKept.put(id, mark);
        continue;
      }
      StoredKey key = periods.get(id);
      if (key != null) {
        into.put(id, key);
      } else {
        missing.add(id);
      }
    }
    if (missing.isEmpty()) {
      return firstKept;
    }
    Map<PeriodId, WrappedKey> found = store.periods(missing);
    found.forEach((id, wrapped) -> {
      into.put(id, keep(id, new StoredKey(epochs.unwrap(bench, new OfPeriod(id), wrapped))));
    });
    if (found.size() < missing.size()) {
      Map<PeriodId.Series, Integer> expired =
          store.marks(missing.stream().map(PeriodId::series).distinct().toList());
      for (PeriodId id : missing) {
        Integer mark = expired.get(id.series());
        if (mark != null && !found.containsKey(id)) {
          firstKept.put(id, mark);
        }
      }
    }
    observeStore();
    return firstKept;
  }

  /// @param period null for kinds that are not of a period
  ContentKey contentKey(
      Workbench bench,
      ContentKeyId id,
      @Nullable PersonEntry person,
      @Nullable StoredKey period,
      TenantEntry tenant) {
    ContentKey last = person == null ? null : person.lastKey(id);
    if (last != null) {
      return last;
    }
    ContentKey key = contentKeys.get(id);
    if (key == null) {
      key =
          derivation.contentKey(
              bench,
              id.kind(),
              id.period(),
              Derivation.inputKeys(id.kind(), person, period, tenant));
      contentKeys.put(id, key);
      if ((person != null && !person.alive()) || below(id.period())) {
        contentKeys.remove(id, key);
      }
    }
    if (person != null) {
      person.rememberLast(id, key);
    }
    return key;
  }

  /// Erases in the key store, then here.
  KeyStore.Erased erase(KeyStore.Erasure erasure) {
    KeyStore.Erased erased = store.erase(erasure);
    pending.written(erasure);
    Set<UUID> gone = new HashSet<>(erased.people());
    UUID named = erasure.person();
    if (named != null) {
      gone.add(named);
    }
    Lookup lookup = erasure.lookup();
    PersonRef ref = lookup == null ? null : new PersonRef(erasure.tenant(), lookup);
    Person anew =
        ref == null
            ? null
            : store.people(Set.of(ref)).getOrDefault(ref, Standing.NEVER_SEEN).person();
    wipe(gone, ref, anew == null ? null : anew.id());
    return erased;
  }

  /// This node has learned of an erasure: from here on the person's handles are dead and the keys
  /// are out of the caches.
  void forgotten(UUID person) {
    pending.forgotten(person);
    wipe(Set.of(person), null, null);
  }

  /// As [#forgotten], for whoever stands under the lookup.
  void fenced(PersonRef ref, long position) {
    pending.fenced(ref, position);
    wipe(Set.of(), ref, null);
  }

  /// @param spared who stands under the lookup after the erasure, by a permission
  private void wipe(Set<UUID> ids, @Nullable PersonRef ref, @Nullable UUID spared) {
    Set<UUID> gone = new HashSet<>(ids);
    if (ref != null) {
      gone.addAll(handles.kill(ref, spared));
      dropDead(ref);
    }
    for (UUID id : gone) {
      dropDead(handles.kill(id));
      contentKeys.removeGroup(id.hashCode(), (key, value) -> key.person().equals(id));
    }
    owners.forget(gone);
  }

  void accountClosed(UUID person, long position) {
    pending.accountClosed(person, position);
    dropDead(handles.killAccount(person));
    contentKeys.removeGroup(
        person.hashCode(), (id, key) -> id.kind() == KeyKind.ACCOUNT && id.person().equals(person));
  }

  private void dropDead(@Nullable PersonRef ref) {
    PersonEntry entry = ref == null ? null : people.get(ref);
    if (entry != null) {
      dropIfDead(entry);
      entry.release();
    }
  }

  void expired(PeriodId.Series series, int firstKept) {
    marks.merge(series, firstKept, Math::max);
    periods.removeIf((id, key) -> id.series().equals(series) && id.day() < firstKept);
    contentKeys.removeIf(
        (id, key) -> id.period().series().equals(series) && id.period().day() < firstKept);
  }

  private boolean below(PeriodId period) {
    Integer mark = marks.get(period.series());
    return mark != null && period.day() < mark;
  }

  void observeStore() {
    generations.observe(store::generation);
  }

  /// Keys that only the lost store had are used no more.
  void lossAccepted() {
    generations.lossAccepted();
    handles.killAll();
    clear();
  }

  private void clear() {
    tenants.clear();
    people.clear();
    owners.clear();
    periods.clear();
    contentKeys.clear();
  }

  @Override
  public void close() {
    clear();
    epochs.close();
  }
}
