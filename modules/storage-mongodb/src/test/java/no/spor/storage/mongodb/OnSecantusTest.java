package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.conformance.EpochStoreSuite;
import no.spor.conformance.ProcessorProgressSuite;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.axon.ProcessorProgress.Claim;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.KeysUnavailableException;
import no.spor.vault.Lookup;
import no.spor.vault.WrappedKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a persistent server in a process of its own, which is also killed and started again, in
/// the middle of appends, erasures and projections. [SuitesOnSecantusTest] has all suites.
class OnSecantusTest {
  @TempDir static Path temp;
  private static SecantusServer server;

  @BeforeAll
  static void start() throws Exception {
    var obstacle = SecantusServer.obstacle();
    obstacle.ifPresent(reason -> System.out.println("OnSecantusTest is skipped: " + reason));
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    server = SecantusServer.start(temp.resolve("data"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static TestDatabase database() {
    return TestDatabase.at(server.uri());
  }

  @Test
  void appendsGoOnThroughKillsAndLoseNothingThatWasAcknowledged() throws Exception {
    var database = database();
    var settings = database.settings().withPatience(Duration.ofMillis(500));
    try (var store = MongoLedgerStore.open(settings, "main", UUID.randomUUID())) {
      var blocks = new SampleBlocks(store.ledger(), 20_261_122, null).any(60);
      var killed = killing(3);
      List<UUID> acknowledged = new ArrayList<>();
      for (Block block : blocks) {
        appended(store, block);
        acknowledged.add(block.head().commit());
        Thread.sleep(10);
      }
      killed.join();
      assertThat(store.heads(0, 100)).extracting(BlockHead::commit).isEqualTo(acknowledged);
    }
    database.close();
  }

  private static void appended(MongoLedgerStore store, Block block) {
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        assertThat(store.append(List.of(block))).isOne();
        return;
      } catch (LedgerOutcomeUnknownException | LedgerStoreException e) {
        // Said again: it is one's own.
      }
    }
    throw new AssertionError("never appended");
  }

  @Test
  void whoIsErasedStaysErasedThroughAKill() throws Exception {
    var database = database();
    var settings = database.settings().withPatience(Duration.ofSeconds(3));
    try (var keys = MongoKeyStore.open(settings, new UUID(3, 4))) {
      keys.openEpoch(1);
      for (int i = 0; i < 6; i++) {
        var ref = new PersonRef("bygg-as", new Lookup(1, 2, 3, i));
        var bytes = new byte[WrappedKey.BYTES];
        bytes[0] = 1;
        bytes[4] = 1;
        bytes[9] = (byte) i;
        var person = new NewPerson(new UUID(9, i), ref, WrappedKey.of(bytes), 0);
        keys.make(new NewKeys(Map.of(), List.of(person), List.of(), Map.of(), List.of()));
        var erasure = new Erasure(new UUID(7, i), "bygg-as", person.id(), ref.lookup(), i + 1, 5);
        if (i % 3 == 2) {
          server.kill();
          Thread.startVirtualThread(() -> {
            try {
              server.restart();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
        }
        boolean erased = false;
        for (int attempt = 0; attempt < 10 && !erased; attempt++) {
          try {
            keys.erase(erasure);
            erased = true;
          } catch (KeysUnavailableException e) {
            // Repeated.
          }
        }
        assertThat(erased).isTrue();
        var standing = keys.people(List.of(ref)).get(ref);
        assertThat(standing.person()).isNull();
        assertThat(standing.fence()).isNotNull();
      }
      assertThat(keys.jobs()).hasSize(6);
    }
    database.close();
  }

  /// As a processor does it: entries, then how far they go; after a failure from where that says.
  @Test
  void aProjectionGoesOnThroughKillsAndSkipsAndRepeatsNothing() throws Exception {
    var database = database();
    int size = 240;
    int batch = 8;
    var settings = database.settings().withPatience(Duration.ofMillis(500));
    try (var views = MongoViews.open(settings, new UUID(1, 2), _ -> true)) {
      var progress = views.progress();
      var claim = new Claim("node", 0, Long.MAX_VALUE);
      progress.create("timeline", 0, 0, 0);
      var killed = killing(3);
      int failures = 0;
      for (boolean done = false; !done; ) {
        try {
          var from = progress.claim("timeline", 0, claim).orElseThrow();
          done = from >= size;
          if (!done) {
            views.timeline().apply(entries(from, from + batch), from, from + batch, new byte[32]);
            assertThat(progress.store("timeline", 0, claim, from + batch)).isTrue();
          }
        } catch (RuntimeException e) {
          assertThat(++failures).isLessThan(1000);
        }
        Thread.sleep(20);
      }
      killed.join();
      var query =
          new TimelineQuery("bygg-as", null, List.of(), null, null, Map.of(), null, 2 * size);
      assertThat(views.timeline().find(query).places())
          .extracting(TimelineQuery.Place::position)
          .containsExactlyElementsOf(
              LongStream.iterate(size - 1, position -> position - 1).limit(size).boxed().toList());
    }
    database.close();
  }

  private static List<TimelineEntry> entries(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(position ->
            new TimelineEntry(
                position,
                "bygg-as",
                "/app",
                "login.succeeded",
                Instant.ofEpochSecond(position),
                Map.of(),
                List.of()))
        .toList();
  }

  private static Thread killing(int times) {
    return Thread.startVirtualThread(() -> {
      try {
        for (int i = 0; i < times; i++) {
          Thread.sleep(150);
          server.kill();
          server.restart();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Nested
  class Epochs extends EpochStoreSuite {
    @Override
    protected Fixture open() {
      return MongoEpochStoreTest.fixture(database());
    }
  }

  @Nested
  class Progress extends ProcessorProgressSuite {
    @Override
    protected Fixture open() {
      return MongoProcessorProgressTest.fixture(database());
    }
  }
}
