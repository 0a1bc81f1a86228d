package no.spor.ledger.verify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/// A public key that signs notes, as a verifier key says it (C2SP `signed-note`): `name+id+key`,
/// Ed25519 alone. Immutable.
public final class VerifierKey {
  private static final byte ED25519 = 1;
  private static final int KEY_BYTES = 32;

  /// What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410 §4).
  private static final byte[] INFO = HexFormat.of().parseHex("302a300506032b6570032100");

  private final String text;
  private final String name;
  private final byte[] id;
  private final PublicKey key;

  private VerifierKey(String text, String name, byte[] id, PublicKey key) {
    this.text = text;
    this.name = name;
    this.id = id;
    this.key = key;
  }

  /// @param text a verifier key, one line
  /// @throws IllegalArgumentException where it is none of Ed25519, or its id is not that of the key
  public static VerifierKey parse(String text) {
    var fields = text.strip().split("\\+", 3);
    if (fields.length != 3 || fields[0].isEmpty() || fields[0].chars().anyMatch(c -> c <= ' ')) {
      throw new IllegalArgumentException("this is no verifier key: name+id+key");
    }
    var bytes = Base64.getDecoder().decode(fields[2]);
    if (bytes.length != 1 + KEY_BYTES || bytes[0] != ED25519) {
      throw new IllegalArgumentException("this verifier key is not one of Ed25519");
    }
    var id = id(fields[0], bytes);
    if (!HexFormat.of().formatHex(id).equals(fields[1])) {
      throw new IllegalArgumentException("this verifier key's id is not that of its name and key");
    }
    return new VerifierKey(text.strip(), fields[0], id, key(bytes));
  }

  private static byte[] id(String name, byte[] typeAndKey) {
    var hash =
        new Sha256()
            .with(name.getBytes(StandardCharsets.UTF_8))
            .with(new byte[] {'\n'})
            .with(typeAndKey)
            .hash();
    return Arrays.copyOf(hash, 4);
  }

  private static PublicKey key(byte[] typeAndKey) {
    var info = Arrays.copyOf(INFO, INFO.length + KEY_BYTES);
    System.arraycopy(typeAndKey, 1, info, INFO.length, KEY_BYTES);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("this verifier key holds no point of the curve", e);
    }
  }

  public String name() {
    return name;
  }

  boolean made(String signer, byte[] signature) {
    return name.equals(signer) && signature.length > 4 && Arrays.equals(id, 0, 4, signature, 0, 4);
  }

  /// @param signature key id and signature
  boolean verifies(byte[] noteText, byte[] signature) {
    try {
      var verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(noteText);
      return verifier.verify(signature, 4, signature.length - 4);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// @return the verifier key, as it was given
  @Override
  public String toString() {
    return text;
  }
}
