package no.spor.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
import no.spor.ledger.RecordIdentity;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.axon.ProcessorStatus;
import no.spor.ledger.axon.SporAxon;
import no.spor.recording.EventRecorder;
import no.spor.recording.Recorder;
import no.spor.rights.KeyStoreFollower;
import no.spor.rights.Retention;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteEpochStore;
import no.spor.storage.sqlite.SqliteKeyStore;
import no.spor.storage.sqlite.SqliteLedgerStore;
import no.spor.storage.sqlite.SqliteRegistryStore;
import no.spor.storage.sqlite.SqliteViews;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.EventSourcedTenancy;
import no.spor.tenancy.Registry;
import no.spor.tenancy.Tenancy;
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
  private static final Logger LOG = System.getLogger(Node.class.getName());

  /// In the order in which they are made.
  private static final List<String> STORES = List.of("ledger.db", "keys.db", "epochs.db");

  private static final int VIEW_BATCH = 5_000;
  private static final long QUEUE_BYTES = 64L * 1024 * 1024;

  /// Closed in the reverse order of opening.
  private final Deque<AutoCloseable> opened;

  private final SecureRandom random = new SecureRandom();
  private final UUID ledgerId;
  private final Vault vault;
  private final Ledger ledger;
  private final Tenancy tenancy;
  private final Recorder recorder;
  private final Timeline timeline;
  private final SporAxon axon;
  private final Retention retention;
  private final @Nullable String administratorKey;
  private final @Nullable String rootKeyNotice;

  private Node(
      NodeOptions options,
      InstantSource clock,
      NodeObserver observer,
      Deque<AutoCloseable> opened) {
    this.opened = opened;
    DataDirectory directory = opened(DataDirectory.open(options.data()));
    List<String> missing = missingStores(directory.path());
    SqliteLedgerStore blocks = opened(SqliteLedgerStore.open(directory, randomId()));
    ledgerId = blocks.ledger();
    if (!missing.isEmpty() && blocks.newest().isPresent()) {
      throw lacking(directory.path(), missing);
    }
    RootKey root =
        opened(
            RootKey.open(
                options.root(), !missing.isEmpty(), System.getenv("SPOR_ROOT_PIN"), random));
    rootKeyNotice = root.created() ? root.notice() : null;
    SqliteKeyStore keys = opened(SqliteKeyStore.open(directory, randomId()));
    SqliteEpochStore epochs = opened(SqliteEpochStore.open(directory));
    vault = opened(Vault.open(keys, epochs, root, ledgerId, VaultOptions.DEFAULTS, clock, random));
    blocks
        .newest()
        .ifPresent(head -> vault.expect(head.keys().keyStore(), head.keys().generation()));

    SealedPayloads payloads = new SealedPayloads(vault);
    Freshness freshness = Freshness.alone(); // nobody else can write a data directory
    KeyStoreFollower forgetting = opened(new KeyStoreFollower(keys, vault, payloads));
    forgetting.start(blocks);
    Registry registry =
        opened(new Registry(opened(SqliteRegistryStore.open(directory)), payloads, freshness));
    registry.start(blocks);
    RecordedKeys ids =
        RecordedKeys.open(directory.path().resolve("ids"), random, RecordedKeys.KEYS_IN_MEMORY);
    LedgerOptions ledgerOptions =
        LedgerOptions.of(clock, random)
            .withKeyStore(() -> new KeyStoreMark(vault.keyStore(), vault.generation()))
            .withFreshness(freshness)
            .withQueue(options.queueEvents(), QUEUE_BYTES)
            .withObserver(observer.append());
    BlockFollower expectations =
        block -> vault.expect(block.head().keys().keyStore(), block.head().keys().generation());
    ledger =
        opened(
            Ledger.open(blocks, IDENTITY, ids, ledgerOptions, expectations, forgetting, registry));

    SqliteViews views =
        opened(
            SqliteViews.open(directory, ledgerId, view -> TimelineProjection.fits(view, ledger)));
    TimelineStore timelineStore = views.timeline();
    TimelineProjection projection = new TimelineProjection(timelineStore);
    axon =
        opened(
            Retention.register(EventSourcedTenancy.register(SporAxon.over(ledger)))
                .payloads(payloads)
                .node("node", clock)
                .views(views.progress(), views)
                .batchSize(VIEW_BATCH)
                .projection(projection)
                .build());
    axon.start();
    tenancy = new EventSourcedTenancy(axon.commands(), registry, random);
    recorder = new EventRecorder(tenancy, vault, ledger, clock, random, observer.recording());
    timeline =
        new LedgerTimeline(
            ledger,
            vault,
            timelineStore,
            projection,
            new RecordedOpenings(recorder),
            axon::rebuild);
    retention =
        opened(
                new Retention(
                    new Retention.Rooms(
                        tenancy,
                        keys,
                        ledger,
                        blocks,
                        timelineStore,
                        projection::applied,
                        blocks.retention()),
                    axon.commands(),
                    forgetting,
                    clock,
                    System::nanoTime,
                    options.longestDowntime()))
            .start();
    administratorKey = firstAdministrator(tenancy);
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

  /// The ledger is made first and is empty until all are there: so a first start that was
  /// interrupted is told from a store that was lost.
  ///
  /// @return the stores that are not there: none, or those that a first start has still to make
  private static List<String> missingStores(Path data) {
    List<String> missing =
        STORES.stream().filter(store -> !Files.exists(data.resolve(store))).toList();
    if (missing.contains(STORES.getFirst()) && missing.size() < STORES.size()) {
      throw lacking(data, missing);
    }
    return missing;
  }

  private static IllegalDataDirectoryException lacking(Path data, List<String> missing) {
    return new IllegalDataDirectoryException(
        "the data directory "
            + data
            + " holds "
            + STORES.stream().filter(store -> !missing.contains(store)).toList()
            + " and lacks "
            + missing
            + ": put back what is missing");
  }

  /// Opens a data directory, makes it where there is none.
  public static Node open(NodeOptions options, InstantSource clock) {
    return open(options, clock, NodeObserver.NONE);
  }

  /// Opens a data directory, makes it where there is none.
  public static Node open(NodeOptions options, InstantSource clock, NodeObserver observer) {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      return new Node(options, clock, observer, opened);
    } catch (RuntimeException failed) {
      closeAll(opened);
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

  public Retention retention() {
    return retention;
  }

  public Ledger ledger() {
    return ledger;
  }

  public Vault vault() {
    return vault;
  }

  /// @return how the projections are doing
  public List<ProcessorStatus> processors() {
    return axon.status();
  }

  /// @throws IllegalArgumentException for an unknown one
  public ProcessorStatus processor(String name) {
    return axon.status(name);
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
    closeAll(opened);
  }

  private <T extends AutoCloseable> T opened(T room) {
    opened.push(room);
    return room;
  }

  private static void closeAll(Deque<AutoCloseable> opened) {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception failed) {
        LOG.log(Level.WARNING, "could not close: {0}", failed.getClass().getName());
      }
    }
  }

  private UUID randomId() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    ByteBuffer longs = ByteBuffer.wrap(bytes);
    return new UUID(longs.getLong(), longs.getLong());
  }
}
