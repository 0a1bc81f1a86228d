package no.spor.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.spor.ledger.LedgerStoreException;
import no.spor.tenancy.RegistryStore.Entry;
import no.spor.tenancy.RegistryStore.Mark;
import no.spor.tenancy.Tenancy.NewKey;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private final Deployment deployment = new Deployment(new UUID(8, 9));
  private final RegistryStore store = new InMemoryRegistryStore();

  @Test
  void aRebuiltRegistryEqualsTheRunningOne() {
    long seed = Long.getLong("spor.seed", System.nanoTime());
    Random random = new Random(seed);
    try (Deployment.Node node = node(store)) {
      doAnything(node, random, 150);
      assertThat(seen(rebuilt())).as("seed %d", seed).isEqualTo(seen(node.registry));
      node.registry.rebuild();
      assertThat(seen(node.registry)).as("seed %d", seed).isEqualTo(seen(rebuilt()));
    }
    Registry restarted = started(deployment, store);
    assertThat(seen(restarted)).as("seed %d", seed).isEqualTo(seen(rebuilt()));
  }

  @Test
  void aRestartFollowsOnlyWhatIsNew() {
    try (Deployment.Node node = node(store)) {
      node.tenancy.createTenant("a", "A");
      node.appendActivity();
    }
    Deployment.Sealed broken = new Deployment.Sealed();
    broken.unavailable = true;
    Registry restarted = new Registry(store, broken);
    restarted.start(deployment);
    assertThat(restarted.state().tenant("a")).as("nothing had to be opened").isNotNull();
    assertThat(restarted.lastBlock()).isEqualTo(1);
  }

  @Test
  void aReadThatIsBehindIsNotTakenForTheWholeLedger() {
    try (Deployment.Node node = node(store)) {
      node.tenancy.createTenant("a", "A");
      node.appendActivity();
    }
    Registry late = new Registry(new InMemoryRegistryStore(), new Deployment.Sealed());
    deployment.hidden = 2;
    assertThatThrownBy(() -> late.start(deployment)).isInstanceOf(LedgerStoreException.class);
    assertThatThrownBy(late::state).isInstanceOf(RegistryBehindException.class);
    deployment.hidden = 0;
    assertThat(late.state().tenant("a")).isNotNull();
  }

  @Test
  void decisionsRestOnTheLedgerAfterARestart() {
    NewKey admin;
    NewKey key;
    try (Deployment.Node node = node(store)) {
      admin = node.tenancy.ensureAdministrator().orElseThrow();
      node.tenancy.createTenant("a", "A");
      key = node.tenancy.createKey(AccessRole.EMITTER, "a", "");
      node.tenancy.putCatalogue("a", "retention: { session: P7D }");
    }
    try (Deployment.Node node = node(store)) {
      assertThat(node.tenancy.authenticate(admin.secret())).isPresent();
      assertThat(node.tenancy.authenticate(key.secret())).isPresent();
      assertThat(node.tenancy.ensureAdministrator()).isEmpty();
      assertThatThrownBy(() -> node.tenancy.createTenant("a", "A"))
          .isInstanceOf(TenancyException.class);
      assertThat(node.tenancy.putCatalogue("a", "retention: { session: P7D }").version())
          .isEqualTo(3);
      assertThat(node.tenancy.policies("a").get("session")).hasSize(2);
      assertThat(node.tenancy.revokeKey(key.id(), "a")).isTrue();
      assertThat(node.tenancy.authenticate(key.secret())).isEmpty();
    }
  }

  @Test
  void revokedStaysRevokedWhenAnOldRegistryIsRestored() {
    List<Entry> entries;
    Mark mark;
    NewKey key;
    try (Deployment.Node node = node(store)) {
      node.tenancy.createTenant("a", "A");
      key = node.tenancy.createKey(AccessRole.OFFICER, "a", "");
      entries = store.entries();
      mark = store.mark().orElseThrow();
      node.tenancy.revokeKey(key.id(), "a");
      node.appendActivity();
    }
    RegistryStore restored = new InMemoryRegistryStore();
    restored.save(entries, mark);
    Registry registry = started(deployment, restored);
    assertThat(registry.state().authenticate(key.secret())).isEmpty();
    assertThat(registry.state().key(key.id())).isNotNull();
  }

  @Test
  void aRegistryOfAnotherHistoryIsThrownAway() {
    NewKey elsewhere;
    RegistryStore foreign = new InMemoryRegistryStore();
    try (Deployment.Node node = node(store)) {
      node.tenancy.createTenant("a", "A");
      Deployment backup = deployment.copy();
      // The same ledger went another way, and further; and there is another ledger altogether.
      try (Deployment.Node other = new Deployment.Node(backup, foreign)) {
        elsewhere = other.tenancy.createKey(AccessRole.ADMIN, null, "");
        other.tenancy.createTenant("b", "B");
      }
      node.tenancy.createTenant("c", "C");
      assertThat(foreign.mark().orElseThrow().block()).isGreaterThan(node.registry.lastBlock());
      assertRebuilt(copy(foreign), elsewhere);
      node.tenancy.createTenant("d", "D");
      node.tenancy.createTenant("e", "E");
      assertThat(foreign.mark().orElseThrow().block()).isLessThan(node.registry.lastBlock());
    }
    assertRebuilt(foreign, elsewhere);

    RegistryStore ofOther = new InMemoryRegistryStore();
    try (Deployment.Node other = new Deployment.Node(new Deployment(new UUID(1, 1)), ofOther)) {
      other.tenancy.createTenant("b", "B");
    }
    assertRebuilt(ofOther, elsewhere);
  }

  @Test
  void aDamagedRegistryIsThrownAway() {
    try (Deployment.Node node = node(store)) {
      node.tenancy.createTenant("a", "A");
      node.tenancy.createTenant("c", "C");
    }
    Mark mark = store.mark().orElseThrow();
    for (String damage : List.of("", "{", "null", "[]", "{\"id\":7}", "{\"id\":\"a\"}")) {
      RegistryStore damaged = new InMemoryRegistryStore();
      damaged.save(List.of(new Entry("tenant", "a", damage.getBytes())), mark);
      assertThat(seen(started(deployment, damaged))).as(damage).isEqualTo(seen(rebuilt()));
    }
    RegistryStore unknown = new InMemoryRegistryStore();
    unknown.save(List.of(new Entry("what", "a", new byte[0])), mark);
    assertThat(seen(started(deployment, unknown))).isEqualTo(seen(rebuilt()));
    RegistryStore newer = new InMemoryRegistryStore();
    newer.save(List.of(), new Mark(mark.form() + 1, mark.ledger(), mark.block(), mark.hash()));
    assertThat(seen(started(deployment, newer))).isEqualTo(seen(rebuilt()));
  }

  @Test
  void aRegistryThatCannotBeSavedIsFollowedAnew() {
    NewKey key;
    InMemoryRegistryStore backing = new InMemoryRegistryStore();
    boolean[] full = new boolean[1];
    RegistryStore diskFull =
        new RegistryStore() {
          @Override
          public java.util.Optional<Mark> mark() {
            return backing.mark();
          }

          @Override
          public List<Entry> entries() {
            return backing.entries();
          }

          @Override
          public void save(List<Entry> changed, Mark mark) {
            if (full[0]) {
              throw new IllegalStateException("injected: disk full");
            }
            backing.save(changed, mark);
          }

          @Override
          public void clear() {
            backing.clear();
          }

          @Override
          public void close() {}
        };
    try (Deployment.Node node = new Deployment.Node(deployment, diskFull)) {
      node.tenancy.createTenant("a", "A");
      full[0] = true;
      key = node.tenancy.createKey(AccessRole.OFFICER, "a", "");
      node.tenancy.createTenant("b", "B");
      assertThat(node.tenancy.authenticate(key.secret())).isPresent();
      assertThat(seen(started(deployment, copy(backing)))).isEqualTo(seen(rebuilt()));
      full[0] = false;
      node.tenancy.createTenant("c", "C");
      assertThat(backing.entries()).hasSize(4);
    }
    assertThat(seen(started(deployment, backing))).isEqualTo(seen(rebuilt()));
  }

  @Test
  void nothingIsServedWhileABlockCannotBeFollowed() {
    try (Deployment.Node node = node(store);
        Deployment.Node other = node(new InMemoryRegistryStore())) {
      NewKey key = node.tenancy.createKey(AccessRole.ADMIN, null, "");
      other.tenancy.createTenant("x", "X"); // its node follows the key's block on the way
      assertThat(other.tenancy.authenticate(key.secret())).isPresent();
      node.appendActivity(); // and this one the tenant's
      assertThat(node.tenancy.tenant("x")).isPresent();
      node.tenancy.createKey(AccessRole.ADMIN, null, "");
      node.tenancy.revokeKey(key.id(), null);

      other.payloads.unavailable = true;
      other.appendActivity();
      assertThatThrownBy(() -> other.tenancy.authenticate(key.secret()))
          .isInstanceOf(RegistryBehindException.class);
      assertThatThrownBy(() -> other.tenancy.catalogue("x"))
          .isInstanceOf(RegistryBehindException.class);
      other.payloads.unavailable = false;
      assertThat(other.tenancy.authenticate(key.secret())).isEmpty();
      assertThat(seen(other.registry)).isEqualTo(seen(rebuilt()));
    }
  }

  @Test
  void twoNodesRacingToCreateOneTenantGiveOneWinner() throws Exception {
    try (Deployment.Node one = node(store);
        Deployment.Node two = node(new InMemoryRegistryStore());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 20; round++) {
        String id = "tenant-" + round;
        CyclicBarrier go = new CyclicBarrier(4);
        List<Future<String>> tries = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Deployment.Node node = i % 2 == 0 ? one : two;
          String name = "try " + i;
          Callable<String> attempt =
              () -> {
                go.await();
                try {
                  return node.tenancy.createTenant(id, name).name();
                } catch (TenancyException e) {
                  return e.problem();
                }
              };
          tries.add(threads.submit(attempt));
        }
        List<String> outcomes = new ArrayList<>();
        for (Future<String> attempt : tries) {
          outcomes.add(attempt.get());
        }
        assertThat(outcomes).as("round %d", round).contains("tenant-exists");
        outcomes.removeIf("tenant-exists"::equals);
        assertThat(outcomes).as("round %d", round).hasSize(1);
        assertThat(rebuilt().state().tenant(id).stored().name()).isEqualTo(outcomes.getFirst());
      }
      one.appendActivity();
      two.appendActivity();
      one.appendActivity();
      assertThat(seen(one.registry)).isEqualTo(seen(two.registry)).isEqualTo(seen(rebuilt()));
    }
  }

  @Test
  void nodesThatStartAtOnceMakeOneAdministrator() throws Exception {
    try (Deployment.Node one = node(store);
        Deployment.Node two = node(new InMemoryRegistryStore());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> first = threads.submit(() -> one.tenancy.ensureAdministrator().isPresent());
      Future<Boolean> second = threads.submit(() -> two.tenancy.ensureAdministrator().isPresent());
      assertThat(first.get() ^ second.get()).isTrue();
      assertThat(rebuilt().state().keys()).hasSize(1);
    }
  }

  @Test
  void concurrentChangesOfOneCatalogueAreAllCounted() throws Exception {
    try (Deployment.Node node = node(store);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      node.tenancy.createTenant("a", "A");
      List<Future<Integer>> puts = new ArrayList<>();
      for (int i = 1; i <= 8; i++) {
        String document = "retention: { session: P" + i + "D }";
        puts.add(threads.submit(() -> node.tenancy.putCatalogue("a", document).version()));
      }
      for (Future<Integer> put : puts) {
        put.get();
      }
      assertThat(node.tenancy.catalogue("a").orElseThrow().version()).isEqualTo(9);
      assertThat(node.tenancy.policies("a").get("session"))
          .extracting(PolicyVersion::version)
          .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }

  private static void doAnything(Deployment.Node node, Random random, int times) {
    List<String> tenants = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      int what = tenants.isEmpty() ? 0 : random.nextInt(6);
      switch (what) {
        case 0 -> tenants.add(node.tenancy.createTenant("t" + i, "Tenant " + i).id());
        case 1 ->
            keys.add(
                node.tenancy
                    .createKey(
                        AccessRole.values()[random.nextInt(4)],
                        random.nextBoolean() ? null : any(tenants, random),
                        "key " + i)
                    .id());
        case 2 -> {
          if (!keys.isEmpty()) {
            try {
              node.tenancy.revokeKey(any(keys, random), null);
            } catch (TenancyException e) {
              assertThat(e.problem()).isEqualTo("last-administrator");
            }
          }
        }
        case 3 -> node.appendActivity();
        default ->
            node.tenancy.putCatalogue(
                any(tenants, random),
                "retention: { session: P%dD, own%d: P%dM }"
                    .formatted(1 + random.nextInt(5), random.nextInt(3), 1 + random.nextInt(3)));
      }
    }
  }

  private static String any(List<String> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }

  private Deployment.Node node(RegistryStore registry) {
    return new Deployment.Node(deployment, registry);
  }

  private Registry rebuilt() {
    return started(deployment, new InMemoryRegistryStore());
  }

  private static Registry started(Deployment deployment, RegistryStore store) {
    Registry registry = new Registry(store, new Deployment.Sealed());
    registry.start(deployment);
    return registry;
  }

  private static RegistryStore copy(RegistryStore store) {
    RegistryStore copy = new InMemoryRegistryStore();
    copy.save(store.entries(), store.mark().orElseThrow());
    return copy;
  }

  private void assertRebuilt(RegistryStore foreign, NewKey elsewhere) {
    Registry registry = started(deployment, foreign);
    assertThat(seen(registry)).isEqualTo(seen(rebuilt()));
    assertThat(registry.state().authenticate(elsewhere.secret())).isEmpty();
    assertThat(registry.state().tenant("b")).isNull();
    assertThat(foreign.mark().orElseThrow().ledger()).isEqualTo(deployment.ledger());
  }

  /// Everything a registry answers with, in one comparable text.
  private static String seen(Registry registry) {
    List<String> lines = new ArrayList<>();
    registry
        .state()
        .tenants()
        .forEach(t ->
            lines.add(
                t.stored()
                    + " "
                    + t.catalogue().version()
                    + t.catalogue().classes()
                    + t.policies()));
    registry.state().keys().forEach(k -> lines.add(k.stored().info() + k.stored().hash()));
    return String.join("\n", lines.stream().sorted().toList());
  }
}
