package no.spor.ledger.note;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;

/// A private key that is kept as text, as `PRIVATE+KEY+name+id+…`, the form of the Go module
/// `golang.org/x/mod/sumdb/note`: for a witness, which has no vault. Thread-safe.
public final class NoteKey {
  private static final String START = "PRIVATE+KEY+";

  private final byte[] seed;
  private final KeyPair pair;
  private final NoteVerifier verifier;

  private NoteKey(String name, KeyType type, byte[] seed) {
    this.seed = seed.clone();
    this.pair = Ed25519.pair(seed);
    this.verifier = NoteVerifier.ofPublicKey(name, type, Ed25519.raw(pair.getPublic()));
  }

  public static NoteKey generate(String name, KeyType type, SecureRandom random) {
    byte[] seed = new byte[Ed25519.KEY_BYTES];
    random.nextBytes(seed);
    return new NoteKey(name, type, seed);
  }

  /// @throws NoteException where the text is no private key; it is not shown
  public static NoteKey parse(String text) {
    if (!text.startsWith(START)) {
      throw bad();
    }
    String[] pieces = text.substring(START.length()).split("\\+", 3);
    byte[] typed = pieces.length < 3 ? null : NoteText.base64(pieces[2]);
    if (typed == null || typed.length != Ed25519.KEY_BYTES + 1) {
      throw bad();
    }
    KeyType type = KeyType.ofCode(typed[0]);
    if (type == null || !NoteText.isName(pieces[0])) {
      throw bad();
    }
    NoteKey key = new NoteKey(pieces[0], type, Arrays.copyOfRange(typed, 1, typed.length));
    if (!text.equals(key.exposedText())) {
      throw bad();
    }
    return key;
  }

  private static NoteException bad() {
    return new NoteException(NoteException.Kind.BAD_KEY, "not a private key of a note");
  }

  public NoteVerifier verifier() {
    return verifier;
  }

  /// @param clock tells cosignatures their time
  public NoteSigner signer(InstantSource clock) {
    return verifier.type() == KeyType.COSIGNATURE
        ? NoteSigner.cosigner(verifier.name(), verifier.publicKey(), this::sign, clock)
        : NoteSigner.of(verifier.name(), verifier.publicKey(), this::sign);
  }

  private byte[] sign(byte[] message) {
    return Ed25519.sign(pair.getPrivate(), message);
  }

  /// @return the private key in clear, to be kept where only its owner reads
  public String exposedText() {
    byte[] typed = new byte[seed.length + 1];
    typed[0] = verifier.type().code();
    System.arraycopy(seed, 0, typed, 1, seed.length);
    String[] vkey = verifier.vkey().split("\\+", 3);
    return START + vkey[0] + "+" + vkey[1] + "+" + NoteText.base64(typed);
  }

  @Override
  public String toString() {
    return "NoteKey[" + verifier.name() + "]";
  }
}
