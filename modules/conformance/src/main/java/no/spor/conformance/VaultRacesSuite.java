package no.spor.conformance;

import static no.spor.conformance.SampleEvents.NOON;
import static no.spor.conformance.SampleEvents.account;
import static no.spor.conformance.SampleEvents.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import no.spor.vault.KeyHandle;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.PersonState;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealOutcome;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.Vault;
import no.spor.vault.VaultOptions;
import org.junit.jupiter.api.Test;

/// A vault used by many threads, and several vaults on one pair of stores.
public abstract class VaultRacesSuite extends VaultCases {
  private static final int THREADS = 8;

  @Test
  void manyThreadsAndTwoNodesMakeOneKeyForEachPerson() throws Exception {
    try (Vault other = another(VaultOptions.DEFAULTS)) {
      List<List<SampleEvents>> samples = new ArrayList<>();
      List<List<SealOutcome>> outcomes =
          inParallel(
              THREADS,
              thread -> {
                Random seeded = new Random(SEED + thread);
                List<SampleEvents> mine = new ArrayList<>();
                List<SealOutcome> sealed = new ArrayList<>();
                for (int call = 0; call < 20; call++) {
                  List<SampleEvents> batch = new ArrayList<>();
                  for (int i = 0; i < 10; i++) {
                    batch.add(overlapping(seeded, "e" + thread + "-" + call + "-" + i));
                  }
                  Vault node = thread % 2 == 0 ? vault : other;
                  sealed.addAll(node.seal(batch.stream().map(SampleEvents::request).toList()));
                  mine.addAll(batch);
                }
                synchronized (samples) {
                  samples.add(mine);
                }
                return sealed;
              });
      try (Vault fresh = another(VaultOptions.DEFAULTS)) {
        assertThat(samples).hasSize(THREADS);
        for (int thread = 0; thread < THREADS; thread++) {
          List<SampleEvents> mine = samples.get(thread);
          List<SealOutcome> sealed =
              outcomes.get(Integer.parseInt(mine.getFirst().header().id().substring(1, 2)));
          for (int i = 0; i < mine.size(); i++) {
            assertOpens(fresh, mine.get(i), (Sealed) sealed.get(i));
          }
        }
      }
      for (int person = 0; person < 30; person++) {
        assertThat(vault.find("bygg-as", account("p" + person)).pseudonyms())
            .as("months, histories and accounts of one person")
            .hasSizeLessThanOrEqualTo(6);
      }
    }
  }

  @Test
  void ofManyThatComeAtOnceForSomebodyNewOneAsksTheStore() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger begun = new AtomicInteger();
    List<Thread> senders = new ArrayList<>();
    AtomicBoolean first = new AtomicBoolean();
    KeyStore watched =
        (KeyStore)
            Proxy.newProxyInstance(
                KeyStore.class.getClassLoader(),
                new Class<?>[] {KeyStore.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("people")) {
                    asked.incrementAndGet();
                    if (first.getAndSet(false)) {
                      awaitOthers(begun, senders);
                    }
                  }
                  return method.invoke(stores.keys(), arguments);
                });
    Map<Integer, Sealed> sealed = new ConcurrentHashMap<>();
    try (Vault node = another(watched)) {
      seal(node, event("e").actor("kari"));
      asked.set(0);
      first.set(true);
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        senders.add(
            Thread.ofPlatform()
                .unstarted(() -> {
                  begun.incrementAndGet();
                  sealed.put(number, seal(node, event("e" + number).actor("ola")));
                }));
      }
      senders.forEach(Thread::start);
      for (Thread sender : senders) {
        sender.join(60_000);
      }
    }

    // A store that does not tell what it has made is read once more.
    assertThat(asked.get()).as("times that the store was asked").isBetween(1, 2);
    assertThat(sealed).hasSize(THREADS);
    sealed.forEach((number, one) -> assertOpens(vault, event("e" + number).actor("ola"), one));
  }

  /// Until all others have begun and wait or are done, or a while is over.
  private static void awaitOthers(AtomicInteger begun, List<Thread> senders) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (System.nanoTime() < end
        && (begun.get() < THREADS || senders.stream().filter(VaultRacesSuite::runs).count() > 1)) {
      Thread.onSpinWait();
    }
  }

  private static boolean runs(Thread thread) {
    return thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW;
  }

  private static SampleEvents overlapping(Random seeded, String id) {
    SampleEvents sample =
        event(id).at(NOON.plus(Duration.ofDays(seeded.nextInt(60)))).of("bygg-as");
    if (seeded.nextInt(4) == 0) {
      sample.untilClosed();
    }
    if (seeded.nextInt(8) == 0) {
      sample.of("tenant" + seeded.nextInt(5));
    }
    return sample.actor("p" + seeded.nextInt(30)).subject("p" + seeded.nextInt(30)).company();
  }

  @Test
  void nothingBreaksWhereTheCachesHoldAlmostNothing() throws Exception {
    try (Vault small = another(new VaultOptions(1, 1, 1, 1))) {
      inParallel(
          THREADS,
          thread -> {
            Random seeded = new Random(SEED + thread);
            for (int call = 0; call < 20; call++) {
              List<SampleEvents> batch = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                batch.add(overlapping(seeded, "e" + thread + "-" + call + "-" + i));
              }
              List<SealOutcome> sealed =
                  small.seal(batch.stream().map(SampleEvents::request).toList());
              for (int i = 0; i < batch.size(); i++) {
                assertOpens(small, batch.get(i), (Sealed) sealed.get(i));
              }
            }
            return true;
          });
    }
  }

  @Test
  void onceAnErasureHasReturnedNoHandleOfThePersonIsAlive() throws Exception {
    for (int round = 0; round < 10; round++) {
      String person = "p" + round;
      long position = round + 1;
      CountDownLatch erased = new CountDownLatch(1);
      AtomicInteger refused = new AtomicInteger();
      List<List<SealOutcome>> outcomes =
          inParallel(
              4,
              thread -> {
                if (thread == 0) {
                  while (vault.find("bygg-as", account(person)).state() == PersonState.NEVER_SEEN) {
                    Thread.onSpinWait();
                  }
                  erase("bygg-as", account(person), position);
                  erased.countDown();
                  return List.of();
                }
                List<SealOutcome> mine = new ArrayList<>();
                int after = 0;
                for (int i = 0; after < 3; i++) {
                  after += erased.getCount() == 0 ? 1 : 0;
                  boolean known = erased.getCount() == 0;
                  SampleEvents sample =
                      event("e" + thread + "-" + i)
                          .at(NOON.plus(Duration.ofDays(i % 40)))
                          .actor(person);
                  SealOutcome outcome = vault.seal(List.of(sample.request())).getFirst();
                  if (outcome instanceof SealOutcome.PersonErased) {
                    refused.incrementAndGet();
                  }
                  assertThat(known && outcome instanceof Sealed).isFalse();
                  mine.add(outcome);
                }
                return mine;
              });
      assertThat(refused).hasPositiveValue();
      for (List<SealOutcome> mine : outcomes) {
        for (SealOutcome outcome : mine) {
          if (outcome instanceof Sealed sealed) {
            assertThat(sealed.people()).noneMatch(KeyHandle::alive);
          }
        }
      }
      assertThat(vault.find("bygg-as", account(person)).state()).isEqualTo(PersonState.ERASED);
    }
  }

  @Test
  void aHandleDiesAlsoWhenItsKeysHaveLeftTheCaches() {
    try (Vault small = another(new VaultOptions(1, 1, 1, 1))) {
      Sealed waiting = seal(small, event("e1").actor("ola"));
      for (int i = 0; i < 100; i++) {
        seal(small, event("f" + i).actor("other" + i));
      }
      UUID ola =
          stores
              .keys()
              .owner(Pseudonym.of(pseudonym(waiting.parts().getFirst())))
              .orElseThrow()
              .id();
      erase("bygg-as", account("ola"), 5); // by another node
      assertThat(waiting.people().getFirst().alive()).isTrue();
      small.forgotten(ola);
      assertThat(waiting.people().getFirst().alive()).isFalse();
      assertThat(small.seal(List.of(event("e2").actor("ola").request())).getFirst())
          .isInstanceOf(SealOutcome.PersonErased.class);
    }
  }

  @Test
  void aFenceKillsWhoeverStandsUnderTheLookup() {
    Sealed waiting = seal(event("e1").actor("ola"));
    Sealed others = seal(event("e2").actor("kari"));
    PersonRef ref = onlyPerson("bygg-as", account("ola"));
    vault.fenced(ref, 5);
    assertThat(waiting.people().getFirst().alive()).isFalse();
    assertThat(others.people().getFirst().alive()).isTrue();
  }

  private <T> List<T> inParallel(int threads, IntFunction<T> work) throws Exception {
    List<Future<T>> futures = new ArrayList<>();
    try (var pool = Executors.newFixedThreadPool(threads)) {
      CountDownLatch start = new CountDownLatch(1);
      for (int i = 0; i < threads; i++) {
        int thread = i;
        futures.add(
            pool.submit(() -> {
              start.await();
              return work.apply(thread);
            }));
      }
      start.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(60, TimeUnit.SECONDS));
      }
      return results;
    }
  }
}
