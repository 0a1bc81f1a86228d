package no.spor.vault;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.PersonId;
import no.spor.activity.Role;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.SealRequest.PlainPart;
import org.jspecify.annotations.Nullable;

/// One call of `seal`: finds or makes all keys that it needs, then seals. Holds what it uses, so
/// that nothing is wiped under it; used by one thread.
///
/// Keys that are missing are made in rounds: read what stands, make the rest in one step of the
/// store, take in what that has made, read the rest again. Whoever else makes the same at the same
/// time, all of them end up with what stands in the store. Without a race that is one round.
///
/// Everything is looked up once in a call: a [Planned] points to its [Someone] and its [Shared].
final class SealBatch implements AutoCloseable {
  private static final int MOST_ROUNDS = 32;
  private static final String ADMINISTRATION = "spor";
  private static final String TENANT_TAG = "tenant";

  private final Keyring keyring;
  private final Workbench bench;
  private final Map<String, TenantEntry> tenants = new HashMap<>();
  private final Map<PersonRef, Someone> people = new LinkedHashMap<>();
  private final Map<Name, Someone> named = new HashMap<>();
  private final Map<PeriodId, Shared> shared = new LinkedHashMap<>();
  private final List<ContentKey> contentKeys = new ArrayList<>();
  private @Nullable Shared lastShared;

  SealBatch(Keyring keyring, Workbench bench) {
    this.keyring = keyring;
    this.bench = bench;
  }

  /// @return whose keys seal a part of this kind; null for the fence of a control record that does
  ///   not name one tenant
  static @Nullable String tenant(HeaderBody header, KeyKind kind) {
    if (kind != KeyKind.FENCE || !header.tenant().equals(ADMINISTRATION)) {
      return header.tenant();
    }
    String named = null;
    for (EventTag tag : header.tags()) {
      if (tag.key().equals(TENANT_TAG)) {
        if (named != null) {
          return null;
        }
        named = tag.value();
      }
    }
    return named;
  }

  /// What stands for the period where a kind is not of one.
  static PeriodId always(String tenant) {
    return new PeriodId(tenant, "", 0, 0);
  }

  List<SealOutcome> seal(List<SealRequest> requests) {
    Set<String> names = new LinkedHashSet<>(4);
    int parts = 0;
    for (SealRequest request : requests) {
      addTenants(request, names);
      parts += request.parts().size();
    }
    keyring.tenants().find(bench, names, tenants, true);
    byte[] nonces = keyring.nonces(bench, parts);
    int nonceAt = 0;
    List<Planned> plan = new ArrayList<>(requests.size());
    boolean finished = true;
    for (SealRequest request : requests) {
      Planned planned = new Planned(request, nonces, nonceAt);
      plan.add(planned);
      planned.findPeople();
      finished &= planned.sealIfKnown();
      nonceAt += planned.kinds.length * Workbench.NONCE_BYTES;
    }
    if (!finished) {
      makeInTurn(plan);
    }
    List<SealOutcome> outcomes = new ArrayList<>(plan.size());
    for (Planned planned : plan) {
      SealOutcome outcome = planned.outcome;
      outcomes.add(outcome != null ? outcome : planned.seal());
    }
    return outcomes;
  }

  private static void addTenants(SealRequest request, Set<String> names) {
    names.add(request.header().tenant());
    for (PlainPart part : request.parts()) {
      if (part.role() == Role.FENCE) {
        names.add(fenceTenant(request.header()));
      }
    }
  }

  private static String fenceTenant(HeaderBody header) {
    String tenant = tenant(header, KeyKind.FENCE);
    if (tenant == null) {
      throw new IllegalArgumentException(
          "a control record with a fence names the person's tenant in one tag");
    }
    return tenant;
  }

  /// Who comes with one event of somebody for whom another call makes keys waits until that is
  /// done, and mostly finds them in memory then: of many that come at once, one asks the store.
  private void makeInTurn(List<Planned> plan) {
    Someone missing = plan.size() == 1 ? plan.getFirst().missing() : null;
    if (missing == null) {
      makeKeys(plan);
      return;
    }
    ReentrantLock turn = keyring.turn(missing.ref);
    turn.lock();
    try {
      if (!plan.getFirst().sealIfKnown()) {
        makeKeys(plan);
      }
    } finally {
      turn.unlock();
    }
  }

  private void makeKeys(List<Planned> plan) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      long forgotten = keyring.forgotten();
      Map<PeriodId, Integer> marks = find(plan);
      try (Wanted wanted = new Wanted(keyring, bench)) {
        for (Planned planned : plan) {
          if (planned.outcome == null) {
            planned.outcome = planned.refusal(marks);
          }
          if (planned.outcome == null) {
            planned.want(wanted);
          }
        }
        wanted.leaveOutRecorded(round > 0);
        if (wanted.isEmpty()) {
          return;
        }
        wanted
            .make(forgotten)
            .forEach((id, key) -> Objects.requireNonNull(shared.get(id)).key = key);
        forgetUnfinished(wanted.unsettled(round > 0));
      }
    }
    throw new KeysUnavailableException(
        "the key store did not settle: others keep changing the same people");
  }

  /// Finds who and what is not found yet and still needed.
  ///
  /// @return for periods without a key: the first day kept of their series, where there is a mark
  private Map<PeriodId, Integer> find(List<Planned> plan) {
    Set<Someone> wanted = new LinkedHashSet<>();
    Map<PeriodId, StoredKey> periods = new LinkedHashMap<>();
    Set<PeriodId> wantedPeriods = new LinkedHashSet<>();
    for (Planned planned : plan) {
      if (planned.outcome == null) {
        planned.addMissing(wanted);
        if (planned.ofPeriod && planned.shared.key == null) {
          wantedPeriods.add(planned.shared.id);
        }
      }
    }
    if (!wanted.isEmpty()) {
      keyring.people(bench, wanted);
    }
    if (wantedPeriods.isEmpty()) {
      return Map.of();
    }
    Map<PeriodId, Integer> marks = keyring.periods(bench, wantedPeriods, periods);
    periods.forEach((id, key) -> Objects.requireNonNull(shared.get(id)).key = key);
    return marks;
  }

  /// Lets go of people who are to be read again: with the account key that was made, or because
  /// what was to be made for them was left out, so that they may be gone.
  private void forgetUnfinished(Set<PersonRef> refs) {
    for (PersonRef ref : refs) {
      Someone someone = people.get(ref);
      if (someone != null && someone.entry != null) {
        keyring.drop(someone.entry);
        someone.release();
      }
    }
  }

  private Shared shared(PeriodId id) {
    Shared last = lastShared;
    if (last == null || !last.id.equals(id)) {
      last = shared.computeIfAbsent(id, Shared::new);
      lastShared = last;
    }
    return last;
  }

  private ContentKey contentKey(KeyKind kind, @Nullable PersonEntry person, Shared of) {
    if (person == null) {
      ContentKey known = of.known(kind);
      if (known != null) {
        return known;
      }
    }
    ContentKeyId id = new ContentKeyId(kind, person, of.id);
    TenantEntry tenant = of.tenant;
    if (tenant == null) {
      tenant = Objects.requireNonNull(tenants.get(of.id.tenant()));
      of.tenant = tenant;
    }
    ContentKey key = keyring.contentKey(bench, id, person, of.key, tenant);
    contentKeys.add(key);
    if (person == null) {
      of.remember(kind, key);
    }
    return key;
  }

  @Override
  public void close() {
    tenants.values().forEach(Counted::release);
    people.values().forEach(Someone::release);
    for (Shared one : shared.values()) {
      if (one.key != null) {
        one.key.release();
      }
    }
    contentKeys.forEach(Counted::release);
  }

  /// How a call names somebody: the lookup is derived once for each.
  private record Name(String tenant, PersonId person) {
    @Override
    public String toString() {
      return "Name[…]";
    }
  }

  private Someone someone(String tenant, PersonId person) {
    return named.computeIfAbsent(
        new Name(tenant, person),
        name -> people.computeIfAbsent(ref(name.tenant(), name.person()), Someone::new));
  }

  private PersonRef ref(String tenant, PersonId person) {
    TenantEntry keys = Objects.requireNonNull(tenants.get(tenant));
    return new PersonRef(tenant, Derivation.lookup(bench, keys.lookup(), person));
  }

  /// A period, or what stands for one, with its keys and the content key that is nobody's.
  private static final class Shared {
    final PeriodId id;
    @Nullable StoredKey key;
    @Nullable TenantEntry tenant;
    private @Nullable KeyKind kind;
    private @Nullable ContentKey contentKey;

    Shared(PeriodId id) {
      this.id = id;
    }

    @Nullable ContentKey known(KeyKind asked) {
      return kind == asked ? contentKey : null;
    }

    void remember(KeyKind of, ContentKey found) {
      kind = of;
      contentKey = found;
    }
  }

  /// A request with what is known of it so far.
  private final class Planned {
    final SealRequest request;
    final byte[] nonces;
    final int nonceAt;
    final HeaderBody header;
    final List<PlainPart> parts;
    final KeyKind[] kinds;
    final boolean ofPeriod;
    final Shared shared;
    final @Nullable Someone[] whose;
    final @Nullable PersonRef[] fences;
    final int month;
    final long millis;
    @Nullable SealOutcome outcome;

    Planned(SealRequest request, byte[] nonces, int nonceAt) {
      this.request = request;
      this.nonces = nonces;
      this.nonceAt = nonceAt;
      this.header = request.header();
      this.parts = request.parts();
      int count = parts.size();
      if (count > 255 || header.roles().size() != count) {
        throw new IllegalArgumentException("the header's roles and the parts are not the same");
      }
      kinds = new KeyKind[count];
      whose = new Someone[count];
      fences = new PersonRef[count];
      boolean personal = false;
      boolean dated = false;
      for (int i = 0; i < count; i++) {
        PlainPart part = parts.get(i);
        KeyKind kind = KeyKind.of(part.role(), request.untilClosed());
        kinds[i] = kind;
        boolean named = part.person() != null;
        if (part.role() != header.roles().get(i)
            || (kind == KeyKind.FENCE ? !fenced(part) : kind.personal() != named)) {
          throw new IllegalArgumentException(
              "part " + i + " is not its role's, or names a person where none belongs");
        }
        personal |= kind.personal();
        dated |= kind.ofPeriod();
      }
      ofPeriod = dated;
      shared =
          shared(
              dated
                  ? new PeriodId(
                      header.tenant(), header.retention(), header.policyVersion(), header.day())
                  : always(header.tenant()));
      month = personal ? Derivation.month(header.time()) : 0;
      millis = header.time().toEpochMilli();
    }

    /// @return whether it says whom the fence is for: the person, or the lookup itself
    private static boolean fenced(PlainPart part) {
      return part.person() != null || part.content().length == Lookup.BYTES;
    }

    void findPeople() {
      for (int i = 0; i < kinds.length; i++) {
        PersonId person = parts.get(i).person();
        if (person == null) {
          if (kinds[i] == KeyKind.FENCE) {
            fences[i] = new PersonRef(fenceTenant(header), Lookup.of(parts.get(i).content()));
          }
          continue;
        }
        if (kinds[i] == KeyKind.FENCE) {
          fences[i] = ref(fenceTenant(header), person);
        } else {
          whose[i] = someone(header.tenant(), person);
        }
      }
    }

    /// Seals at once where all keys are in memory, so that the common case goes over each event
    /// once.
    ///
    /// @return false where something is to be read, made or refused first
    boolean sealIfKnown() {
      if (ofPeriod && shared.key == null) {
        shared.key = keyring.knownPeriod(shared.id);
        if (shared.key == null) {
          return false;
        }
      }
      for (int i = 0; i < kinds.length; i++) {
        Someone someone = whose[i];
        if (someone != null) {
          PersonEntry entry = someone.entry;
          if (entry == null) {
            entry = keyring.knownPerson(someone.ref);
            someone.entry = entry;
          }
          if (entry == null
              || entry.refuses(millis, kinds[i])
              || entry.recorded(kinds[i], month) == null) {
            return false;
          }
        }
      }
      outcome = seal();
      return true;
    }

    /// @return the first of whom something is not in memory
    @Nullable Someone missing() {
      for (int i = 0; i < kinds.length; i++) {
        Someone someone = whose[i];
        if (someone != null
            && (someone.entry == null || someone.entry.recorded(kinds[i], month) == null)) {
          return someone;
        }
      }
      return null;
    }

    void addMissing(Set<Someone> wanted) {
      for (Someone someone : whose) {
        if (someone != null && someone.entry == null) {
          wanted.add(someone);
        }
      }
    }

    @Nullable SealOutcome refusal(Map<PeriodId, Integer> marks) {
      for (int i = 0; i < kinds.length; i++) {
        Someone someone = whose[i];
        if (someone != null && someone.refuses(millis, kinds[i])) {
          return new SealOutcome.PersonErased();
        }
      }
      Integer firstKept = ofPeriod && !marks.isEmpty() ? marks.get(shared.id) : null;
      return firstKept != null && shared.id.day() < firstKept
          ? new SealOutcome.PeriodExpired()
          : null;
    }

    void want(Wanted wanted) {
      if (ofPeriod && shared.key == null) {
        wanted.period(shared.id);
      }
      for (int i = 0; i < kinds.length; i++) {
        Someone someone = whose[i];
        if (someone != null) {
          wanted.person(someone, kinds[i], month, millis);
        }
      }
    }

    SealOutcome seal() {
      int at = nonceAt;
      byte[][] sealed = new byte[kinds.length][];
      List<KeyHandle> handles = new ArrayList<>(2);
      for (int i = 0; i < kinds.length; i++) {
        Someone someone = whose[i];
        PersonEntry person = someone == null ? null : Objects.requireNonNull(someone.entry);
        Handle handle = person == null ? null : person.handle(kinds[i]);
        if (handle != null && !handles.contains(handle)) {
          handles.add(handle);
        }
        sealed[i] = sealPart(i, person, at);
        at += Workbench.NONCE_BYTES;
      }
      return new SealOutcome.Sealed(List.of(sealed), List.copyOf(handles), keyring.generation());
    }

    private byte[] sealPart(int index, @Nullable PersonEntry person, int nonce) {
      PlainPart part = parts.get(index);
      KeyKind kind = kinds[index];
      PersonRef fence = fences[index];
      Shared of =
          fence != null
              ? shared(always(fence.tenant()))
              : kind.ofPeriod() ? shared : shared(always(header.tenant()));
      return PartCipher.seal(
          bench,
          contentKey(kind, person, of),
          PartHead.of(kind, part.role()),
          person == null ? null : person.recorded(kind, month),
          nonces,
          nonce,
          new PartCipher.Place(keyring.ledger(), index, request.body()),
          part.codec(),
          fence != null ? fence.lookup().bytes() : part.content());
    }
  }
}
