package no.spor.vault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import no.spor.activity.HeaderBody;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.SealRequest.PlainPart;
import org.jspecify.annotations.Nullable;

/// One call of `seal`: finds or makes all keys that it needs, then seals. Holds what it uses, so
/// that nothing is wiped under it; used by one thread.
///
/// Keys that are missing are made in rounds: read what stands, make the rest in one step of the
/// store, read again. Whoever else makes the same at the same time, all of them end up with what
/// stands in the store. Without a race that is one round.
final class SealBatch implements AutoCloseable {
  private static final int MOST_ROUNDS = 32;

  private final Keyring keyring;
  private final Workbench bench;
  private final Map<String, TenantEntry> tenants = new HashMap<>();
  private final Map<PersonRef, PersonEntry> people = new HashMap<>();
  private final Map<PersonRef, Fence> fences = new HashMap<>();
  private final Map<PeriodId, StoredKey> periods = new HashMap<>();
  private final Map<Keyring.ContentKeyId, ContentKey> contentKeys = new HashMap<>();

  SealBatch(Keyring keyring, Workbench bench) {
    this.keyring = keyring;
    this.bench = bench;
  }

  List<SealOutcome> seal(List<SealRequest> requests) {
    List<Planned> plan = new ArrayList<>(requests.size());
    Set<String> names = new LinkedHashSet<>();
    int parts = 0;
    for (SealRequest request : requests) {
      plan.add(new Planned(request));
      names.add(request.header().tenant());
      parts += request.parts().size();
    }
    keyring.tenants(bench, names, tenants, true);
    for (Planned planned : plan) {
      planned.findPeople();
    }
    makeKeys(plan);
    long generation = keyring.generation();
    byte[] nonces = keyring.random(parts * Workbench.NONCE_BYTES);
    int nonceAt = 0;
    List<SealOutcome> outcomes = new ArrayList<>(plan.size());
    for (Planned planned : plan) {
      outcomes.add(planned.seal(nonces, nonceAt, generation));
      nonceAt += planned.request.parts().size() * Workbench.NONCE_BYTES;
    }
    return outcomes;
  }

  private void makeKeys(List<Planned> plan) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      keyring.people(bench, wantedPeople(plan), people, fences);
      Map<PeriodId, Integer> marks = keyring.periods(bench, wantedPeriods(plan), periods);
      try (Wanted wanted = new Wanted(keyring, bench)) {
        for (Planned planned : plan) {
          if (planned.outcome == null) {
            planned.outcome = planned.refusal(marks);
          }
          if (planned.outcome == null) {
            planned.want(wanted);
          }
        }
        wanted.leaveOutRecorded();
        if (wanted.isEmpty()) {
          return;
        }
        wanted.make();
        forgetUnfinished(round == 0 ? wanted.accounts() : wanted.refs());
      }
    }
    throw new KeysUnavailableException(
        "the key store did not settle: others keep changing the same people");
  }

  /// Lets go of people who are to be read again: with the account key that was made, or because
  /// what was to be made for them was left out, so that they may be gone.
  private void forgetUnfinished(Set<PersonRef> refs) {
    for (PersonRef ref : refs) {
      PersonEntry entry = people.remove(ref);
      if (entry != null) {
        keyring.drop(entry);
        entry.release();
      }
    }
  }

  private Set<PersonRef> wantedPeople(List<Planned> plan) {
    Set<PersonRef> wanted = new LinkedHashSet<>();
    for (Planned planned : plan) {
      for (int i = 0; planned.outcome == null && i < planned.refs.length; i++) {
        PersonRef ref = planned.refs[i];
        if (ref != null && planned.kinds[i].personal() && !people.containsKey(ref)) {
          wanted.add(ref);
        }
      }
    }
    return wanted;
  }

  private Set<PeriodId> wantedPeriods(List<Planned> plan) {
    Set<PeriodId> wanted = new LinkedHashSet<>();
    for (Planned planned : plan) {
      if (planned.outcome == null && planned.usesPeriod() && !periods.containsKey(planned.period)) {
        wanted.add(planned.period);
      }
    }
    return wanted;
  }

  private ContentKey contentKey(KeyKind kind, @Nullable PersonEntry person, PeriodId period) {
    Keyring.ContentKeyId id = Keyring.ContentKeyId.of(kind, person, period);
    ContentKey key = contentKeys.get(id);
    if (key == null) {
      TenantEntry tenant = Objects.requireNonNull(tenants.get(period.tenant()));
      key = keyring.contentKey(bench, id, person, periods.get(period), tenant);
      contentKeys.put(id, key);
    }
    return key;
  }

  @Override
  public void close() {
    tenants.values().forEach(Counted::release);
    people.values().forEach(Counted::release);
    periods.values().forEach(Counted::release);
    contentKeys.values().forEach(Counted::release);
  }

  /// A request with what is known of it so far.
  private final class Planned {
    final SealRequest request;
    final PeriodId period;
    final KeyKind[] kinds;
    final @Nullable PersonRef[] refs;
    final int month;
    @Nullable SealOutcome outcome;

    Planned(SealRequest request) {
      this.request = request;
      HeaderBody header = request.header();
      List<PlainPart> parts = request.parts();
      if (parts.size() > 255 || header.roles().size() != parts.size()) {
        throw new IllegalArgumentException("the header's roles and the parts are not the same");
      }
      period =
          new PeriodId(header.tenant(), header.retention(), header.policyVersion(), header.day());
      kinds = new KeyKind[parts.size()];
      refs = new PersonRef[parts.size()];
      boolean personal = false;
      for (int i = 0; i < kinds.length; i++) {
        PlainPart part = parts.get(i);
        kinds[i] = KeyKind.of(part.role(), request.untilClosed());
        boolean someones = kinds[i].personal() || kinds[i] == KeyKind.FENCE;
        if (part.role() != header.roles().get(i) || someones != (part.person() != null)) {
          throw new IllegalArgumentException(
              "part " + i + " is not its role's, or names a person where none belongs");
        }
        personal |= kinds[i].personal();
      }
      month = personal ? Derivation.month(header.time()) : 0;
    }

    void findPeople() {
      TenantEntry tenant = Objects.requireNonNull(tenants.get(period.tenant()));
      for (int i = 0; i < refs.length; i++) {
        var person = request.parts().get(i).person();
        if (person != null) {
          refs[i] =
              new PersonRef(period.tenant(), Derivation.lookup(bench, tenant.lookup(), person));
        }
      }
    }

    boolean usesPeriod() {
      for (KeyKind kind : kinds) {
        if (kind != KeyKind.FENCE) {
          return true;
        }
      }
      return false;
    }

    private long millis() {
      return request.header().time().toEpochMilli();
    }

    @Nullable SealOutcome refusal(Map<PeriodId, Integer> marks) {
      for (int i = 0; i < refs.length; i++) {
        PersonRef ref = refs[i];
        if (ref != null && kinds[i].personal()) {
          PersonEntry person = people.get(ref);
          Fence fence = fences.get(ref);
          if (person != null
              ? person.refuses(millis(), kinds[i])
              : fence != null && fence.refuses(millis())) {
            return new SealOutcome.PersonErased();
          }
        }
      }
      Integer firstKept = marks.get(period);
      return firstKept != null && period.day() < firstKept ? new SealOutcome.PeriodExpired() : null;
    }

    void want(Wanted wanted) {
      if (usesPeriod() && !periods.containsKey(period)) {
        wanted.period(period);
      }
      for (int i = 0; i < refs.length; i++) {
        PersonRef ref = refs[i];
        if (ref != null && kinds[i].personal()) {
          wanted.person(ref, people.get(ref), kinds[i], month, millis());
        }
      }
    }

    SealOutcome seal(byte[] nonces, int nonceAt, long generation) {
      if (outcome != null) {
        return outcome;
      }
      List<byte[]> sealed = new ArrayList<>(kinds.length);
      List<KeyHandle> handles = new ArrayList<>(2);
      for (int i = 0; i < kinds.length; i++) {
        PersonRef ref = refs[i];
        PersonEntry person =
            kinds[i].personal() && ref != null ? Objects.requireNonNull(people.get(ref)) : null;
        Handle handle = person == null ? null : person.handle(kinds[i]);
        if (handle != null && !handles.contains(handle)) {
          handles.add(handle);
        }
        byte[] nonce = Arrays.copyOfRange(nonces, nonceAt, nonceAt + Workbench.NONCE_BYTES);
        sealed.add(sealPart(i, person, nonce));
        nonceAt += Workbench.NONCE_BYTES;
      }
      return new SealOutcome.Sealed(List.copyOf(sealed), List.copyOf(handles), generation);
    }

    private byte[] sealPart(int index, @Nullable PersonEntry person, byte[] nonce) {
      PlainPart part = request.parts().get(index);
      KeyKind kind = kinds[index];
      PersonRef ref = refs[index];
      byte[] content =
          kind == KeyKind.FENCE ? Objects.requireNonNull(ref).lookup().bytes() : part.content();
      return PartCipher.seal(
          bench,
          contentKey(kind, person, kind == KeyKind.FENCE ? fencePeriod(period.tenant()) : period),
          PartHead.of(kind, part.role()),
          person == null ? null : person.recorded(kind, month),
          nonce,
          new PartCipher.Place(keyring.ledger(), index, request.body()),
          part.codec(),
          content);
    }
  }

  static PeriodId fencePeriod(String tenant) {
    return new PeriodId(tenant, "", 0, 0);
  }
}
