package no.spor.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import no.spor.vault.KeyStore.PersonRef;
import org.junit.jupiter.api.Test;

/// What stays in memory of keys, and what does not.
class KeysInMemoryTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void aSecretShowsNothingAndIsGoneOnceClosed() {
    SecretBytes secret = SecretBytes.owning(new byte[] {1, 2, 3});
    assertThat(secret).isEqualTo(SecretBytes.owning(new byte[] {1, 2, 3}));
    assertThat(secret).isNotEqualTo(SecretBytes.owning(new byte[] {1, 2, 4}));
    assertThat(secret.toString()).isEqualTo("SecretBytes[…]");
    byte[] owned = {9, 9, 9};
    SecretBytes other = SecretBytes.owning(owned);
    other.close();
    assertThat(owned).containsOnly(0);
    assertThatThrownBy(other::exposedCopy).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsEvictedIsWipedWhenItsLastUserLetsGo() {
    BoundedCache<Integer, StoredKey> cache = new BoundedCache<>(1);
    List<byte[]> arrays = new ArrayList<>();
    StoredKey used = null;
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      arrays.add(bytes);
      StoredKey key = new StoredKey(SecretBytes.owning(bytes));
      cache.put(i, key);
      if (i == 0) {
        used = key;
      } else {
        key.release();
      }
    }
    assertThat(arrays.getFirst()).as("still used").matches(KeysInMemoryTest::isKey);
    assertThat(arrays.stream().filter(KeysInMemoryTest::isKey)).hasSizeLessThanOrEqualTo(17);
    used.release();
    assertThat(arrays.getFirst()).containsOnly(0);
    cache.clear();
    assertThat(arrays).noneMatch(KeysInMemoryTest::isKey);
    assertThat(used.retain()).isFalse();
  }

  private static boolean isKey(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return true;
      }
    }
    return false;
  }

  @Test
  void theSameHandleIsGivenWhileAnybodyHoldsIt() {
    LiveHandles handles = new LiveHandles();
    PersonRef ref = new PersonRef("bygg-as", new Lookup(1, 2, 3, 4));
    UUID person = new UUID(1, 1);
    Handle first = handles.of(person, false, ref);
    assertThat(handles.of(person, false, ref)).isSameAs(first);
    assertThat(handles.of(person, true, ref)).isNotSameAs(first);
    Handle account = handles.of(person, true, ref);
    handles.killAccount(person);
    assertThat(account.alive()).isFalse();
    assertThat(first.alive()).isTrue();
    long before = handles.forgotten();
    handles.kill(person);
    assertThat(first.alive()).isFalse();
    assertThat(handles.forgotten()).isGreaterThan(before);
    Handle other = handles.of(new UUID(2, 2), false, ref);
    assertThat(handles.kill(ref, null)).contains(new UUID(2, 2));
    assertThat(other.alive()).isFalse();
  }

  @Test
  void personalThingsShowNothing() {
    List<Object> things =
        List.of(
            new Lookup(0x1122334455667788L, 2, 3, 4),
            new Pseudonym(0x1122334455667788L, 2),
            new Opened.Clear((byte) 1, "ola".getBytes()),
            new Vault.Forget(
                new UUID(1, 2),
                "bygg-as",
                new UUID(0x1122334455667788L, 2),
                new Lookup(0x1122334455667788L, 2, 3, 4),
                3,
                java.time.Instant.EPOCH));
    assertThat(things.toString())
        .doesNotContain("ola", Long.toString(0x1122334455667788L), "11223344");
  }
}
