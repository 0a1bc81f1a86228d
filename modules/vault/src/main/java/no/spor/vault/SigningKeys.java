package no.spor.vault;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import no.spor.vault.KeyName.Purpose;
import no.spor.vault.KeyName.Secret;
import no.spor.vault.KeyStore.NewKeys;

/// Makes and finds keys that sign for a ledger. What is wrapped is the seed. Thread-safe.
final class SigningKeys implements AutoCloseable {
  private static final int MOST_ROUNDS = 32;

  private final KeyStore store;
  private final EpochKeys epochs;
  private final Keyring keyring;
  private final Map<Secret, SeedKey> open = new ConcurrentHashMap<>();

  SigningKeys(KeyStore store, EpochKeys epochs, Keyring keyring) {
    this.store = store;
    this.epochs = epochs;
    this.keyring = keyring;
  }

  /// @return a new key of this origin; durable
  SigningKey make(Workbench bench, String origin) {
    SeedKey key = SeedKey.of(keyring.newKey());
    Secret name = name(origin, key.publicKey());
    for (int round = 0; round < MOST_ROUNDS; round++) {
      keyring.make(
          new NewKeys(
              Map.of(name, keyring.wrap(bench, name, key.seed())),
              List.of(),
              List.of(),
              Map.of(),
              List.of()));
      if (store.secrets(Set.of(name)).containsKey(name)) {
        open.put(name, key);
        return key;
      }
    }
    throw new KeysUnavailableException("the key store did not settle: no signing key");
  }

  Optional<SigningKey> find(Workbench bench, String origin, byte[] publicKey) {
    Secret name = name(origin, publicKey);
    SeedKey known = open.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    WrappedKey wrapped = store.secrets(Set.of(name)).get(name);
    if (wrapped == null) {
      return Optional.empty();
    }
    SeedKey key = SeedKey.of(epochs.unwrap(bench, name, wrapped));
    if (!Arrays.equals(key.publicKey(), publicKey)) {
      key.seed().close();
      throw new KeysUnavailableException(
          "the key store is inconsistent: a signing key is not that of the public key it stands for");
    }
    open.put(name, key);
    return Optional.of(key);
  }

  private static Secret name(String origin, byte[] publicKey) {
    return new Secret(Purpose.SIGNING, origin + "+" + HexFormat.of().formatHex(publicKey));
  }

  @Override
  public void close() {
    open.values().forEach(key -> key.seed().close());
    open.clear();
  }

  /// The seed in our hands; the JDK's key is made for each signature and left to its collector.
  private static final class SeedKey implements SigningKey {
    private final SecretBytes seed;
    private final byte[] publicKey;

    private SeedKey(SecretBytes seed, byte[] publicKey) {
      this.seed = seed;
      this.publicKey = publicKey;
    }

    static SeedKey of(SecretBytes seed) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new GivenSeed(seed));
        EdECPoint point = ((EdECPublicKey) generator.generateKeyPair().getPublic()).getPoint();
        return new SeedKey(seed, littleEndian(point));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK has no Ed25519", e);
      }
    }

    private static byte[] littleEndian(EdECPoint point) {
      byte[] bigEndian = point.getY().or(BigInteger.ONE.shiftLeft(256)).toByteArray();
      byte[] out = new byte[Workbench.KEY_BYTES];
      for (int i = 0; i < out.length; i++) {
        out[i] = bigEndian[bigEndian.length - 1 - i];
      }
      if (point.isXOdd()) {
        out[out.length - 1] |= (byte) 0x80;
      }
      return out;
    }

    SecretBytes seed() {
      return seed;
    }

    @Override
    public byte[] publicKey() {
      return publicKey.clone();
    }

    @Override
    public byte[] sign(byte[] message) {
      byte[] copy = seed.exposedCopy();
      try {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(
            KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, copy)));
        signature.update(message);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this JDK has no Ed25519", e);
      } finally {
        Arrays.fill(copy, (byte) 0);
      }
    }
  }

  /// The JDK draws a key's seed from the random source it is given: so it tells the public key of a
  /// seed.
  private static final class GivenSeed extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final transient SecretBytes seed;

    GivenSeed(SecretBytes seed) {
      this.seed = seed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      if (bytes.length != seed.length()) {
        throw new IllegalStateException("this JDK makes Ed25519 keys in another way");
      }
      seed.copyTo(bytes, 0);
    }
  }
}
