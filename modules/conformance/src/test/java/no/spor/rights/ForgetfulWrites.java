package no.spor.rights;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import no.spor.vault.KeyStore;
import no.spor.vault.KeysUnavailableException;

/// A key store whose erasures and marks do not get through, as before a crash.
final class ForgetfulWrites implements InvocationHandler {
  private static final Set<String> LOST = Set.of("erase", "closeAccount", "follow", "followAnew");
  private final KeyStore store;

  private ForgetfulWrites(KeyStore store) {
    this.store = store;
  }

  static KeyStore over(KeyStore store) {
    return (KeyStore)
        Proxy.newProxyInstance(
            KeyStore.class.getClassLoader(),
            new Class<?>[] {KeyStore.class},
            new ForgetfulWrites(store));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (LOST.contains(method.getName())) {
      throw new KeysUnavailableException("injected");
    }
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
