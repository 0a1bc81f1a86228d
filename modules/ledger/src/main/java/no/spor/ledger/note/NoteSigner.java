package no.spor.ledger.note;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.function.UnaryOperator;

/// Signs notes with one key. Thread-safe where what it is made of is.
public interface NoteSigner {

  NoteVerifier verifier();

  /// @param text a note's text, ending in a newline
  NoteSignature sign(String text);

  /// A signer whose private key lies elsewhere.
  ///
  /// @param name the key's
  /// @param publicKey 32 bytes, as in RFC 8032
  /// @param ed25519 signs exactly the bytes it is given
  static NoteSigner of(String name, byte[] publicKey, UnaryOperator<byte[]> ed25519) {
    return new PlainSigner(NoteVerifier.ofPublicKey(name, KeyType.ED25519, publicKey), ed25519);
  }

  /// A signer of cosignatures, which say when they were made.
  static NoteSigner cosigner(
      String name, byte[] publicKey, UnaryOperator<byte[]> ed25519, InstantSource clock) {
    NoteVerifier verifier = NoteVerifier.ofPublicKey(name, KeyType.COSIGNATURE, publicKey);
    return new Cosigner(verifier, ed25519, clock);
  }

  /// Ed25519 over the text.
  record PlainSigner(NoteVerifier verifier, UnaryOperator<byte[]> ed25519) implements NoteSigner {
    @Override
    public NoteSignature sign(String text) {
      SignedNote.checkText(text);
      return new NoteSignature(
          verifier.name(), verifier.keyId(), ed25519.apply(NoteText.utf8(text)));
    }
  }

  /// Ed25519 over the time and the text.
  record Cosigner(NoteVerifier verifier, UnaryOperator<byte[]> ed25519, InstantSource clock)
      implements NoteSigner {
    @Override
    public NoteSignature sign(String text) {
      SignedNote.checkText(text);
      long now = clock.instant().getEpochSecond();
      byte[] signature = ed25519.apply(KeyType.cosigned(now, NoteText.utf8(text)));
      byte[] timed =
          ByteBuffer.allocate(Long.BYTES + signature.length).putLong(now).put(signature).array();
      return new NoteSignature(verifier.name(), verifier.keyId(), timed);
    }
  }
}
