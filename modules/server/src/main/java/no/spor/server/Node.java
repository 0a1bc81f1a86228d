package no.spor.server;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import no.spor.activity.EventIdentity;
import no.spor.activity.TimelineStore;
import no.spor.insight.LedgerTimeline;
import no.spor.insight.Timeline;
import no.spor.insight.TimelineProjection;
import no.spor.ledger.BlockFollower;
import no.spor.ledger.Freshness;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.RecordIdentity;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.axon.ProcessorStatus;
import no.spor.ledger.axon.SporAxon;
import no.spor.recording.EventRecorder;
import no.spor.recording.Recorder;
import no.spor.rights.ClockEvidence;
import no.spor.rights.EpochRotation;
import no.spor.rights.ErasureCertificates;
import no.spor.rights.ErasureCompletion;
import no.spor.rights.ErasureRequests;
import no.spor.rights.KeyLoss;
import no.spor.rights.KeyStoreFollower;
import no.spor.rights.Retention;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.EventSourcedTenancy;
import no.spor.tenancy.Registry;
import no.spor.tenancy.Tenancy;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;
import no.spor.vault.RootKey;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.jspecify.annotations.Nullable;

/// All rooms on one data directory, wired: what a server serves and an import writes into. At most
/// one is open per directory. Thread-safe.
///
/// Opening returns when the key store, the registry and the id index have caught up with the
/// ledger: nothing is served before.
public final class Node implements AutoCloseable {
  private static final int VIEW_BATCH = 5_000;
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(10);
  private static final long QUEUE_BYTES = 64L * 1024 * 1024;

  private final Opened opened;

  private final SecureRandom random = new SecureRandom();
  private final UUID ledgerId;
  private final Duration followEvery;
  private final KeyStore keys;
  private final KeyStoreFollower keyStoreFollower;
  private final Vault vault;
  private final Ledger ledger;
  private final PublicLedger publicLedger;
  private final Tenancy tenancy;
  private final Recorder recorder;
  private final Timeline timeline;
  private final SporAxon axon;
  private final Upkeep upkeep;
  private final ErasureRequests erasureRequests;
  private final ErasureCertificates certificates;
  private final OperatorActions actions;
  private final AdministrationTrail trail;
  private final @Nullable String administratorKey;
  private final @Nullable String rootKeyNotice;

  private Node(NodeOptions options, InstantSource clock, NodeObserver observer, Opened opened) {
    this.opened = opened;
    Stores stores = opened.add(Stores.open(options));
    LedgerStore blocks = stores.ledger();
    ledgerId = blocks.ledger();
    followEvery = stores.followEvery();
    RootKey root = opened.add(root(options, stores));
    rootKeyNotice = root.created() ? root.notice() : null;
    keys = stores.keys();
    EpochStore epochs = stores.epochs();
    vault =
        opened.add(Vault.open(keys, epochs, root, ledgerId, VaultOptions.DEFAULTS, clock, random));
    blocks
        .newest()
        .ifPresent(head -> vault.expect(head.keys().keyStore(), head.keys().generation()));

    SealedPayloads payloads = new SealedPayloads(vault);
    Freshness freshness = stores.freshness();
    RightsWiring rights = opened.add(new RightsWiring(keys, vault, payloads, freshness));
    keyStoreFollower = rights.keyStore();
    rights.follow(blocks, () -> LedgerKeyRecords.continuedUnder(stores.checkpoints()));
    Registry registry = opened.add(new Registry(stores.registry(), payloads, freshness));
    registry.start(blocks);
    RecordedKeys ids =
        RecordedKeys.open(stores.directory().resolve("ids"), random, RecordedKeys.KEYS_IN_MEMORY);
    Publishing publishing = Publishing.open(stores, vault, options.outward(), clock, opened);
    publicLedger = new PublicLedger(ledgerId, publishing);
    ledger =
        opened.add(
            Ledger.open(
                blocks,
                IDENTITY,
                ids,
                appending(options, clock, freshness, stores.followEvery(), observer),
                expectations(vault),
                publishing.publisher(),
                rights.keyStore(),
                rights.erasures(),
                registry));

    LedgerKeyRecords.catchUp(ledger, payloads, publishing, rights.keyStore()::ahead, clock);

    Stores.Views views = stores.views(TimelineProjection.fitting(ledger));
    TimelineStore timelineStore = views.timeline();
    TimelineProjection projection = new TimelineProjection(timelineStore, rights.ownerless());
    axon = opened.add(axon(rights, payloads, stores.node(), clock, views, projection));
    ErasureCompletion completion = opened.add(completion(rights, views, projection, stores));
    axon.start(followEvery.isZero() ? Duration.ZERO : SEEN_WITHIN);
    rights.forgetAgain();
    completion.start();
    tenancy = new EventSourcedTenancy(axon.commands(), registry, random);
    actions = new OperatorActions(axon.commands());
    trail = new AdministrationTrail(blocks, payloads);
    recorder = new EventRecorder(tenancy, vault, ledger, clock, random, observer.recording());
    RecordedOpenings openings = new RecordedOpenings(recorder);
    timeline =
        new LedgerTimeline(ledger, vault, timelineStore, projection, openings, axon::rebuild);
    erasureRequests =
        rights.requests(new RecordedSubjects(recorder, openings), publishing, clock, random);
    certificates = rights.certificates(publishing);
    upkeep = upkeep(options, clock, stores, keys, views, rights, projection);
    rights.rotatedBy(upkeep.epochs());
    administratorKey = firstAdministrator(tenancy);
  }

  private RootKey root(NodeOptions options, Stores stores) {
    return RootKey.open(
        options.root(), stores.mayMakeRoot(), System.getenv("SPOR_ROOT_PIN"), random);
  }

  private ErasureCompletion completion(
      RightsWiring rights, Stores.Views views, TimelineProjection projection, Stores stores) {
    return rights.complete(
        axon.commands(),
        ledger,
        views.timeline(),
        projection::applied,
        publicLedger::size,
        stores.retention());
  }

  private SporAxon axon(
      RightsWiring rights,
      SealedPayloads payloads,
      String node,
      InstantSource clock,
      Stores.Views views,
      TimelineProjection projection) {
    return rights
        .register(OperatorActions.register(EventSourcedTenancy.register(SporAxon.over(ledger))))
        .payloads(payloads)
        .node(node, clock)
        .views(views.progress(), views.transactions())
        .batchSize(VIEW_BATCH)
        .projection(projection)
        .build();
  }

  private Upkeep upkeep(
      NodeOptions options,
      InstantSource clock,
      Stores stores,
      KeyStore keys,
      Stores.Views views,
      RightsWiring rights,
      TimelineProjection projection) {
    Retention.Rooms rooms =
        new Retention.Rooms(
            tenancy,
            clock,
            vault,
            keys,
            ledger,
            stores.ledger(),
            views.timeline(),
            projection::applied,
            stores.retention(),
            rights.accounts());
    Retention retention =
        new Retention(
            rooms,
            axon.commands(),
            rights.keyStore(),
            System::nanoTime,
            options.longestDowntime(),
            new ClockEvidence(BootTime::read, publicLedger::witnessedTime));
    EpochRotation epochs = new EpochRotation(vault, clock, options.epochLasts());
    KeyLoss loss = new KeyLoss(stores.ledger(), keys, vault, axon.commands());
    return new Upkeep(opened.add(retention).start(), opened.add(epochs).start(), loss);
  }

  private LedgerOptions appending(
      NodeOptions options,
      InstantSource clock,
      Freshness freshness,
      Duration followEvery,
      NodeObserver observer) {
    return LedgerOptions.of(clock, random)
        .withKeyStore(() -> new KeyStoreMark(vault.keyStore(), vault.generation()))
        .withFreshness(freshness)
        .withQueue(options.queueEvents(), QUEUE_BYTES)
        .withFollowEvery(followEvery)
        .withObserver(observer.append());
  }

  private static BlockFollower expectations(Vault vault) {
    return block -> vault.expect(block.head().keys().keyStore(), block.head().keys().generation());
  }

  /// Asks the registry first: what asks the ledger needs the keys, and a node whose keys are behind
  /// starts too, to say so.
  private static @Nullable String firstAdministrator(Tenancy tenancy) {
    boolean there =
        tenancy.keys(null).stream()
            .anyMatch(key -> key.tenant() == null && key.role() == AccessRole.ADMIN);
    return there ? null : tenancy.ensureAdministrator().map(Tenancy.NewKey::secret).orElse(null);
  }

  /// Everything is recorded once for good by (tenant, source, id).
  private static final RecordIdentity IDENTITY =
      (stream, body) -> {
        EventIdentity identity = EventIdentity.ofBody(body);
        return new RecordKey(identity.high(), identity.low());
      };

  /// Opens a data directory, makes it where there is none.
  public static Node open(NodeOptions options, InstantSource clock) {
    return open(options, clock, NodeObserver.NONE);
  }

  /// Opens a data directory, makes it where there is none.
  public static Node open(NodeOptions options, InstantSource clock, NodeObserver observer) {
    Opened opened = new Opened();
    try {
      return new Node(options, clock, observer, opened);
    } catch (RuntimeException failed) {
      opened.close();
      throw failed;
    }
  }

  public Tenancy tenancy() {
    return tenancy;
  }

  public Recorder recorder() {
    return recorder;
  }

  public Timeline timeline() {
    return timeline;
  }

  public ErasureCertificates erasureCertificates() {
    return certificates;
  }

  public ErasureRequests erasureRequests() {
    return erasureRequests;
  }

  /// @return what it does by itself
  public Upkeep upkeep() {
    return upkeep;
  }

  /// @return where what administrators have it do is recorded
  public OperatorActions actions() {
    return actions;
  }

  /// @return who administered what
  public AdministrationTrail trail() {
    return trail;
  }

  public Ledger ledger() {
    return ledger;
  }

  /// @return what to do where keys cannot be used, for people; empty where they can
  public Optional<String> keysNotice() {
    return vault.condition().ready()
        ? Optional.empty()
        : Optional.of(
            "the key store is behind the ledger, another, or out of reach: nothing is recorded or"
                + " opened until the newest key store is put back, or its loss is accepted (spor"
                + " keystore accept-loss)");
  }

  public Vault vault() {
    return vault;
  }

  /// @return how many keys stand; empty where that cannot be counted. To be asked seldom
  public Optional<KeyStore.Census> keyCensus() {
    return keys.census();
  }

  /// @return how many keys of days were destroyed since the start, by retention class
  public Map<String, Long> expiredKeys() {
    return keyStoreFollower.expired();
  }

  /// @return how the projections are doing
  public List<ProcessorStatus> processors() {
    return axon.status();
  }

  /// @throws IllegalArgumentException for an unknown one
  public ProcessorStatus processor(String name) {
    return axon.status(name);
  }

  /// @return what of the ledger is for everyone to see
  public PublicLedger publicLedger() {
    return publicLedger;
  }

  /// @return how often it looks for what other nodes wrote; zero where there can be none
  public Duration followEvery() {
    return followEvery;
  }

  public UUID ledgerId() {
    return ledgerId;
  }

  /// @return the first administrator's key, where this opening made it; it is nowhere else
  public Optional<String> administratorKey() {
    return Optional.ofNullable(administratorKey);
  }

  /// @return where the root key lies and that it must be kept apart, where this opening made it
  public Optional<String> rootKeyNotice() {
    return Optional.ofNullable(rootKeyNotice);
  }

  /// Takes no more, writes what was taken, closes everything.
  @Override
  public void close() {
    opened.close();
  }
}
