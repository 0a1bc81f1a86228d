package no.spor.rights;

import static no.spor.rights.RightsNode.NOON;
import static no.spor.rights.RightsNode.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.LedgerRecord;
import no.spor.rights.RightsNode.Stores;
import no.spor.rights.RightsNode.Unsent;
import no.spor.vault.Opened;
import no.spor.vault.PersonState;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is in flight when its person is erased ends either before the erasure, unreadable, or
/// refused: there is no third outcome, on one node or on two.
class NoThirdOutcomeTest {
  private static final int PEOPLE = 12;
  private static final int WRITERS = 4;
  private static final int EVENTS = 120;
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatIsInFlightEndsBeforeTheErasureOrIsRefused(int count) throws Exception {
    System.out.println("seed " + SEED);
    Stores stores = Stores.inMemory(folder);
    List<RightsNode> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(new RightsNode(stores));
    }
    Map<String, Long> positions = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int w = 0; w < WRITERS; w++) {
        RightsNode node = nodes.get(w % count);
        int writer = w;
        running.add(threads.submit(() -> write(node, writer, positions)));
      }
      running.add(threads.submit(() -> erase(nodes)));
      for (Future<?> one : running) {
        one.get();
      }
    }
    check(nodes, positions);
    nodes.reversed().forEach(RightsNode::close);
  }

  private static void write(RightsNode node, int writer, Map<String, Long> positions) {
    Random random = new Random(SEED + writer);
    List<Map.Entry<String, Unsent>> inFlight = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      String id = person(random.nextInt(PEOPLE)) + "/" + writer + "/" + i;
      inFlight.add(
          Map.entry(
              id,
              node.seal(id, NOON, account(id.substring(0, id.indexOf('/'))), account("witness"))));
      // Some are sealed long before they are appended, and not in the order that they were sealed.
      while (inFlight.size() > random.nextInt(6)) {
        Map.Entry<String, Unsent> next = inFlight.remove(random.nextInt(inFlight.size()));
        positions.put(next.getKey(), node.append(next.getKey(), next.getValue()));
      }
    }
    inFlight.forEach(
        left -> positions.put(left.getKey(), node.append(left.getKey(), left.getValue())));
  }

  /// Half of the people; the others are to stay.
  private static void erase(List<RightsNode> nodes) {
    Random random = new Random(SEED);
    for (int i = 0; i < PEOPLE; i += 2) {
      long until = System.nanoTime() + random.nextInt(4_000_000);
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      nodes.get(random.nextInt(nodes.size())).erase(account(person(i)));
    }
  }

  private static String person(int number) {
    return "person-" + number;
  }

  private static void check(List<RightsNode> nodes, Map<String, Long> positions)
      throws ExecutionException {
    RightsNode first = nodes.getFirst();
    long end = nodes.stream().mapToLong(node -> node.ledger.size()).max().orElseThrow();
    await().until(() -> nodes.stream().allMatch(node -> node.ledger.size() == end));
    Map<String, Long> erasedAt = new HashMap<>();
    Map<Long, String> standing = new HashMap<>();
    List<Long> erasures = new ArrayList<>();
    for (LedgerRecord record : first.ledger.readFrom(0, Integer.MAX_VALUE)) {
      HeaderBody header = HeaderBodyCodec.decode(record.body());
      if (header.type().equals(RightsEvent.PERSON_ERASED)) {
        erasures.add(record.position());
      } else if (record.stream().equals(RightsNode.TENANT)) {
        standing.put(record.position(), header.id());
      }
    }
    for (int i = 0; i < PEOPLE; i += 2) {
      erasedAt.put(person(i), erasures.get(i / 2));
      for (RightsNode node : nodes) {
        assertThat(node.vault.find(RightsNode.TENANT, account(person(i))).state())
            .isEqualTo(PersonState.ERASED);
      }
    }
    int before = 0;
    int refused = 0;
    for (Map.Entry<String, Long> event : positions.entrySet()) {
      String person = event.getKey().substring(0, event.getKey().indexOf('/'));
      long position = event.getValue();
      Long erased = erasedAt.get(person);
      if (position < 0) {
        refused++;
        assertThat(erased).as("refused only who is erased").isNotNull();
        assertThat(standing).doesNotContainValue(event.getKey());
        continue;
      }
      assertThat(standing).containsEntry(position, event.getKey());
      for (RightsNode node : nodes) {
        if (erased == null) {
          assertThat(node.open(position, 0)).isInstanceOf(Opened.Clear.class);
        } else {
          before++;
          assertThat(position).as(event.getKey()).isLessThan(erased);
          assertThat(node.open(position, 0)).isInstanceOf(Opened.Erased.class);
        }
        assertThat(node.open(position, 1))
            .as("the others' parts stay")
            .isInstanceOf(Opened.Clear.class);
      }
    }
    System.out.println("before " + before + ", refused " + refused + ", run " + new UUID(0, SEED));
  }
}
