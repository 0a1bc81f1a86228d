package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import no.spor.vault.EpochStore;
import no.spor.vault.KeyStore;
import no.spor.vault.KeyStore.Erased;
import no.spor.vault.KeyStore.Erasure;
import no.spor.vault.KeyStore.Fence;
import no.spor.vault.KeyStore.NewKeys;
import no.spor.vault.KeyStore.NewPerson;
import no.spor.vault.KeyStore.Standing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The suites themselves: they must see that a store does nothing, or does one thing wrong.
class KeyStoreSuiteTest {
  private static final UUID ID = new UUID(3, 4);

  @Test
  void aKeyStoreThatDoesNothingFailsEveryTest() {
    SuiteRun.of(DoesNothing.class).assertThatEveryTestFailed();
    SuiteRun.of(ForgetsNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void anEpochStoreThatDoesNothingFailsEveryTest() {
    SuiteRun.of(EpochsDoNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void aStoreThatForgetsWhenClosedIsSeen() {
    assertThat(SuiteRun.of(Forgets.class).failed())
        .contains("whatWasMadeIsThereAlsoAfterReopening()", "whatWasFollowedNeverGoesBack()");
  }

  @Test
  void aStoreThatLooksForTheFenceBeforeItMakesIsSeen() {
    assertThat(SuiteRun.of(IgnoresFences.class).failed())
        .contains("anErasureRacingWithCreatorsAlwaysWins()");
  }

  @Test
  void aStoreThatErasesByLookupOnlyIsSeen() {
    assertThat(SuiteRun.of(ErasesWithoutId.class).failed())
        .contains("withoutALookupNoFenceIsSet()");
  }

  static class DoesNothing extends KeyStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryKeyStoreTest.fixture(idle(KeyStore.class), store -> store);
    }
  }

  static class ForgetsNothing extends KeyStoreForgetsSuite {
    @Override
    protected Fixture open() {
      return InMemoryKeyStoreTest.fixture(idle(KeyStore.class), store -> store);
    }
  }

  static class EpochsDoNothing extends EpochStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryEpochStoreTest.fixture(idle(EpochStore.class));
    }
  }

  static class Forgets extends KeyStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryKeyStoreTest.fixture(
          new InMemoryKeyStore(ID), store -> new InMemoryKeyStore(ID));
    }
  }

  static class IgnoresFences extends KeyStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryKeyStoreTest.fixture(
          changed(
              (store, keys) ->
                  new NewKeys(
                      keys.secrets(),
                      keys.people().stream()
                          .map(p -> new NewPerson(p.id(), p.ref(), p.history(), Long.MAX_VALUE))
                          .toList(),
                      keys.accounts(),
                      keys.periods(),
                      keys.pseudonyms()),
              (store, erasure) -> erasure,
              fence -> new Fence(fence.erasedAtMillis(), Long.MAX_VALUE - 1, fence.position())),
          store -> store);
    }
  }

  static class ErasesWithoutId extends KeyStoreForgetsSuite {
    @Override
    protected Fixture open() {
      return InMemoryKeyStoreTest.fixture(
          changed(
              (store, keys) -> keys,
              (store, e) ->
                  new Erasure(
                      e.job(), e.tenant(), null, e.lookup(), e.position(), e.erasedAtMillis()),
              fence -> fence),
          store -> store);
    }
  }

  /// A store in memory that is given something else than what it was asked.
  private static KeyStore changed(
      BiFunction<KeyStore, NewKeys, NewKeys> make,
      BiFunction<KeyStore, Erasure, Erasure> erase,
      java.util.function.UnaryOperator<Fence> fence) {
    InMemoryKeyStore real = new InMemoryKeyStore(ID);
    return proxy(
        KeyStore.class,
        (method, arguments) -> {
          Object[] given = arguments == null ? new Object[0] : arguments.clone();
          if (method.getName().equals("make")) {
            given[0] = make.apply(real, (NewKeys) given[0]);
          } else if (method.getName().equals("erase")) {
            given[0] = erase.apply(real, (Erasure) given[0]);
            Object erased = method.invoke(real, given);
            Erasure erasure = (Erasure) given[0];
            if (erasure.lookup() != null) {
              var ref = new KeyStore.PersonRef(erasure.tenant(), erasure.lookup());
              Fence standing = real.people(List.of(ref)).get(ref).fence();
              Fence other = fence.apply(standing);
              if (!other.equals(standing)) {
                real.permit(ref, other.notBeforeMillis(), standing.position() + 1);
              }
            }
            return erased;
          }
          return method.invoke(real, given);
        });
  }

  /// Answers everything with nothing.
  private static <T> T idle(Class<T> port) {
    return proxy(
        port,
        (method, arguments) -> {
          Class<?> type = method.getReturnType();
          if (type == boolean.class) {
            return false;
          } else if (type == int.class) {
            return 0;
          } else if (type == long.class) {
            return 0L;
          } else if (type == UUID.class) {
            return ID;
          } else if (type == Optional.class) {
            return Optional.empty();
          } else if (type == Set.class) {
            return Set.of();
          } else if (type == List.class) {
            return List.of();
          } else if (type == Erased.class) {
            return new Erased(Set.of(), 0);
          } else if (type == EpochStore.Epoch.class) {
            return ((Object[]) arguments)[1];
          } else if (method.getName().equals("people")) {
            Map<Object, Object> nobody = new HashMap<>();
            ((Collection<?>) arguments[0]).forEach(ref -> nobody.put(ref, Standing.NEVER_SEEN));
            return nobody;
          }
          return type == Map.class ? Map.of() : null;
        });
  }

  @FunctionalInterface
  private interface Answer {
    @Nullable Object to(java.lang.reflect.Method method, Object[] arguments)
        throws ReflectiveOperationException;
  }

  private static <T> T proxy(Class<T> port, Answer answer) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (self, method, arguments) -> {
              try {
                return answer.to(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
