package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import no.spor.ledger.Block;
import no.spor.ledger.Draft;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerOptions;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.Outcome;
import no.spor.ledger.RecordKey;
import no.spor.ledger.RecordedKeys;
import org.jspecify.annotations.Nullable;

/// Two or three nodes on one store, one scheduler, one clock: writes fail saved and unsaved, land
/// late, stand in part; reads fail; nodes crash and come back; the clock jumps. What the nodes said
/// is then held against what stands.
///
/// The seed decides everything: a seed that fails fails again.
public final class LedgerSimulation {
  private static final int STEPS = 120;
  private static final int KEYS = 400;
  private static final String STREAM = "bygg-as";
  private static final long PATIENCE_MILLIS = 20_000;

  private final Object monitor = new Object();
  private final long seed;
  private final Random random;
  private final LedgerStore store;
  private final Supplier<RecordedKeys> keys;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<List<Block>> late = new ArrayList<>();
  private long clockMillis = 1_700_000_000_000L;
  private int texts;

  private LedgerSimulation(long seed, LedgerStore store, Supplier<RecordedKeys> keys) {
    this.seed = seed;
    this.random = new Random(seed);
    this.store = store;
    this.keys = keys;
  }

  /// @param store empty; its calls are made one at a time
  /// @param keys new keys for each opening of a node
  /// @throws AssertionError that names the seed, where a promise was not kept
  public static void run(long seed, LedgerStore store, Supplier<RecordedKeys> keys) {
    var simulation = new LedgerSimulation(seed, store, keys);
    try {
      simulation.run();
    } catch (AssertionError | LedgerDamageException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /// What was said to a node, and what came back.
  private record Call(
      List<Draft> drafts,
      boolean atomic,
      long onlyAtSize,
      boolean crashed,
      CompletableFuture<List<Outcome>> answer) {}

  /// A node in one of its lives.
  private static final class Node {
    final GatedLedgerStore gate;
    final List<Call> calls = new ArrayList<>();
    final List<Long> followed = new ArrayList<>();
    final Ledger ledger;

    Node(GatedLedgerStore gate, RecordedKeys keys, LedgerOptions options) {
      this.gate = gate;
      this.ledger =
          Ledger.open(
              gate,
              SampleDrafts.IDENTITY,
              keys,
              options,
              block -> followed.add(block.head().number()));
      gate.gate();
    }

    boolean isIdle() {
      return calls.stream().allMatch(call -> call.answer().isDone());
    }
  }

  private void run() {
    int count = 2 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      nodes.add(start());
    }
    for (int step = 0; step < STEPS; step++) {
      act(nodes.get(random.nextInt(count)));
      settle();
    }
    finish();
    new Verdicts().check();
  }

  private Node start() {
    var options =
        LedgerOptions.of(() -> Instant.ofEpochMilli(clockMillis), new SecureRandom())
            .withPause(nanoseconds -> {});
    return new Node(new GatedLedgerStore(store, monitor), keys.get(), options);
  }

  private void act(Node node) {
    int choice = random.nextInt(100);
    if (choice < 6) {
      clockMillis += random.nextInt(20_000) - 10_000;
    } else if (choice < 9) {
      nodes.set(nodes.indexOf(node), restart(node));
    } else if (choice < 13) {
      landLate();
    } else if (choice < 45 || !node.gate.isWaiting()) {
      say(node);
    } else {
      goOn(node);
    }
  }

  /// Waits until every node waits at its gate or has nothing to do.
  private void settle() {
    synchronized (monitor) {
      long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
      while (!nodes.stream().allMatch(node -> node.gate.isWaiting() || node.isIdle())) {
        assertThat(System.nanoTime()).as("a node hangs").isLessThan(end);
        try {
          monitor.wait(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private void say(Node node) {
    var drafts = drafts();
    boolean atomic = drafts.size() <= 256 && random.nextInt(3) == 0;
    long onlyAtSize = atomic && random.nextBoolean() ? node.ledger.size() : -1;
    var answer =
        atomic
            ? node.ledger.appendAtomically(
                drafts, onlyAtSize < 0 ? null : size -> size == onlyAtSize)
            : node.ledger.append(drafts);
    var call = new Call(drafts, atomic, onlyAtSize, false, answer);
    node.calls.add(call);
    calls.add(call);
    answer.whenComplete((outcomes, failure) -> {
      synchronized (monitor) {
        monitor.notifyAll();
      }
    });
  }

  private List<Draft> drafts() {
    if (random.nextInt(10) == 0) {
      // More than one block's worth.
      int from = random.nextInt(KEYS);
      return LongStream.range(from, from + 300).mapToObj(this::keyed).toList();
    }
    int first = random.nextInt(KEYS);
    return IntStream.range(0, 1 + random.nextInt(4))
        .mapToObj(i ->
            random.nextBoolean()
                ? keyed(first + 3L * i)
                : SampleDrafts.free(STREAM, "text " + texts++))
        .toList();
  }

  private Draft keyed(long number) {
    return SampleDrafts.draft(
        STREAM, new RecordKey(number + 1, ~number), SampleDrafts.parts(random));
  }

  private void goOn(Node node) {
    var verdict = node.gate.isWrite() ? writing() : reading();
    synchronized (monitor) {
      node.gate.release(verdict);
    }
  }

  private GatedLedgerStore.Verdict reading() {
    return random.nextInt(25) == 0 ? failing() : GatedLedgerStore.WITHOUT_FAULT;
  }

  private static GatedLedgerStore.Verdict failing() {
    return (all, blocks) -> {
      throw new LedgerStoreException("simulated", null);
    };
  }

  private GatedLedgerStore.Verdict writing() {
    int saved = random.nextInt(3);
    return switch (random.nextInt(12)) {
      case 0 -> failing();
      case 1 -> unknown(prefix(saved));
      case 2 -> unknown(GatedLedgerStore.WITHOUT_FAULT);
      case 3 -> unknown(this::keepForLater);
      case 4 -> prefix(saved);
      default -> GatedLedgerStore.WITHOUT_FAULT;
    };
  }

  private int keepForLater(LedgerStore all, @Nullable List<Block> blocks) {
    late.add(Objects.requireNonNull(blocks));
    return 0;
  }

  private static GatedLedgerStore.Verdict prefix(int saved) {
    return (all, blocks) -> {
      var sent = Objects.requireNonNull(blocks);
      return all.append(sent.subList(0, Math.min(saved, sent.size())));
    };
  }

  private static GatedLedgerStore.Verdict unknown(GatedLedgerStore.Verdict hidden) {
    return (all, blocks) -> {
      hidden.proceed(all, blocks);
      throw new LedgerOutcomeUnknownException("simulated", null);
    };
  }

  /// A write that nobody hopes for any more arrives: all of it that still continues the ledger.
  private void landLate() {
    if (!late.isEmpty()) {
      store.append(late.remove(random.nextInt(late.size())));
    }
  }

  /// A crash: whatever the node is doing fails from here on, nobody hears what it says.
  private Node restart(Node node) {
    for (var call : node.calls) {
      if (!call.answer().isDone()) {
        calls.set(
            calls.indexOf(call),
            new Call(
                call.drafts(), call.atomic(), call.onlyAtSize(), true, new CompletableFuture<>()));
      }
    }
    drain(node, failing());
    return start();
  }

  private void drain(Node node, GatedLedgerStore.Verdict with) {
    synchronized (monitor) {
      long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
      while (!node.isIdle()) {
        if (node.gate.isWaiting()) {
          node.gate.release(with);
        }
        assertThat(System.nanoTime()).as("a node hangs").isLessThan(end);
        try {
          monitor.wait(10);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    node.ledger.close();
    assertThat(node.followed)
        .as("blocks followed")
        .isEqualTo(
            node.followed.isEmpty()
                ? List.of()
                : LongStream.rangeClosed(node.followed.getFirst(), node.followed.getLast())
                    .boxed()
                    .toList());
  }

  private void finish() {
    for (var node : nodes) {
      drain(node, GatedLedgerStore.WITHOUT_FAULT);
    }
  }

  /// Holds what was said against what stands.
  private final class Verdicts {
    private final List<byte[]> standing = LedgerChecker.check(store, SampleDrafts.IDENTITY);
    private final Map<String, Integer> texts = new HashMap<>();

    Verdicts() {
      standing.forEach(body -> texts.merge(text(body), 1, Integer::sum));
    }

    private static String text(byte[] body) {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    void check() {
      texts.forEach((text, times) -> assertThat(times).as("times that a record stands").isOne());
      for (var call : calls) {
        if (call.answer().isDone()) {
          try {
            checkAnswer(call, call.answer().join());
          } catch (CompletionException e) {
            checkFailure(call, Objects.requireNonNull(e.getCause()));
          }
        }
        checkAtomic(call);
      }
    }

    private void checkAnswer(Call call, List<Outcome> outcomes) {
      for (int i = 0; i < outcomes.size(); i++) {
        var draft = call.drafts().get(i);
        switch (outcomes.get(i)) {
          case Outcome.Appended(long position, long sequence) -> {
            assertThat(sequence).as("one stream: sequence is position").isEqualTo(position);
            assertThat(body(position)).as("body at " + position).isEqualTo(draft.body());
            if (call.onlyAtSize() >= 0) {
              assertThat(position).as("precondition").isEqualTo(call.onlyAtSize() + i);
            }
          }
          case Outcome.Duplicate(long position) ->
              assertThat(SampleDrafts.IDENTITY.keyOf(STREAM, body(position)))
                  .as("key at " + position)
                  .isEqualTo(draft.key());
          case Outcome.NotAppended() -> assertThat(call.atomic()).isTrue();
          case Outcome.Refused refused -> throw new AssertionError("nobody refuses here");
        }
      }
    }

    private byte[] body(long position) {
      assertThat(position).as("acknowledged position").isBetween(0L, standing.size() - 1L);
      return standing.get((int) position);
    }

    private void checkFailure(Call call, Throwable failure) {
      if (failure instanceof LedgerOutcomeUnknownException) {
        return;
      }
      boolean recordedNothing = call.atomic() || call.drafts().size() == 1;
      if (recordedNothing) {
        assertThat(call.drafts().stream().filter(this::standsAsText).count())
            .as("recorded in spite of " + failure.getClass().getSimpleName())
            .isZero();
      }
    }

    private void checkAtomic(Call call) {
      var free = call.drafts().stream().filter(draft -> draft.key() == null).toList();
      if (call.atomic()) {
        assertThat(free.stream().filter(this::standsAsText).count())
            .as("all of an atomic call, or nothing")
            .isIn(0L, (long) free.size());
      }
    }

    private boolean standsAsText(Draft draft) {
      return draft.key() == null && texts.containsKey(text(draft.body()));
    }
  }

  @Override
  public String toString() {
    return "LedgerSimulation[seed " + seed + "]";
  }
}
