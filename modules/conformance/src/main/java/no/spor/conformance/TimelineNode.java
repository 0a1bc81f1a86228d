package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import no.spor.activity.EventIdentity;
import no.spor.activity.PersonId;
import no.spor.activity.TimelineStore;
import no.spor.insight.LedgerTimeline;
import no.spor.insight.OpeningLog;
import no.spor.insight.Timeline;
import no.spor.insight.TimelineProjection;
import no.spor.ledger.Draft;
import no.spor.ledger.Freshness;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.Outcome;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.axon.ProcessorProgress;
import no.spor.ledger.axon.SporAxon;
import no.spor.ledger.axon.ViewTransactions;
import no.spor.tenancy.Access;
import no.spor.vault.EpochStore;
import no.spor.vault.FileRootKey;
import no.spor.vault.KeyStore;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.jspecify.annotations.Nullable;

/// A node that seals, appends, projects and reads, over stores that outlive it.
final class TimelineNode implements AutoCloseable, OpeningLog {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Where it reads and writes.
  ///
  /// @param root file of the root key
  record Stores(
      LedgerStore ledger,
      KeyStore keys,
      EpochStore epochs,
      Path root,
      TimelineStore view,
      ProcessorProgress progress,
      ViewTransactions transactions) {
    Stores withProgress(ProcessorProgress other) {
      return new Stores(ledger, keys, epochs, root, view, other, transactions);
    }

    Stores withTransactions(ViewTransactions other) {
      return new Stores(ledger, keys, epochs, root, view, progress, other);
    }
  }

  /// An opening that was recorded.
  record Opening(
      Access reader,
      String purpose,
      String tenant,
      @Nullable String person,
      String query,
      List<Long> positions) {}

  /// How long what the node knows may be shown.
  static final Duration FRESH = Duration.ofSeconds(10);

  final Ledger ledger;
  final Vault vault;
  final Timeline timeline;
  final List<Opening> openings = new ArrayList<>();

  /// Zero once a rebuild has begun from the first record.
  final CountDownLatch rebuilt = new CountDownLatch(1);

  /// The monotonic clock by which the node tells how lately it has seen the newest block.
  final AtomicLong passedNanos = new AtomicLong();

  @Nullable RuntimeException failOpenings;
  private final FileRootKey root;
  private final SporAxon axon;

  TimelineNode(Stores stores) {
    SecureRandom random = new SecureRandom();
    root = FileRootKey.openOrCreate(stores.root, random);
    vault =
        Vault.open(
            stores.keys,
            stores.epochs,
            root,
            stores.ledger.ledger(),
            VaultOptions.DEFAULTS,
            InstantSource.system(),
            random);
    ledger =
        Ledger.open(
            stores.ledger,
            (stream, body) -> {
              EventIdentity identity = EventIdentity.ofBody(body);
              return new RecordKey(identity.high(), identity.low());
            },
            RecordedKeys.inMemory(),
            LedgerOptions.of(InstantSource.system(), random)
                .withFreshness(Freshness.within(FRESH, passedNanos::get))
                .withKeyStore(() -> new KeyStoreMark(vault.keyStore(), vault.generation())));
    TimelineProjection projection = new TimelineProjection(stores.view);
    axon =
        SporAxon.over(ledger)
            .payloads(DomainPayloads.insecureInClear())
            .views(stores.progress, stores.transactions)
            .projection(projection)
            .build();
    timeline =
        new LedgerTimeline(
            ledger,
            vault,
            stores.view,
            projection,
            this,
            name -> {
              axon.rebuild(name);
              rebuilt.countDown();
            });
    axon.start();
  }

  @Override
  public void opening(
      Access reader,
      String purpose,
      String tenant,
      @Nullable String person,
      String query,
      long[] positions) {
    if (failOpenings != null) {
      throw failOpenings;
    }
    List<Long> opened = new ArrayList<>();
    for (long position : positions) {
      opened.add(position);
    }
    openings.add(new Opening(reader, purpose, tenant, person, query, opened));
  }

  /// Seals, appends, and waits until the view has it.
  ///
  /// @return the positions
  List<Long> record(SampleActivity... events) {
    List<Long> positions = append(events);
    awaitView();
    return positions;
  }

  List<Long> append(SampleActivity... events) {
    var sealed = vault.seal(List.of(events).stream().map(SampleActivity::request).toList());
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < events.length; i++) {
      drafts.add(events[i].draft((Sealed) sealed.get(i)));
    }
    return appendDrafts(drafts);
  }

  List<Long> appendDrafts(List<Draft> drafts) {
    return ledger.append(drafts).join().stream()
        .map(outcome -> ((Outcome.Appended) outcome).position())
        .toList();
  }

  void awaitView() {
    if (ledger.size() > 0) {
      assertThat(timeline.awaitPosition(ledger.size() - 1, PATIENCE)).as("caught up").isTrue();
    }
  }

  /// Erases someone, as the rights' room will once it stands.
  void erase(String tenant, PersonId person) {
    vault.erase(
        new Vault.Forget(
            UUID.randomUUID(),
            tenant,
            vault.find(tenant, person).internalId(),
            vault.ref(tenant, person).lookup(),
            ledger.size(),
            Instant.EPOCH));
  }

  @Override
  public void close() {
    axon.close();
    ledger.close();
    vault.close();
    root.close();
  }
}
