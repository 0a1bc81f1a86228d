package no.spor.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import no.spor.conformance.FaultyCheckpointStore.Fault;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.InconsistentLedgerException;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.tree.MerkleProofs;
import no.spor.ledger.tree.Publisher;
import no.spor.ledger.tree.PublisherOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a [Publisher] survives. Every test ends with all that was ever signed, and every tile, held
/// against the tree recomputed from the blocks.
@Timeout(60)
class PublisherTest {
  private static final UUID LEDGER = new UUID(7, 8);
  private static final String ORIGIN = "log.example/spor";

  private final InMemoryLedgerStore blocks = new InMemoryLedgerStore(LEDGER);
  private final FaultyLedgerStore store = new FaultyLedgerStore(blocks);
  private final InMemoryTileStore tiles = new InMemoryTileStore();
  private final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();
  private final FaultyCheckpointStore faulty = new FaultyCheckpointStore(checkpoints);
  private final RememberingSigner signer = new RememberingSigner(ORIGIN, null);
  private final List<Publisher> opened = new ArrayList<>();
  private boolean forked;

  @AfterEach
  void checkTheTree() {
    opened.forEach(Publisher::close);
    var checker = TreeChecker.of(blocks);
    signer.signed.forEach(checker::check);
    if (!forked) {
      checkpoints
          .newest()
          .ifPresent(newest -> {
            checker.check(newest.checkpoint());
            SignedNote.parse(newest.note()).verifiedBy(List.of(signer.verifier()));
          });
    }
    opened.forEach(publisher -> checker.check(publisher.head().tree()));
  }

  private Publisher open() {
    return open(PublisherOptions.of(InstantSource.system()).withInterval(Duration.ofMillis(20)));
  }

  private Publisher open(PublisherOptions options) {
    var publisher = Publisher.open(store, tiles, faulty, signer, options);
    opened.add(publisher);
    return publisher;
  }

  private void write(int count, Publisher... told) {
    var samples = new SampleBlocks(LEDGER, count, blocks.newest().orElse(null));
    for (int i = 0; i < count; i++) {
      var block = samples.any();
      assertThat(blocks.append(List.of(block))).isOne();
      for (var publisher : told) {
        publisher.committed(block);
      }
    }
  }

  private long size() {
    return blocks.newest().orElseThrow().endPosition();
  }

  private void awaitAll(Publisher publisher) throws Exception {
    publisher.awaitPublished(size() - 1).get(20, SECONDS);
    assertThat(publisher.publishedSize()).isEqualTo(size());
  }

  @Test
  void anEmptyLedgerIsPublishedToo() {
    var publisher = open();
    assertThat(publisher.publishedSize()).isZero();
    assertThat(checkpoints.newest()).contains(publisher.published());
  }

  @Test
  void whatStandsIsPublishedWithinASecondAndNothingWhenNothingIsNew() throws Exception {
    var publisher = open(PublisherOptions.of(InstantSource.system()));
    long slowest = 0;
    for (int round = 0; round < 4; round++) {
      long begin = System.nanoTime();
      write(1, publisher);
      awaitAll(publisher);
      slowest = Math.max(slowest, System.nanoTime() - begin);
    }
    assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
    int signed = signer.signed.size();
    await().during(Duration.ofMillis(1_200)).until(() -> signer.signed.size() == signed);
  }

  @Test
  void proofsOfAllThatIsPublishedHold() throws Exception {
    write(150);
    var publisher = open();
    var tree = publisher.head().tree();
    assertThat(tree.size()).isEqualTo(size()).isGreaterThan(512);
    var root = publisher.published().checkpoint().root();
    for (long from = 1; from <= tree.size(); from += 37) {
      assertThat(
              MerkleProofs.isConsistent(
                  from, tree.root(from), tree.size(), root, tree.consistency(from, tree.size())))
          .isTrue();
    }
  }

  @Test
  void aWriteThatFailsIsTriedAgainAndForksNothing() throws Exception {
    var publisher = open();
    for (var fault : List.of(Fault.notSaved(), Fault.savedUnknown(), Fault.lostUnknown())) {
      faulty.next(fault, fault);
      write(3, publisher);
      awaitAll(publisher);
      // While a fault stands in the way more comes in: the next attempt signs more.
      faulty.next(fault);
      write(1, publisher);
      write(2, publisher);
      awaitAll(publisher);
    }
    faulty.next(Fault.savedUnknown());
    faulty.failReads(3);
    store.failReads(3);
    write(1, publisher);
    awaitAll(publisher);
    write(1, publisher);
    awaitAll(publisher);
    assertThat(faulty.isFaulty()).isFalse();
  }

  @Test
  void aCrashBetweenIntegratingAndPublishingLosesNothing() throws Exception {
    for (var fault : List.of(Fault.notSaved(), Fault.savedUnknown(), Fault.lostUnknown())) {
      var dying = open();
      faulty.next(fault, fault, fault, fault, fault, fault, fault, fault);
      write(5, dying);
      dying.close();
      while (faulty.isFaulty()) {
        try {
          faulty.publish(null, checkpoints.newest().orElseThrow());
        } catch (RuntimeException drained) {
          // What was injected for the node that died.
        }
      }
      var next = open();
      awaitAll(next);
    }
  }

  @Test
  void closingPublishesTheLastEntries() {
    var publisher = open(PublisherOptions.of(InstantSource.system()));
    write(3, publisher);
    publisher.close();
    assertThat(checkpoints.newest().orElseThrow().checkpoint().size()).isEqualTo(size());
    assertThat(publisher.awaitPublished(size() - 1)).isCompleted();
    assertThat(publisher.awaitPublished(size())).isCompletedExceptionally();
  }

  @Test
  void severalNodesPublishOneLedger() throws Exception {
    var nodes = List.of(open(), open(), open());
    var told = nodes.toArray(Publisher[]::new);
    for (int round = 0; round < 40; round++) {
      write(2, told);
      if (round % 10 == 0) {
        faulty.next(Fault.savedUnknown(), Fault.lostUnknown());
      }
    }
    for (var node : nodes) {
      awaitAll(node);
      assertThat(node.published()).isEqualTo(checkpoints.newest().orElseThrow());
    }
  }

  @Test
  void whatAnotherNodePublishedFirstIsTakenOver() throws Exception {
    var publisher = open();
    // Straight to the store: the fault is for the first one alone.
    var other =
        Publisher.open(
            store,
            tiles,
            checkpoints,
            signer,
            PublisherOptions.of(InstantSource.system()).withInterval(Duration.ofMillis(20)));
    opened.add(other);
    faulty.next(
        Fault.after(() -> {
          write(1);
          other.committed(blocks.blocks(0, 1).getFirst());
          await().until(() -> other.publishedSize() == size());
        }));
    write(1, publisher);
    awaitAll(publisher);
    assertThat(publisher.published()).isEqualTo(other.published());
  }

  @Test
  void anOldCopyOfTheLedgerIsNotOpened() throws Exception {
    write(5);
    open().close();
    var old = new InMemoryLedgerStore(LEDGER);
    old.append(blocks.blocks(0, 4));
    int signed = signer.signed.size();
    assertThatThrownBy(() -> openOver(old))
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("old copy");
    assertThat(signer.signed).hasSize(signed);
  }

  @Test
  void anotherHistoryIsNotOpened() {
    write(5);
    open().close();
    var other = new InMemoryLedgerStore(LEDGER);
    other.append(new SampleBlocks(LEDGER, 99, null).any(200));
    assertThatThrownBy(() -> openOver(other))
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining("were changed");
  }

  /// The store of checkpoints was put back together with the ledger: only others know.
  @Test
  void whatOthersHaveSeenIsAskedForBeforeAnythingIsSigned() {
    write(8);
    long size = size();
    byte[] root = TreeChecker.of(blocks).root(size);
    var options = PublisherOptions.of(InstantSource.system());
    for (var seen :
        List.of(
            new Checkpoint(ORIGIN, size + 1, root),
            new Checkpoint(ORIGIN, size, new byte[32]),
            new Checkpoint(ORIGIN, 1, root))) {
      var asked = options.withSeen(List.of(new PublisherOptions.Seen(seen, "witness w1")));
      assertThatThrownBy(() -> open(asked))
          .isInstanceOf(InconsistentLedgerException.class)
          .hasMessageContaining("witness w1");
    }
    assertThat(signer.signed).isEmpty();
    assertThat(checkpoints.newest()).isEmpty();

    var honest =
        List.of(
            new PublisherOptions.Seen(new Checkpoint(ORIGIN, size, root), "w1"),
            new PublisherOptions.Seen(
                new Checkpoint("log.example/before", 99, new byte[32]), "of another origin"));
    assertThat(open(options.withSeen(honest)).publishedSize()).isEqualTo(size);
  }

  private void openOver(LedgerStore other) {
    Publisher.open(
            other,
            new InMemoryTileStore(),
            checkpoints,
            signer,
            PublisherOptions.of(InstantSource.system()))
        .close();
  }

  @Test
  void anotherOriginOpensOnlyWhereItContinuesTheOneBefore() throws Exception {
    write(5);
    open().close();
    var options = PublisherOptions.of(InstantSource.system());
    var stranger = new RememberingSigner("log.example/other", null);
    assertThatThrownBy(() -> Publisher.open(store, tiles, faulty, stranger, options))
        .isInstanceOf(InconsistentLedgerException.class)
        .hasMessageContaining(ORIGIN);
    assertThat(stranger.signed).isEmpty();

    forked = true; // another key signs from here on
    var restored = new InMemoryLedgerStore(LEDGER);
    restored.append(blocks.blocks(0, 3));
    var heir = new RememberingSigner("log.example/restored", ORIGIN);
    try (var publisher = Publisher.open(restored, tiles, checkpoints, heir, options)) {
      assertThat(checkpoints.newest()).contains(publisher.published());
      TreeChecker.of(restored).check(publisher.published().checkpoint());
      TreeChecker.of(restored).check(publisher.head().tree());
    }
    assertThatThrownBy(this::open).isInstanceOf(InconsistentLedgerException.class);
  }

  @Test
  void aForkThatAppearsStopsPublishingAndAppending() throws Exception {
    forked = true;
    var publisher = open();
    try (var ledger =
        Ledger.open(
            store,
            SampleDrafts.IDENTITY,
            RecordedKeys.inMemory(),
            LedgerOptions.of(InstantSource.system(), new SecureRandom()),
            publisher)) {
      var before = checkpoints.newest().orElseThrow().checkpoint();
      var fork = new Checkpoint(ORIGIN, 1, new byte[32]);
      assertThat(checkpoints.publish(before, new Published(fork, "fork", 0))).isTrue();
      ledger.append(List.of(SampleDrafts.keyed("a", new RecordKey(1, 1)))).get(9, SECONDS);
      await().until(() -> publisher.failure().isPresent());
      assertThat(publisher.awaitPublished(0)).isCompletedExceptionally();
      var next = ledger.append(List.of(SampleDrafts.keyed("a", new RecordKey(1, 2))));
      assertThatThrownBy(() -> next.get(9, SECONDS)).hasMessageContaining("stopped");
      assertThat(publisher.publishedSize()).isZero();
    }
  }

  @Test
  void checkpointsThatWereTakenAwayStopPublishing() {
    forked = true;
    write(2);
    var publisher = open();
    var other = new Checkpoint("log.example/other", 1, new byte[32]);
    checkpoints.publish(
        checkpoints.newest().orElseThrow().checkpoint(), new Published(other, "other", 0));
    write(1, publisher);
    await().until(() -> publisher.failure().isPresent());
  }

  @Test
  void tilesThatCannotBeKeptAreMadeAnewWhenAskedFor() throws Exception {
    var full =
        new InMemoryTileStore() {
          @Override
          public synchronized void put(List<Tile> tiles) {
            throw new LedgerStoreException("injected: disk full", null);
          }
        };
    while (blocks.newest().isEmpty() || size() < 65_600) {
      write(100);
    }
    var publisher =
        Publisher.open(store, full, faulty, signer, PublisherOptions.of(InstantSource.system()));
    opened.add(publisher);
    awaitAll(publisher);
  }

  @Test
  void aLedgerPublishesWhatItAppends() throws Exception {
    var publisher = open();
    try (var ledger =
        Ledger.open(
            store,
            SampleDrafts.IDENTITY,
            RecordedKeys.inMemory(),
            LedgerOptions.of(InstantSource.system(), new SecureRandom()),
            publisher)) {
      for (long i = 1; i <= 300; i++) {
        ledger.append(List.of(SampleDrafts.keyed("a", new RecordKey(i, i)))).get(9, SECONDS);
      }
      awaitAll(publisher);
    }
    publisher.close();
    assertThat(publisher.publishedSize()).isEqualTo(300);
  }
}
