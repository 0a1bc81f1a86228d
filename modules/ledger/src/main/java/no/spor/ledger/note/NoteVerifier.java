package no.spor.ledger.note;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A key that signatures are checked with. Made from a *vkey*: name, `+`, key id in hexadecimal,
/// `+`, Base 64 of type and public key (C2SP `signed-note`, "Verifier keys"). Thread-safe.
public final class NoteVerifier {
  private final String name;
  private final int keyId;
  private final KeyType type;
  private final byte[] raw;
  private final PublicKey key;

  private NoteVerifier(String name, KeyType type, byte[] raw) {
    this.name = name;
    this.type = type;
    this.raw = raw.clone();
    this.keyId = id(name, type, raw);
    this.key = Ed25519.publicKey(raw);
  }

  /// @throws NoteException where the text is no vkey of a type in [KeyType]
  public static NoteVerifier of(String vkey) {
    String[] pieces = vkey.split("\\+", 3);
    if (pieces.length < 3 || !NoteText.isName(pieces[0])) {
      throw bad("not a verifier key: name+id+key is wanted");
    }
    byte[] typed = NoteText.base64(pieces[2]);
    if (typed == null || typed.length == 0 || !pieces[1].matches("[0-9a-f]{8}")) {
      throw bad("not a verifier key: name+id+key is wanted");
    }
    KeyType type = KeyType.ofCode(typed[0]);
    if (type == null) {
      throw bad(
          "a verifier key of type "
              + (typed[0] & 0xff)
              + ": only Ed25519 (1) and Ed25519 cosignatures (4) are known here");
    }
    NoteVerifier verifier =
        ofPublicKey(pieces[0], type, Arrays.copyOfRange(typed, 1, typed.length));
    if (!HexFormat.of().toHexDigits(verifier.keyId).equals(pieces[1])) {
      throw bad("the verifier key's id is not that of its name and key");
    }
    return verifier;
  }

  /// @param publicKey 32 bytes, as in RFC 8032
  /// @throws NoteException where that is no name or no key
  public static NoteVerifier ofPublicKey(String name, KeyType type, byte[] publicKey) {
    if (!NoteText.isName(name)) {
      throw bad("a key's name is not empty and holds neither spaces nor +");
    }
    if (publicKey.length != Ed25519.KEY_BYTES) {
      throw bad("an Ed25519 key has 32 bytes");
    }
    return new NoteVerifier(name, type, publicKey);
  }

  private static NoteException bad(String why) {
    return new NoteException(NoteException.Kind.BAD_KEY, why);
  }

  private static int id(String name, KeyType type, byte[] publicKey) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(NoteText.utf8(name));
      sha256.update((byte) '\n');
      sha256.update(type.code());
      return ByteBuffer.wrap(sha256.digest(publicKey)).getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public String name() {
    return name;
  }

  /// @return first four bytes of `SHA-256(name || 0x0A || type || public key)`
  public int keyId() {
    return keyId;
  }

  public KeyType type() {
    return type;
  }

  /// @return 32 bytes, as in RFC 8032
  public byte[] publicKey() {
    return raw.clone();
  }

  public String vkey() {
    byte[] typed = new byte[raw.length + 1];
    typed[0] = type.code();
    System.arraycopy(raw, 0, typed, 1, raw.length);
    return name + "+" + HexFormat.of().toHexDigits(keyId) + "+" + NoteText.base64(typed);
  }

  /// @return whether a signature says that it is this key's
  public boolean claims(NoteSignature signature) {
    return keyId == signature.keyId() && name.equals(signature.name());
  }

  /// @param text the note's text, UTF-8
  /// @return whether this key has signed it
  public boolean verifies(byte[] text, NoteSignature signature) {
    byte[] bytes = signature.bytes();
    if (!claims(signature) || bytes.length != type.signatureBytes()) {
      return false;
    }
    if (type == KeyType.ED25519) {
      return Ed25519.verify(key, text, bytes);
    }
    long epochSecond = ByteBuffer.wrap(bytes).getLong();
    return epochSecond >= 0
        && Ed25519.verify(
            key,
            KeyType.cosigned(epochSecond, text),
            Arrays.copyOfRange(bytes, bytes.length - Ed25519.SIGNATURE_BYTES, bytes.length));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NoteVerifier that && vkey().equals(that.vkey());
  }

  @Override
  public int hashCode() {
    return keyId;
  }

  @Override
  public String toString() {
    return vkey();
  }
}
