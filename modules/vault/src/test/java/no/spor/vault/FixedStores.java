package no.spor.vault;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.UUID;

/// Stores that know a few things and nothing else.
final class FixedStores {
  private FixedStores() {}

  static KeyStore keys(UUID id, int epoch) {
    return (KeyStore)
        Proxy.newProxyInstance(
            KeyStore.class.getClassLoader(),
            new Class<?>[] {KeyStore.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> id;
                  case "epoch" -> epoch;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  static EpochStore epochs(List<EpochStore.Epoch> epochs) {
    return new EpochStore() {
      @Override
      public void note(UUID keyStore, Forgotten forgotten) {
        throw new UnsupportedOperationException();
      }

      @Override
      public List<Forgotten> forgotten(UUID keyStore) {
        return List.of();
      }

      @Override
      public List<Epoch> epochs(UUID keyStore) {
        return epochs;
      }

      @Override
      public Epoch add(UUID keyStore, Epoch epoch) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void destroy(UUID keyStore, int number, long destroyedAtMillis) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void close() {}
    };
  }
}
