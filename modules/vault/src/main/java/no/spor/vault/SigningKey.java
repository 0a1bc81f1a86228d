package no.spor.vault;

/// Signs with a key that never leaves the vault: Ed25519 (RFC 8032). Thread-safe, until the vault
/// is closed.
public interface SigningKey {

  /// @return 32 bytes, as in RFC 8032 §5.1.5
  byte[] publicKey();

  /// @return 64 bytes, over exactly the message
  byte[] sign(byte[] message);
}
