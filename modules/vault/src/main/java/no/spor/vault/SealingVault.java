package no.spor.vault;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import no.spor.activity.HeaderBody;
import no.spor.activity.PersonId;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeyStore.Standing;
import org.jspecify.annotations.Nullable;

/// The vault.
final class SealingVault implements Vault {
  private final KeyStore store;
  private final UUID ledger;
  private final EpochKeys epochs;
  private final Keyring keyring;
  private final SigningKeys signing;
  private final LongAdder sealedParts = new LongAdder();
  private final LongAdder openedParts = new LongAdder();
  private final ConcurrentLinkedDeque<Workbench> benches = new ConcurrentLinkedDeque<>();

  SealingVault(
      KeyStore store, EpochKeys epochs, UUID ledger, VaultOptions options, SecureRandom random) {
    this.store = store;
    this.ledger = ledger;
    this.epochs = epochs;
    this.keyring = new Keyring(store, epochs, ledger, options, random);
    this.signing = new SigningKeys(store, epochs, keyring);
  }

  @Override
  public List<SealOutcome> seal(List<SealRequest> requests) {
    try {
      return withBench(bench -> {
        try (SealBatch batch = new SealBatch(keyring, bench)) {
          return batch.seal(requests);
        }
      });
    } finally {
      int parts = 0;
      for (SealRequest request : requests) {
        parts += request.parts().size();
        for (SealRequest.PlainPart part : request.parts()) {
          Arrays.fill(part.content(), (byte) 0);
        }
      }
      sealedParts.add(parts);
    }
  }

  @Override
  public Opened open(HeaderBody header, byte[] body, int partIndex, byte[] part) {
    openedParts.increment();
    PartHead head = PartHead.read(part);
    if (head == null
        || partIndex < 0
        || partIndex >= header.roles().size()
        || header.roles().get(partIndex) != head.role()) {
      keyring.generations().check();
      return new Opened.Damaged();
    }
    if (head.kind().ofPeriod()) {
      keyring.generations().check();
    }
    return withAnyBench(bench -> {
      List<Counted> held = new ArrayList<>(4);
      try {
        return open(
            bench,
            header,
            new PartCipher.Place(keyring.ledger(), partIndex, body),
            head,
            part,
            held);
      } finally {
        held.forEach(Counted::release);
      }
    });
  }

  /// @param held gets what is used, to be released
  private Opened open(
      Workbench bench,
      HeaderBody header,
      PartCipher.Place place,
      PartHead head,
      byte[] part,
      List<Counted> held) {
    String owner = SealBatch.tenant(header, head.kind());
    if (owner == null) {
      return new Opened.Damaged();
    }
    TenantEntry tenant = tenant(bench, owner, false, held);
    if (tenant == null) {
      return head.kind() == KeyKind.FENCE ? new Opened.Erased() : lost("a tenant's keys");
    }
    boolean ofPeriod = head.kind().ofPeriod();
    PeriodId period = ofPeriod ? period(header) : SealBatch.always(owner);
    StoredKey periodKey = null;
    if (ofPeriod) {
      Map<PeriodId, StoredKey> found = new HashMap<>();
      Map<PeriodId, Integer> marks = keyring.periods(bench, Set.of(period), found);
      periodKey = found.get(period);
      if (periodKey == null) {
        return period.day() < marks.getOrDefault(period, Integer.MIN_VALUE)
            ? new Opened.Expired()
            : lost("a period's key");
      }
      held.add(periodKey);
    }
    PersonEntry person = null;
    if (head.kind().personal()) {
      person = keyring.owners().find(bench, head.pseudonym(part), head.kind());
      if (person == null) {
        return new Opened.Erased();
      }
      held.add(person);
      if (!person.ref().tenant().equals(header.tenant())) {
        return new Opened.Damaged();
      }
    }
    ContentKey key =
        keyring.contentKey(
            bench, new ContentKeyId(head.kind(), person, period), person, periodKey, tenant);
    held.add(key);
    Opened opened = PartCipher.open(bench, key, head, part, place);
    if (person != null && !person.alive()) {
      return new Opened.Erased();
    }
    return opened;
  }

  private Opened lost(String what) {
    if (store.lossAccepted()) {
      return new Opened.Erased();
    }
    throw new KeysUnavailableException(
        "the key store is inconsistent: " + what + " is missing and nothing says why");
  }

  private static PeriodId period(HeaderBody header) {
    return new PeriodId(header.tenant(), header.retention(), header.policyVersion(), header.day());
  }

  @Override
  public Opened gone(HeaderBody header) {
    keyring.generations().check();
    PeriodId period = period(header);
    Integer firstKept = store.marks(Set.of(period.series())).get(period.series());
    return firstKept != null && period.day() < firstKept
        ? new Opened.Expired()
        : new Opened.Erased();
  }

  @Override
  public PersonView find(String tenant, PersonId person) {
    PersonRef ref = ref(tenant, person, false);
    return ref == null ? new PersonView(PersonState.NEVER_SEEN, null, List.of()) : find(ref);
  }

  @Override
  public void expect(Collection<Pseudonym> owners) {
    if (!owners.isEmpty()) {
      withBench(bench -> {
        keyring.owners().expect(bench, owners);
        return true;
      });
    }
  }

  @Override
  public PersonState state(String tenant, PersonId person) {
    PersonRef ref = ref(tenant, person, false);
    return ref == null ? PersonState.NEVER_SEEN : state(keyring.standing(ref));
  }

  private static PersonState state(Standing standing) {
    if (standing.person() != null) {
      return PersonState.ACTIVE;
    }
    return standing.fence() != null ? PersonState.ERASED : PersonState.NEVER_SEEN;
  }

  @Override
  public PersonView find(PersonRef ref) {
    keyring.generations().check();
    Standing standing = keyring.standing(ref);
    KeyStore.Person active = standing.person();
    if (active != null) {
      List<byte[]> pseudonyms =
          store.pseudonyms(active.id()).stream().map(Pseudonym::bytes).toList();
      return new PersonView(PersonState.ACTIVE, active.id(), pseudonyms);
    }
    return new PersonView(state(standing), null, List.of());
  }

  @Override
  public Optional<KeyStore.Person> owner(Pseudonym pseudonym) {
    keyring.generations().check();
    return store.owner(pseudonym);
  }

  @Override
  public Set<PersonRef> quiet(Map<PersonRef, Instant> since, Instant until) {
    return withBench(bench -> new QuietPeople(keyring, bench).find(since, until));
  }

  @Override
  public PersonRef ref(String tenant, PersonId person) {
    PersonRef ref = ref(tenant, person, true);
    if (ref == null) {
      throw new KeysUnavailableException("the tenant has no keys");
    }
    return ref;
  }

  @Override
  public KeyStore.Erased erase(Forget forget) {
    epochs.note(ledger, forget.job(), forget.tenant(), forget.internalId(), forget.fence());
    return keyring.erase(
        new KeyStore.Erasure(
            forget.job(),
            forget.tenant(),
            forget.internalId(),
            forget.fence(),
            forget.position(),
            forget.at().toEpochMilli()));
  }

  @Override
  public KeyStore.Erased closeAccount(KeyStore.AccountClosing closing) {
    epochs.noteAccount(ledger, closing);
    return store.closeAccount(closing);
  }

  @Override
  public List<EpochStore.Forgotten> forgotten() {
    return epochs.forgotten(ledger);
  }

  /// @return null where the tenant has no keys and none shall be made
  private @Nullable PersonRef ref(String tenant, PersonId person, boolean create) {
    return withBench(bench -> {
      List<Counted> held = new ArrayList<>(1);
      try {
        TenantEntry keys = tenant(bench, tenant, create, held);
        return keys == null
            ? null
            : new PersonRef(tenant, Derivation.lookup(bench, keys.lookup(), person));
      } finally {
        held.forEach(Counted::release);
      }
    });
  }

  private @Nullable TenantEntry tenant(
      Workbench bench, String tenant, boolean create, List<Counted> held) {
    Map<String, TenantEntry> found = new HashMap<>();
    keyring.tenants().find(bench, Set.of(tenant), found, create);
    held.addAll(found.values());
    return found.get(tenant);
  }

  @Override
  public UUID keyStore() {
    return store.id();
  }

  @Override
  public long generation() {
    return keyring.generation();
  }

  @Override
  public void expect(UUID keyStore, long generation) {
    keyring.generations().expect(keyStore, generation);
  }

  @Override
  public void acceptLoss(UUID keyStore, long generation) {
    store.acceptLoss(keyStore, generation);
    keyring.lossAccepted();
  }

  @Override
  public void forgotten(UUID internalId) {
    keyring.forgotten(internalId);
  }

  @Override
  public void fenced(PersonRef person, long position) {
    keyring.fenced(person, position);
  }

  @Override
  public void accountClosed(UUID internalId, long position) {
    keyring.accountClosed(internalId, position);
  }

  @Override
  public void expired(PeriodId.Series series, int firstKept) {
    keyring.expired(series, firstKept);
  }

  @Override
  public SigningKey makeSigningKey(String origin) {
    return withAnyBench(bench -> signing.make(bench, origin));
  }

  @Override
  public Optional<SigningKey> signingKey(String origin, byte[] publicKey) {
    return withAnyBench(bench -> signing.find(bench, origin, publicKey));
  }

  @Override
  public Epochs epochs() {
    return epochs.standing();
  }

  @Override
  public void rotateEpochs() {
    withBench(bench -> {
      epochs.rotate(bench);
      return true;
    });
  }

  @Override
  public VaultCondition condition() {
    boolean ready = true;
    Instant began = null;
    try {
      keyring.generations().check();
      began = epochs.began();
    } catch (RuntimeException unavailable) {
      ready = false;
    }
    return new VaultCondition(ready, began, keyring.caches(), sealedParts.sum(), openedParts.sum());
  }

  private <T extends @Nullable Object> T withBench(Function<Workbench, T> work) {
    keyring.generations().check();
    return withAnyBench(work);
  }

  /// For what is done where the key store is behind, too.
  private <T extends @Nullable Object> T withAnyBench(Function<Workbench, T> work) {
    Workbench bench = benches.pollFirst();
    if (bench == null) {
      bench = new Workbench();
    }
    try {
      return work.apply(bench);
    } finally {
      bench.rinse();
      benches.addFirst(bench);
    }
  }

  @Override
  public void close() {
    signing.close();
    keyring.close();
  }
}
