package no.spor.rights;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import no.spor.ledger.axon.SporAxon;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.RightsCommand.Approve;
import no.spor.rights.RightsCommand.Extend;
import no.spor.rights.RightsCommand.Hold;
import no.spor.rights.RightsCommand.Permit;
import no.spor.rights.RightsCommand.Receive;
import no.spor.rights.RightsCommand.Reject;
import no.spor.rights.RightsCommand.Release;
import no.spor.rights.RightsCommand.Verify;
import no.spor.rights.RightsEvent.ErasureRequested;
import no.spor.rights.RightsEvent.PersonErased;
import no.spor.rights.RightsEvent.PersonPermitted;
import no.spor.tenancy.Access;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Lookup;
import no.spor.vault.Opened;
import no.spor.vault.PersonState;
import no.spor.vault.Vault;
import no.spor.vault.Vault.PersonView;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Erasure requests: received, decided, carried out. Every change is durable when its call returns,
/// and saying it again is answered alike. Thread-safe.
///
/// Who a request is about stands in one record of the tenant's own stream, sealed under that
/// person; here is known where, and a lookup. So it reads *erased* by itself once it is.
///
/// Every method throws [KeysUnavailableException] where the key store cannot say, and what the
/// ledger throws: busy, store unavailable, outcome unknown.
public final class ErasureRequests {
  /// How long [#approve] waits for the key store before it says that it goes on by itself.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);
  private static final Optional<ErasureRequest> NONE = Optional.empty();
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Commands commands;
  private final Ledger ledger;
  private final Vault vault;
  private final KeyStoreFollower follower;
  private final ErasureRegister register;
  private final ForgettingReader fences;
  private final SubjectRecords subjects;
  private final Supplier<@Nullable String> checkpoint;
  private final InstantSource clock;
  private final SecureRandom random;

  /// @param commands of a [SporAxon] that [#register] was applied to
  /// @param follower and `register` both follow this ledger
  /// @param checkpoint the checkpoint that was published last, a signed note
  public ErasureRequests(
      Commands commands,
      Ledger ledger,
      Vault vault,
      DomainPayloads payloads,
      KeyStoreFollower follower,
      ErasureRegister register,
      SubjectRecords subjects,
      Supplier<@Nullable String> checkpoint,
      InstantSource clock,
      SecureRandom random) {
    this.commands = commands;
    this.ledger = ledger;
    this.vault = vault;
    this.follower = follower;
    this.register = register;
    this.fences = new ForgettingReader(vault, payloads);
    this.subjects = subjects;
    this.checkpoint = checkpoint;
    this.clock = clock;
    this.random = random;
  }

  /// Adds this room's entities and command handlers.
  ///
  /// @return the same builder
  public static SporAxon.Builder register(SporAxon.Builder axon) {
    return axon.entity(String.class, ErasureEntity.class)
        .commandHandlers("rights", new ErasureDecisions());
  }

  /// What somebody asks for.
  ///
  /// @param namespaces as what the person is to be erased; everything the id stands for where both
  ///   are named
  /// @param receivedAt when the controller received the request; null for now
  /// @param identityVerifiedBy who, or what, established that it is the person who asks; null where
  ///   that is still to be done
  public record NewRequest(
      String tenant,
      String person,
      Set<Namespace> namespaces,
      String basis,
      @Nullable Instant receivedAt,
      @Nullable String identityVerifiedBy) {
    @Override
    public String toString() {
      return "NewRequest[" + tenant + ", …]";
    }
  }

  /// @throws RightsException `invalid-request` where it was received in the future
  public ErasureRequest receive(@Nullable Access by, NewRequest request) {
    Instant now = clock.instant();
    Instant receivedAt =
        (request.receivedAt() == null ? now : request.receivedAt()).truncatedTo(ChronoUnit.MILLIS);
    if (receivedAt.isAfter(now.plus(CLOCKS_DIFFER))) {
      throw new RightsException("invalid-request", "\"requestedAt\" lies in the future.");
    }
    List<PersonId> people =
        request.namespaces().stream()
            .sorted()
            .map(namespace -> new PersonId(namespace, request.person()))
            .toList();
    String id = randomId().toString();
    Long subject = recordSubject(request.tenant(), people);
    decide(
        new Receive(
            id,
            new ErasureRequested(
                request.tenant(),
                id,
                people.stream().map(person -> label(person.namespace())).toList(),
                subject,
                request.basis(),
                receivedAt.toString(),
                Deadline.of(receivedAt).toString(),
                keyOf(by),
                people.stream().map(FurtherPart::fence).toList()),
            request.identityVerifiedBy(),
            keyOf(by)));
    return required(id);
  }

  /// As whom the person is there: an account where in doubt.
  private @Nullable Long recordSubject(String tenant, List<PersonId> people) {
    PersonId named = people.getFirst();
    for (PersonId person : people) {
      if (vault.find(tenant, person).state() == PersonState.ACTIVE) {
        named = person;
        break;
      }
    }
    var position = subjects.requested(tenant, named);
    return position.isPresent() ? position.getAsLong() : null;
  }

  public Optional<ErasureRequest> find(String id) {
    return register
        .find(id, one -> one.request ? Optional.of(view(one)) : NONE)
        .flatMap(one -> one);
  }

  /// @return those of all tenants, to be counted
  public List<ErasureRequest> all() {
    return register.list(one -> one.request, this::view);
  }

  /// @param tenant whose
  /// @param state only these; null for all
  /// @param before only those recorded before the one with this id; null from the newest
  /// @return newest first, up to `limit`
  public List<ErasureRequest> list(
      String tenant, @Nullable State state, @Nullable String before, int limit) {
    List<ErasureRequest> all =
        register.list(one -> one.request && one.tenant.equals(tenant), this::view);
    int from = 0;
    if (before != null) {
      while (from < all.size() && !all.get(from).id().equals(before)) {
        from++;
      }
      from++;
    }
    return all.stream()
        .skip(from)
        .filter(one -> state == null || one.state() == state)
        .limit(limit)
        .toList();
  }

  /// @throws RightsException `no-such-request`, `request-rejected`
  public ErasureRequest verify(@Nullable Access by, String id, String identityVerifiedBy) {
    required(id);
    decide(new Verify(id, identityVerifiedBy, keyOf(by)));
    return required(id);
  }

  /// Approves a request and erases: when this returns no key of the person exists in the key store,
  /// and the record that says so is durable.
  ///
  /// @throws RightsException `no-such-request`, `identity-not-verified`, `legal-hold`,
  ///   `request-rejected`
  /// @throws KeysUnavailableException also where the erasure is recorded, and the key store cannot
  ///   be written now: it is as soon as it can, whether asked again or not
  public ErasureRequest approve(@Nullable Access by, String id) {
    ErasureRequest request = required(id);
    if (request.position() == null) {
      String role = by == null ? "operator" : by.role().label();
      decide(new Approve(id, role, checkpoint.get(), erasures(id), keyOf(by)));
    }
    awaitKeyStore();
    return required(id);
  }

  /// An account gets a fence. A visitor, who is known by an address that will be somebody else's
  /// tomorrow, is forgotten without one.
  private List<PersonErased> erasures(String id) {
    record Asked(String tenant, List<String> namespaces, long position) {}
    Asked asked =
        register
            .find(id, one -> new Asked(one.tenant, one.namespaces, one.requestedAtPosition))
            .orElseThrow();
    List<Lookup> lookups = fences.fences(ledger.read(asked.position()).orElseThrow());
    List<PersonErased> erasures = new ArrayList<>();
    for (int i = 0; i < lookups.size(); i++) {
      Lookup lookup = lookups.get(i);
      PersonView view = vault.find(new PersonRef(asked.tenant(), lookup));
      UUID person = view.internalId();
      boolean fenced = asked.namespaces().get(i).equals(label(Namespace.ACCOUNT));
      if (fenced || person != null || lookups.size() == 1) {
        erasures.add(
            new PersonErased(
                asked.tenant(),
                id,
                person == null ? null : person.toString(),
                fenced ? List.of(FurtherPart.fence(lookup.bytes())) : List.of()));
      }
    }
    return erasures;
  }

  /// @throws RightsException `no-such-request`, `request-approved`
  public ErasureRequest reject(@Nullable Access by, String id, String reason) {
    required(id);
    decide(new Reject(id, reason, keyOf(by)));
    return required(id);
  }

  /// @throws RightsException `no-such-request`, `request-approved`, `request-rejected`,
  ///   `extension-out-of-bounds`
  public ErasureRequest extend(@Nullable Access by, String id, Instant until, String reason) {
    required(id);
    decide(new Extend(id, until.toString(), reason, keyOf(by)));
    return required(id);
  }

  /// @throws RightsException `no-such-request`, `request-approved`, `request-rejected`
  public ErasureRequest hold(@Nullable Access by, String id, String reason) {
    required(id);
    decide(new Hold(id, reason, keyOf(by)));
    return required(id);
  }

  /// @throws RightsException `no-such-request`
  public ErasureRequest release(@Nullable Access by, String id) {
    required(id);
    decide(new Release(id, keyOf(by)));
    return required(id);
  }

  /// Lets an erased person be recorded anew: events of `notBefore` and later, under a fresh key
  /// that opens nothing old.
  ///
  /// @throws RightsException `person-not-erased`
  public void permit(
      @Nullable Access by, String tenant, String person, Instant notBefore, String reason) {
    PersonId account = new PersonId(Namespace.ACCOUNT, person);
    if (vault.find(tenant, account).state() != PersonState.ERASED) {
      throw new RightsException(
          "person-not-erased", "Nobody by this id is erased at this tenant: nothing to permit.");
    }
    decide(
        new Permit(
            new PersonPermitted(
                tenant,
                notBefore.toString(),
                reason,
                keyOf(by),
                List.of(FurtherPart.fence(account)))));
    awaitKeyStore();
  }

  private void awaitKeyStore() {
    if (!follower.awaitWritten(PATIENCE)) {
      throw new KeysUnavailableException(
          "it is recorded, but the key store cannot be written now; it is tried further");
    }
  }

  /// @return whether somewhere stands who a request is about; not so for who was erased before
  public boolean named(String id) {
    return register.find(id, one -> one.subject != null).orElse(false);
  }

  /// Shows who requests are about, as far as those can be shown, and records that beforehand.
  ///
  /// @param of all of one tenant
  /// @return by place in the list; null for who cannot be shown
  public List<@Nullable String> people(Access reader, String query, List<ErasureRequest> of) {
    List<@Nullable String> people = new ArrayList<>();
    List<Long> opened = new ArrayList<>();
    String one = null;
    for (ErasureRequest request : of) {
      Long position =
          register
              .find(request.id(), record -> Optional.ofNullable(record.subject))
              .flatMap(subject -> subject)
              .orElse(null);
      String person = position == null ? null : open(request.tenant(), position);
      people.add(person);
      if (person != null && position != null) {
        opened.add(position);
        one = person;
      }
    }
    if (!opened.isEmpty()) {
      subjects.shown(
          reader,
          of.getFirst().tenant(),
          opened.size() == 1 ? one : null,
          query,
          opened.stream().mapToLong(Long::longValue).toArray());
    }
    return people;
  }

  private @Nullable String open(String tenant, long position) {
    LedgerRecord record = ledger.read(position).orElse(null);
    if (record == null || !record.stream().equals(tenant)) {
      return null;
    }
    HeaderBody header = HeaderBodyCodec.decode(record.body());
    for (int i = 0; i < record.parts().size(); i++) {
      if (header.roles().get(i).personal()
          && record.parts().get(i) instanceof RecordPart.Kept(byte[] part)
          && vault.open(header, record.body(), i, part) instanceof Opened.Clear clear) {
        return named(clear.content());
      }
    }
    return null;
  }

  private static @Nullable String named(byte[] data) {
    try {
      JsonNode members = JSON.readTree(data);
      JsonNode person = members.has("person") ? members.get("person") : members.get("visitor");
      return person == null || !person.isString() ? null : person.stringValue();
    } catch (JacksonException e) {
      return null; // not as it was written here: not shown
    }
  }

  private ErasureRequest view(ErasureRecord one) {
    return one.view(follower.durable());
  }

  private ErasureRequest required(String id) {
    return find(id)
        .orElseThrow(() -> new RightsException("no-such-request", "There is no such request."));
  }

  private void decide(RightsCommand command) {
    if (Objects.requireNonNull(commands.send(command, Decision.class))
        instanceof Decision.Refused(RightsException why)) {
      throw why;
    }
  }

  static String label(Namespace namespace) {
    return switch (namespace) {
      case ACCOUNT -> "account";
      case VISITOR -> "visitor";
    };
  }

  private static @Nullable String keyOf(@Nullable Access by) {
    return by == null ? null : by.keyId();
  }

  private UUID randomId() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    ByteBuffer longs = ByteBuffer.wrap(bytes);
    return new UUID(longs.getLong(), longs.getLong());
  }
}
