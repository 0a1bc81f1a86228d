package no.spor.rights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.activity.Role;
import no.spor.conformance.InMemoryEpochStore;
import no.spor.conformance.InMemoryKeyStore;
import no.spor.conformance.InMemoryLedgerStore;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.Outcome;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.Refusal;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.FurtherParts.FurtherPart;
import no.spor.ledger.axon.SporAxon;
import no.spor.vault.EpochStore;
import no.spor.vault.FileRootKey;
import no.spor.vault.KeyStore;
import no.spor.vault.Opened;
import no.spor.vault.SealOutcome;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.SealRequest;
import no.spor.vault.SealRequest.PlainPart;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;

/// A node that seals, appends and forgets, over stores that outlive it.
final class RightsNode implements AutoCloseable {
  static final String TENANT = "bygg-as";
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final String ERASED = "person-erased";

  record Stores(LedgerStore ledger, KeyStore keys, EpochStore epochs, Path root) {
    static Stores inMemory(Path folder) {
      return new Stores(
          new InMemoryLedgerStore(new UUID(1, 2)),
          new InMemoryKeyStore(new UUID(3, 4)),
          new InMemoryEpochStore(),
          folder.resolve("root.key"));
    }

    Stores withKeys(KeyStore other) {
      return new Stores(ledger, other, epochs, root);
    }

    Stores withLedger(LedgerStore other) {
      return new Stores(other, keys, epochs, root);
    }
  }

  /// Seals with the vault, as the server does.
  record Payloads(Vault vault) implements DomainPayloads {
    @Override
    public List<byte[]> seal(
        HeaderBody header, byte[] body, byte[] payload, List<FurtherPart> further) {
      List<PlainPart> parts = new ArrayList<>();
      parts.add(new PlainPart(Role.PAYLOAD, null, (byte) 3, payload.clone()));
      further.forEach(part ->
          parts.add(new PlainPart(part.role(), part.person(), (byte) 3, part.content().clone())));
      return ((Sealed) vault.seal(List.of(new SealRequest(header, body, false, parts))).getFirst())
          .parts();
    }

    @Override
    public byte[] open(HeaderBody header, byte[] body, byte[] part) {
      return ((Opened.Clear) vault.open(header, body, 0, part)).content();
    }
  }

  /// Says events, as a command would.
  record Say(List<RightsEvent> events) {}

  /// Says an event of another room.
  record SayOther(Object event) {}

  static final class Sayer {
    @CommandHandler
    void handle(SayOther say, EventAppender appender) {
      appender.append(say.event());
    }

    @CommandHandler
    void handle(Say say, EventAppender appender) {
      appender.append(say.events());
    }
  }

  final Stores stores;
  final Vault vault;
  final KeyStoreFollower follower;
  final Ledger ledger;
  final SporAxon axon;
  private final FileRootKey root;

  RightsNode(Stores stores, BlockFollower... others) {
    this(stores, Optional::empty, others);
  }

  /// @param continuedUnder the ledger's key, where it was restored on purpose
  RightsNode(Stores stores, Supplier<Optional<String>> continuedUnder, BlockFollower... others) {
    this.stores = stores;
    SecureRandom random = new SecureRandom();
    root = FileRootKey.openOrCreate(stores.root, random);
    UUID id = stores.ledger.ledger();
    vault =
        Vault.open(
            stores.keys,
            stores.epochs,
            root,
            id,
            VaultOptions.DEFAULTS,
            InstantSource.system(),
            random);
    Payloads payloads = new Payloads(vault);
    follower = new KeyStoreFollower(stores.keys, vault, payloads);
    try {
      follower.start(stores.ledger, continuedUnder);
    } catch (RuntimeException e) {
      vault.close();
      root.close();
      throw e;
    }
    List<BlockFollower> followers = new ArrayList<>(List.of(follower));
    followers.addAll(List.of(others));
    ledger =
        Ledger.open(
            stores.ledger,
            (stream, body) -> {
              EventIdentity identity = EventIdentity.ofBody(body);
              return new RecordKey(identity.high(), identity.low());
            },
            RecordedKeys.inMemory(),
            LedgerOptions.of(InstantSource.system(), random)
                .withFollowEvery(Duration.ofMillis(2))
                .withKeyStore(() -> new KeyStoreMark(vault.keyStore(), vault.generation())),
            followers.toArray(BlockFollower[]::new));
    axon =
        SporAxon.over(ledger)
            .payloads(payloads)
            .commandHandlers("sayer", new Sayer())
            .commandHandlers("expiry", new ExpireDecisions())
            .build();
    axon.start();
  }

  static PersonId account(String person) {
    return new PersonId(Namespace.ACCOUNT, person);
  }

  static PersonId visitor(String address) {
    return new PersonId(Namespace.VISITOR, address);
  }

  /// Appends control records, and waits until the key store has done what they say.
  void say(RightsEvent... events) {
    axon.commands().send(new Say(List.of(events)));
    assertThat(follower.awaitWritten(PATIENCE)).as("written").isTrue();
  }

  /// @return the erasure's id
  UUID erase(PersonId person) {
    UUID job = UUID.randomUUID();
    say(erasure(job, person));
    return job;
  }

  RightsEvent erasure(UUID job, PersonId person) {
    UUID id = vault.find(TENANT, person).internalId();
    return new RightsEvent.PersonErased(
        TENANT,
        job.toString(),
        id == null ? null : id.toString(),
        person.namespace() == Namespace.VISITOR ? List.of() : List.of(FurtherPart.fence(person)));
  }

  /// Seals and appends, as the recorder does.
  ///
  /// @return its position, or −1 where it was refused since a person in it is erased
  long record(String id, PersonId... people) {
    return append(id, seal(id, NOON, people));
  }

  long record(String id, Instant time, PersonId... people) {
    return append(id, seal(id, time, people));
  }

  record Unsent(HeaderBody header, byte[] body, SealOutcome outcome) {}

  Unsent seal(String id, Instant time, PersonId... people) {
    List<Role> roles = new ArrayList<>();
    List<PlainPart> parts = new ArrayList<>();
    for (PersonId person : people) {
      Role role =
          person.namespace() == Namespace.VISITOR
              ? Role.VISITOR
              : roles.contains(Role.ACTOR) ? Role.SUBJECT : Role.ACTOR;
      roles.add(role);
      parts.add(
          new PlainPart(
              role,
              person,
              (byte) 1,
              "{\"user\":\"%s\"}".formatted(person.id()).getBytes(StandardCharsets.UTF_8)));
    }
    roles.add(Role.COMPANY);
    parts.add(new PlainPart(Role.COMPANY, null, (byte) 1, "{}".getBytes(StandardCharsets.UTF_8)));
    HeaderBody header =
        new HeaderBody(
            id, "/app", "site.checkin", time, TENANT, "history", 1, 1, roles, Map.of(), List.of());
    byte[] body = HeaderBodyCodec.encode(header);
    return new Unsent(
        header, body, vault.seal(List.of(new SealRequest(header, body, false, parts))).getFirst());
  }

  long append(String id, Unsent unsent) {
    if (!(unsent.outcome() instanceof Sealed sealed)) {
      return -1;
    }
    EventIdentity identity = EventIdentity.of(TENANT, "/app", id);
    Draft draft =
        new Draft(
            TENANT,
            unsent.body(),
            sealed.parts().stream().map(part -> new DraftPart("history", part)).toList(),
            new RecordKey(identity.high(), identity.low()),
            List.of(),
            false,
            () ->
                sealed.people().stream().allMatch(handle -> handle.alive())
                    ? null
                    : new Refusal(ERASED));
    return switch (ledger.append(List.of(draft)).join().getFirst()) {
      case Outcome.Appended appended -> appended.position();
      case Outcome.Refused refused -> -1;
      default -> throw new AssertionError("neither appended nor refused");
    };
  }

  /// @return what becomes of opening a part of a record of activity
  Opened open(long position, int part) {
    LedgerRecord record = ledger.read(position).orElseThrow();
    return switch (record.parts().get(part)) {
      case LedgerRecord.RecordPart.Kept kept ->
          vault.open(HeaderBodyCodec.decode(record.body()), record.body(), part, kept.bytes());
      default -> vault.gone(HeaderBodyCodec.decode(record.body()));
    };
  }

  @Override
  public void close() {
    axon.close();
    ledger.close();
    follower.close();
    vault.close();
    root.close();
  }
}
