package no.spor.vault;

import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/// The primitives, from the JDK: AES-256-GCM (SP 800-38D), and over its SHA-256 HMAC (RFC 2104) and
/// HKDF (RFC 5869). Holds ciphers and a digest to use again; used by one thread at a time.
final class Workbench {
  static final int KEY_BYTES = 32;
  static final int HASH_BYTES = 32;
  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;

  /// What SHA-256 takes at a time.
  private static final int HASHED_BYTES = 64;

  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5c;

  /// Up to so many nonces are drawn as they are.
  private static final int FEW_NONCES = 8;

  /// A cipher that gets the key it had last is ready sooner: what is everybody's and what is one
  /// person's take turns within an event, each mostly with the same key as before.
  private final Cipher[] gcm = new Cipher[2];

  private final boolean[] used = new boolean[2];
  private final MessageDigest sha256;

  /// The key of a MAC, filled up with zeros, while one is made.
  private final byte[] pad = new byte[HASHED_BYTES];

  private byte[] scratch = new byte[1024];
  private byte[] bound = new byte[512];

  Workbench() {
    try {
      for (int i = 0; i < gcm.length; i++) {
        gcm[i] = Cipher.getInstance("AES/GCM/NoPadding");
      }
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES-GCM or SHA-256", e);
    }
  }

  /// @return room for a plaintext; what is written there must be wiped with [#wipeScratch]
  byte[] scratch(int length) {
    if (scratch.length < length) {
      Arrays.fill(scratch, (byte) 0);
      scratch = new byte[Math.max(length, scratch.length * 2)];
    }
    return scratch;
  }

  void wipeScratch(int length) {
    Arrays.fill(scratch, 0, length, (byte) 0);
  }

  /// Nonces, one behind the other. Many are the key stream of AES-256-CTR under a key that is drawn
  /// for them alone: as random, for less.
  byte[] nonces(SecureRandom random, int count) {
    byte[] nonces = new byte[count * NONCE_BYTES];
    if (count <= FEW_NONCES) {
      random.nextBytes(nonces);
      return nonces;
    }
    try (SecretBytes seed = SecretBytes.random(random, KEY_BYTES)) {
      Cipher stream = Cipher.getInstance("AES/CTR/NoPadding");
      stream.init(Cipher.ENCRYPT_MODE, new Key(seed, "AES"), new IvParameterSpec(new byte[16]));
      return stream.doFinal(nonces);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES-CTR", e);
    }
  }

  byte[] hmac(SecretBytes key, byte[]... message) {
    setKey(key);
    try {
      return mac(message);
    } finally {
      Arrays.fill(pad, (byte) 0);
    }
  }

  private void setKey(SecretBytes key) {
    if (key.length() <= HASHED_BYTES) {
      key.copyTo(pad, 0);
      return;
    }
    byte[] copy = key.exposedCopy();
    try {
      sha256.update(copy);
      sha256.digest(pad, 0, HASH_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash", e);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /// @return HMAC with the key that [#pad] holds and goes on holding
  private byte[] mac(byte[]... message) {
    byte[] mac = new byte[HASH_BYTES];
    try {
      change(INNER);
      sha256.update(pad);
      for (byte[] piece : message) {
        sha256.update(piece);
      }
      sha256.digest(mac, 0, HASH_BYTES);
      change((byte) (INNER ^ OUTER));
      sha256.update(pad);
      sha256.update(mac);
      sha256.digest(mac, 0, HASH_BYTES);
      change(OUTER);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash", e);
    }
    return mac;
  }

  private void change(byte by) {
    for (int i = 0; i < HASHED_BYTES; i++) {
      pad[i] ^= by;
    }
  }

  /// HKDF-Extract.
  SecretBytes extract(byte[] salt, SecretBytes... inputKeyingMaterial) {
    int length = 0;
    for (SecretBytes key : inputKeyingMaterial) {
      length += key.length();
    }
    byte[] joined = new byte[length];
    try (SecretBytes key = SecretBytes.owning(salt.clone())) {
      int at = 0;
      for (SecretBytes one : inputKeyingMaterial) {
        one.copyTo(joined, at);
        at += one.length();
      }
      return SecretBytes.owning(hmac(key, joined));
    } finally {
      Arrays.fill(joined, (byte) 0);
    }
  }

  /// HKDF-Expand, up to 255 × 32 bytes.
  byte[] expand(SecretBytes pseudorandomKey, int length, byte[]... info) {
    if (length > 255 * HASH_BYTES) {
      throw new IllegalArgumentException("HKDF gives at most 8160 bytes");
    }
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    byte[][] message = new byte[info.length + 2][];
    System.arraycopy(info, 0, message, 1, info.length);
    setKey(pseudorandomKey);
    try {
      for (int done = 0, n = 1; done < length; done += HASH_BYTES, n++) {
        message[0] = block;
        message[info.length + 1] = new byte[] {(byte) n};
        byte[] next = mac(message);
        Arrays.fill(block, (byte) 0);
        block = next;
        System.arraycopy(block, 0, out, done, Math.min(HASH_BYTES, length - done));
      }
    } finally {
      Arrays.fill(pad, (byte) 0);
      Arrays.fill(block, (byte) 0);
    }
    return out;
  }

  /// @return room for associated data, which is no secret
  byte[] bound(int length) {
    if (bound.length < length) {
      bound = new byte[Math.max(length, bound.length * 2)];
    }
    return bound;
  }

  /// Encrypts `in[0, length)` to `out` from `offset` on: ciphertext, then tag.
  void encrypt(
      SecretBytes key, byte[] nonce, byte[] in, int length, byte[] out, int offset, byte[] aad) {
    encrypt(
        0,
        key,
        new GCMParameterSpec(TAG_BYTES * 8, nonce),
        in,
        length,
        out,
        offset,
        aad,
        aad.length);
  }

  /// As above, with `aad[0, aadLength)`.
  ///
  /// @param which 0 or 1: the same for keys that are likely to be used again next
  void encrypt(
      int which,
      SecretBytes key,
      GCMParameterSpec nonce,
      byte[] in,
      int length,
      byte[] out,
      int offset,
      byte[] aad,
      int aadLength) {
    try {
      Cipher cipher = gcm[which];
      used[which] = true;
      cipher.init(Cipher.ENCRYPT_MODE, new Key(key, "AES"), nonce);
      cipher.updateAAD(aad, 0, aadLength);
      cipher.doFinal(in, 0, length, out, offset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to encrypt", e);
    }
  }

  /// @return the plaintext
  /// @throws AEADBadTagException where key, nonce, associated data or ciphertext are not what they
  ///   were
  byte[] decrypt(SecretBytes key, byte[] in, int nonceAt, int from, byte[] aad)
      throws AEADBadTagException {
    if (in.length - from < TAG_BYTES) {
      throw new AEADBadTagException("no room for a tag");
    }
    try {
      Cipher cipher = gcm[0];
      used[0] = true;
      cipher.init(
          Cipher.DECRYPT_MODE,
          new Key(key, "AES"),
          new GCMParameterSpec(TAG_BYTES * 8, in, nonceAt, NONCE_BYTES));
      cipher.updateAAD(aad);
      return cipher.doFinal(in, from, in.length - from);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused to decrypt", e);
    }
  }

  /// Lets the ciphers and the digest forget the last key, as far as they can.
  void rinse() {
    try {
      for (int i = 0; i < gcm.length; i++) {
        if (used[i]) {
          gcm[i].init(
              Cipher.DECRYPT_MODE,
              new Salt(new byte[KEY_BYTES]),
              new GCMParameterSpec(TAG_BYTES * 8, new byte[NONCE_BYTES]));
          used[i] = false;
        }
      }
      sha256.reset();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Hands a copy to the JDK, which wipes what it expands where it does.
  private record Key(SecretBytes bytes, String algorithm) implements SecretKey {
    private static final long serialVersionUID = 1L;

    @Override
    public String getAlgorithm() {
      return algorithm;
    }

    @Override
    public String getFormat() {
      return "RAW";
    }

    @Override
    public byte[] getEncoded() {
      return bytes.exposedCopy();
    }
  }

  /// A key that is no secret.
  private record Salt(byte[] bytes) implements SecretKey {
    private static final long serialVersionUID = 1L;

    @Override
    public String getAlgorithm() {
      return "AES";
    }

    @Override
    public String getFormat() {
      return "RAW";
    }

    @Override
    public byte[] getEncoded() {
      return bytes.clone();
    }
  }
}
