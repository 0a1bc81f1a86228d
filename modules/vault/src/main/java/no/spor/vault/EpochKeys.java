package no.spor.vault;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import no.spor.vault.EpochStore.Epoch;
import no.spor.vault.EpochStore.Forgotten;
import org.jspecify.annotations.Nullable;

/// The epoch keys, unwrapped by the root; wraps and unwraps all other keys with them (`FORMAT.md`,
/// "Wrapped key"). Thread-safe.
final class EpochKeys implements AutoCloseable {
  private static final byte[] WRAP = FormatText.ascii("spor/wrap/v1\n");
  private static final byte[] EPOCH = FormatText.ascii("spor/epoch/v1\n");
  private static final int REWRAPPED_AT_ONCE = 10_000;
  private static final int NONCE_AT = 5;
  private static final int CIPHERTEXT_AT = NONCE_AT + Workbench.NONCE_BYTES;

  private final KeyStore keyStore;
  private final EpochStore epochStore;
  private final RootKey root;
  private final InstantSource clock;
  private final SecureRandom random;
  private final byte[] keyStoreId;
  private volatile Keys keys;

  private record Keys(int open, Map<Integer, StoredKey> byEpoch) {}

  /// Makes the first epoch where there is none.
  ///
  /// @throws WrongRootException where the root does not open the epochs
  /// @throws KeysUnavailableException where the key store's epoch is not in the epoch store
  EpochKeys(
      KeyStore keyStore,
      EpochStore epochStore,
      RootKey root,
      InstantSource clock,
      SecureRandom random) {
    this.keyStore = keyStore;
    this.epochStore = epochStore;
    this.root = root;
    this.clock = clock;
    this.random = random;
    this.keyStoreId = PartHead.bytes(keyStore.id());
    if (keyStore.epoch() == 0) {
      openFirst();
    }
    this.keys = load(Map.of());
  }

  private void openFirst() {
    int number = 0;
    boolean stands = false;
    for (Epoch epoch : epochStore.epochs(keyStore.id())) {
      number = epoch.number();
      stands = epoch.wrapped() != null;
    }
    keyStore.openEpoch(stands ? number : add(number + 1));
  }

  private int add(int number) {
    try (SecretBytes key = SecretBytes.random(random, Workbench.KEY_BYTES)) {
      byte[] wrapped = root.wrap(key, epochAad(keyStore.id(), number));
      return epochStore
          .add(keyStore.id(), new Epoch(number, clock.millis(), wrapped, Long.MAX_VALUE))
          .number();
    }
  }

  private Keys load(Map<Integer, StoredKey> known) {
    Map<Integer, StoredKey> byEpoch = new HashMap<>();
    int open = keyStore.epoch();
    boolean destroyed = false;
    for (Epoch epoch : epochStore.epochs(keyStore.id())) {
      byte[] wrapped = epoch.wrapped();
      destroyed |= wrapped == null && epoch.number() == open;
      if (wrapped != null) {
        StoredKey key = known.get(epoch.number());
        byEpoch.put(
            epoch.number(),
            key != null
                ? key
                : new StoredKey(root.unwrap(wrapped, epochAad(keyStore.id(), epoch.number()))));
      }
    }
    if (!byEpoch.containsKey(open)) {
      throw new KeysUnavailableException(
          "epoch "
              + open
              + (destroyed
                  ? " of the key store was destroyed by a rotation: this is a copy from before it, which nothing opens any more; put back one from after it"
                  : " of the key store is not in the epoch store: put back the epoch store, or its escrow copy, that belongs to this key store"));
    }
    return new Keys(open, Map.copyOf(byEpoch));
  }

  /// Reads the epochs again: another node has opened one.
  synchronized void refresh() {
    Map<Integer, StoredKey> before = keys.byEpoch();
    Keys now = load(before);
    keys = now;
    before.forEach((epoch, key) -> {
      if (!now.byEpoch().containsKey(epoch)) {
        key.release();
      }
    });
  }

  /// Notes what the key store is about to forget.
  void note(UUID ledger, UUID job, String tenant, @Nullable UUID person, @Nullable Lookup fence) {
    note(new Forgotten(ledger, job, tenant, person, fence, false, keyStore.epoch()));
  }

  void noteAccount(UUID ledger, KeyStore.AccountClosing closing) {
    note(
        new Forgotten(
            ledger,
            closing.job(),
            closing.tenant(),
            closing.person(),
            null,
            true,
            keyStore.epoch()));
  }

  private void note(Forgotten one) {
    epochStore.note(keyStore.id(), one);
  }

  List<Forgotten> forgotten(UUID ledger) {
    return epochStore.forgotten(keyStore.id()).stream()
        .filter(one -> one.ledger().equals(ledger))
        .toList();
  }

  /// @return when the epoch was opened under which keys are wrapped now
  Instant began() {
    return standing().openedAt();
  }

  Vault.Epochs standing() {
    int open = keyStore.epoch();
    boolean older = false;
    for (Epoch epoch : epochStore.epochs(keyStore.id())) {
      if (epoch.number() == open) {
        return new Vault.Epochs(open, Instant.ofEpochMilli(epoch.createdAtMillis()), older);
      }
      older |= epoch.wrapped() != null;
    }
    throw new KeysUnavailableException("epoch " + open + " is not in the epoch store");
  }

  WrappedKey wrap(Workbench bench, KeyName name, SecretBytes key) {
    Keys now = keys;
    return wrap(bench, name, key, now.open());
  }

  private WrappedKey wrap(Workbench bench, KeyName name, SecretBytes key, int epoch) {
    byte[] nonce = new byte[Workbench.NONCE_BYTES];
    random.nextBytes(nonce);
    ByteBuffer out =
        ByteBuffer.allocate(WrappedKey.BYTES).put(WrappedKey.VERSION).putInt(epoch).put(nonce);
    byte[] plain = key.exposedCopy();
    StoredKey epochKey = epochKey(epoch);
    try {
      bench.encrypt(
          epochKey.key(), nonce, plain, plain.length, out.array(), CIPHERTEXT_AT, aad(name));
    } finally {
      Arrays.fill(plain, (byte) 0);
      epochKey.release();
    }
    return WrappedKey.of(out.array());
  }

  /// @throws KeysUnavailableException where it does not open: another place, another store,
  ///   changed, or its epoch is gone
  SecretBytes unwrap(Workbench bench, KeyName name, WrappedKey wrapped) {
    if (!keys.byEpoch().containsKey(wrapped.epoch())) {
      refresh();
    }
    StoredKey epochKey = epochKey(wrapped.epoch());
    try {
      return SecretBytes.owning(
          bench.decrypt(epochKey.key(), wrapped.bytes(), NONCE_AT, CIPHERTEXT_AT, aad(name)));
    } catch (AEADBadTagException e) {
      throw new KeysUnavailableException(
          "the key store is inconsistent: a wrapped key (kind "
              + name.what()
              + ") does not open where it stands",
          e);
    } finally {
      epochKey.release();
    }
  }

  /// @return the key, retained for the caller
  private StoredKey epochKey(int epoch) {
    StoredKey key = keys.byEpoch().get(epoch);
    if (key == null || !key.retain()) {
      throw new KeysUnavailableException(
          "epoch " + epoch + " was destroyed: this copy of the key store is older than that");
    }
    return key;
  }

  private byte[] aad(KeyName name) {
    byte[] owner = owner(name);
    byte[] aad =
        ByteBuffer.allocate(WRAP.length + keyStoreId.length + 1 + owner.length)
            .put(WRAP)
            .put(keyStoreId)
            .put((byte) name.what())
            .put(owner)
            .array();
    return aad;
  }

  private static byte[] owner(KeyName name) {
    return switch (name) {
      case KeyName.Secret secret -> FormatText.str(secret.owner());
      case KeyName.OfPerson person -> {
        byte[] tenant = FormatText.str(person.tenant());
        yield ByteBuffer.allocate(tenant.length + 16 + Lookup.BYTES)
            .put(tenant)
            .put(PartHead.bytes(person.person()))
            .put(person.lookup().bytes())
            .array();
      }
      case KeyName.OfPeriod(PeriodId period) -> {
        byte[] tenant = FormatText.str(period.tenant());
        byte[] retention = FormatText.str(period.retention());
        yield ByteBuffer.allocate(tenant.length + retention.length + 8)
            .put(tenant)
            .put(retention)
            .putInt(period.policyVersion())
            .putInt(period.day())
            .array();
      }
    };
  }

  private static byte[] epochAad(UUID keyStore, int epoch) {
    return ByteBuffer.allocate(EPOCH.length + 16 + 4)
        .put(EPOCH)
        .put(PartHead.bytes(keyStore))
        .putInt(epoch)
        .array();
  }

  /// Opens a new epoch, wraps every key anew, and destroys the epochs before: older copies of the
  /// key store are dead then. Can be repeated after a crash at any point.
  void rotate(Workbench bench) {
    List<Epoch> before = epochStore.epochs(keyStore.id());
    int newest = before.getLast().number();
    int next =
        newest > keyStore.epoch() && before.getLast().wrapped() != null ? newest : add(newest + 1);
    keyStore.openEpoch(next);
    refresh();
    for (Map<KeyName, WrappedKey> old = keyStore.wrappedBefore(next, REWRAPPED_AT_ONCE);
        !old.isEmpty();
        old = keyStore.wrappedBefore(next, REWRAPPED_AT_ONCE)) {
      keyStore.rewrap(
          old.entrySet().stream()
              .map(held -> {
                try (SecretBytes key = unwrap(bench, held.getKey(), held.getValue())) {
                  return new KeyStore.Rewrapped(
                      held.getKey(), held.getValue(), wrap(bench, held.getKey(), key, next));
                }
              })
              .toList());
    }
    for (Epoch epoch : epochStore.epochs(keyStore.id())) {
      if (epoch.number() < next) {
        epochStore.destroy(keyStore.id(), epoch.number(), clock.millis());
      }
    }
    refresh();
  }

  @Override
  public void close() {
    keys.byEpoch().values().forEach(Counted::release);
  }
}
