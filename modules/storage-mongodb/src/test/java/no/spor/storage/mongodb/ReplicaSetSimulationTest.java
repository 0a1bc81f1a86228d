package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.storage.mongodb.ReplicaSetSimulation.Bug;
import no.spor.storage.mongodb.ReplicaSetSimulation.Run;
import no.spor.storage.mongodb.ReplicaSetSimulation.Workload;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.Erased;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeysUnavailableException;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The stores on a simulated replica set. More seeds with `-Dspor.simulation.mongodb.seeds=…`,
/// another first one with `-Dspor.simulation.mongodb.seed=…`.
class ReplicaSetSimulationTest {
  private static final long FIRST = Long.getLong("spor.simulation.mongodb.seed", 20_261_122);
  private static final long SEEDS = Long.getLong("spor.simulation.mongodb.seeds", 8);
  private static final int SEEDS_FOR_A_BUG = 40;
  private static final int STEPS = 500;

  /// What happened under all seeds.
  private int elections;

  private int rollbacks;
  private int deaths;

  @Test
  void theLedgerIsDenseAndKeepsWhatItAcknowledged() {
    int blocks = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      SimulatedAppends appends = new SimulatedAppends(store -> store);
      add(ReplicaSetSimulation.run(seed, STEPS, appends, Bug.NONE));
      blocks += appends.acknowledgedBlocks();
    }
    say(blocks + " blocks acknowledged");
    assertThat(blocks).isPositive();
  }

  @Test
  void whoIsErasedStaysErasedAndAKeyThatWasUsedStands() {
    int uses = 0;
    int erasures = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      SimulatedKeys keys = new SimulatedKeys(store -> store);
      add(ReplicaSetSimulation.run(seed, STEPS, keys, Bug.NONE));
      uses += keys.uses();
      erasures += keys.erasures();
    }
    say(uses + " uses of keys, " + erasures + " erasures");
    assertThat(erasures).isPositive();
  }

  @Test
  void aViewSkipsAndRepeatsNothingWhateverItSaysToHaveReached() {
    long applied = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      SimulatedProjection projection = new SimulatedProjection();
      add(ReplicaSetSimulation.run(seed, STEPS, projection, Bug.NONE));
      applied += projection.applied();
    }
    say(applied + " entries of a view");
    assertThat(applied).isPositive();
  }

  @Test
  void checkpointsNeverGoBackAndTheLastOfAnHourStays() {
    int published = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      SimulatedPublishing publishing = new SimulatedPublishing();
      add(ReplicaSetSimulation.run(seed, STEPS, publishing, Bug.NONE));
      published += publishing.published();
    }
    say(published + " checkpoints published");
    assertThat(published).isPositive();
  }

  @Test
  void partsThatWereDroppedStayDropped() {
    int counted = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      SimulatedDrops drops = new SimulatedDrops();
      add(ReplicaSetSimulation.run(seed, STEPS, drops, Bug.NONE));
      counted += drops.counted();
    }
    say(counted + " parts dropped");
    assertThat(counted).isPositive();
  }

  private void add(Run run) {
    elections += run.elections();
    rollbacks += run.rollbacks();
    deaths += run.deaths();
  }

  private void say(String what) {
    System.out.printf(
        "replica set simulation, seeds %d to %d: %s; %d elections, %d rollbacks, %d deaths%n",
        FIRST, FIRST + SEEDS - 1, what, elections, rollbacks, deaths);
    assertThat(elections).isPositive();
    assertThat(rollbacks).isPositive();
    assertThat(deaths).isPositive();
  }

  @Test
  void aSeedGivesTheSameAgain() {
    Supplier<Run> run =
        () ->
            ReplicaSetSimulation.run(FIRST, STEPS, new SimulatedAppends(store -> store), Bug.NONE);
    assertThat(run.get()).isEqualTo(run.get());
  }

  /// A bug, planted in a store or in how it uses the server.
  record Mutant(String name, Supplier<Workload> workload, Bug bug) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Mutant> mutants() {
    String safeWrites = "&w=majority&journal=true";
    return Stream.of(
        ledger("acknowledged by the primary alone", Bug.options("&w=1")),
        ledger(
            "reads what may be rolled back", Bug.options(safeWrites + "&readConcernLevel=local")),
        ledger(
            "reads from members that are behind",
            Bug.options(safeWrites + "&readPreference=secondary&readConcernLevel=local")),
        ledger("writes over another's block", Bug.asking(Mutations::overwriting)),
        ledger("goes on after a refused block", Bug.asking(Mutations::unordered)),
        ledger("takes every duplicate for its own", Bug.hearing(Mutations::withoutDuplicates)),
        ledger("takes a missing majority for one", Bug.hearing(Mutations::withoutConcernError)),
        ledger("takes an unknown outcome for nothing written", Mutations::unknownIsNothing),
        ledger("takes an unknown outcome for written", Mutations::unknownIsWritten),
        ledger("does not compare commit ids", Mutations::numbersOnly),
        keys("keys acknowledged by the primary alone", Bug.options("&w=1")),
        keys(
            "keys that may be rolled back are used",
            Bug.options(safeWrites + "&readConcernLevel=local")),
        keys("changes whatever stands", Bug.asking(Mutations::withoutState)),
        keys("uses keys that no generation covers", Bug.asking(Mutations::neverFresh)),
        keys("does not look at the fence", Bug.hearing(Mutations::withoutFence)),
        keys("takes a missing majority for one, keys", Bug.hearing(Mutations::withoutConcernError)),
        keys("takes an erasure that failed for done", Mutations::erasedAnyway),
        new Mutant(
            "a view takes a refused entry for all that follow",
            SimulatedProjection::new,
            Bug.asking(Mutations::inOrder)),
        new Mutant(
            "publishes over whatever was published",
            SimulatedPublishing::new,
            Bug.asking(Mutations::withoutState)),
        new Mutant(
            "drops from what has changed since",
            SimulatedDrops::new,
            Bug.asking(Mutations::withoutState)));
  }

  private static Mutant ledger(String name, Bug bug) {
    return new Mutant(name, () -> new SimulatedAppends(store -> store), bug);
  }

  private static Mutant ledger(String name, Append append) {
    return new Mutant(
        name, () -> new SimulatedAppends(store -> Mutations.appending(store, append)), Bug.NONE);
  }

  private static Mutant keys(String name, Bug bug) {
    return new Mutant(name, () -> new SimulatedKeys(store -> store), bug);
  }

  private static Mutant keys(String name, UnaryOperator<KeyStore> altered) {
    return new Mutant(name, () -> new SimulatedKeys(altered), Bug.NONE);
  }

  /// In place of [LedgerStore#append].
  interface Append {
    int append(LedgerStore store, List<Block> blocks);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aPlantedBugIsFound(Mutant mutant) {
    for (int seed = 0; seed < SEEDS_FOR_A_BUG; seed++) {
      try {
        ReplicaSetSimulation.run(seed, STEPS, mutant.workload().get(), mutant.bug());
      } catch (AssertionError found) {
        assertThat(found).hasRootCauseInstanceOf(AssertionError.class);
        System.out.println(mutant + ": " + found.getMessage().lines().limit(2).toList());
        return;
      }
    }
    throw new AssertionError("survives: " + mutant);
  }

  /// How bugs are planted.
  private static final class Mutations {
    static LedgerStore appending(LedgerStore real, Append append) {
      return changed(
          LedgerStore.class,
          real,
          "append",
          arguments -> {
            @SuppressWarnings("unchecked")
            List<Block> blocks = (List<Block>) arguments[0];
            return append.append(real, blocks);
          });
    }

    private interface Call {
      Object with(Object[] arguments);
    }

    private static <T> T changed(Class<T> type, T real, String method, Call call) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, called, arguments) -> {
                try {
                  return called.getName().equals(method)
                      ? call.with(arguments)
                      : called.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }

    static int unknownIsNothing(LedgerStore store, List<Block> blocks) {
      try {
        return store.append(blocks);
      } catch (LedgerOutcomeUnknownException e) {
        throw new LedgerStoreException("a bug", e);
      }
    }

    static int unknownIsWritten(LedgerStore store, List<Block> blocks) {
      try {
        return store.append(blocks);
      } catch (LedgerOutcomeUnknownException e) {
        return blocks.size();
      }
    }

    static int numbersOnly(LedgerStore store, List<Block> blocks) {
      long newest = store.newest().map(head -> head.number()).orElse(-1L);
      return newest >= blocks.getFirst().head().number() ? 0 : store.append(blocks);
    }

    static KeyStore erasedAnyway(KeyStore real) {
      return changed(
          KeyStore.class,
          real,
          "erase",
          arguments -> {
            try {
              return real.erase((Erasure) arguments[0]);
            } catch (KeysUnavailableException e) {
              return new Erased(Set.of(), 0);
            }
          });
    }

    static BsonDocument overwriting(BsonDocument command) {
      if (!new BsonString("blocks").equals(command.get("insert"))) {
        return command;
      }
      BsonArray updates = new BsonArray();
      for (BsonValue document : command.getArray("documents")) {
        updates.add(
            new BsonDocument("q", new BsonDocument("_id", document.asDocument().get("_id")))
                .append("u", document)
                .append("upsert", BsonBoolean.TRUE));
      }
      return new BsonDocument("update", new BsonString("blocks"))
          .append("updates", updates)
          .append("ordered", BsonBoolean.TRUE)
          .append("writeConcern", command.get("writeConcern"))
          .append("$db", command.get("$db"));
    }

    static BsonDocument unordered(BsonDocument command) {
      return command.containsKey("insert") ? command.append("ordered", BsonBoolean.FALSE) : command;
    }

    static BsonDocument inOrder(BsonDocument command) {
      return new BsonString("events").equals(command.get("insert"))
          ? command.append("ordered", BsonBoolean.TRUE)
          : command;
    }

    static BsonDocument withoutDuplicates(BsonDocument reply) {
      if (reply.get("writeErrors") instanceof BsonArray errors
          && errors.stream()
              .allMatch(error -> error.asDocument().getNumber("code").intValue() == 11000)) {
        reply.remove("writeErrors");
      }
      return reply;
    }

    static BsonDocument withoutConcernError(BsonDocument reply) {
      reply.remove("writeConcernError");
      return reply;
    }

    static BsonDocument withoutState(BsonDocument command) {
      for (String list : List.of("updates", "deletes")) {
        if (command.get(list) instanceof BsonArray statements) {
          statements.forEach(one -> one.asDocument().getDocument("q").remove(Changes.STATE));
        }
      }
      return command;
    }

    static BsonDocument neverFresh(BsonDocument command) {
      if (command.get("documents") instanceof BsonArray documents) {
        documents.forEach(one -> one.asDocument().remove(PersonDocument.FRESH));
      }
      if (command.get("updates") instanceof BsonArray updates) {
        updates.forEach(one -> one.asDocument().getDocument("u").remove(PersonDocument.FRESH));
      }
      return command;
    }

    static BsonDocument withoutFence(BsonDocument reply) {
      if (reply.get("cursor") instanceof BsonDocument cursor) {
        cursor.getArray("firstBatch").forEach(one -> one.asDocument().remove("fence"));
      }
      return reply;
    }

    private Mutations() {}
  }
}
