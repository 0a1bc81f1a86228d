package no.spor.vault;

/// Port: the key that wraps epoch keys. It may live in a file, a token or a service; it never
/// leaves there.
///
/// Who holds it, the epochs and the key store can open everything that is not forgotten.
/// Thread-safe.
public interface RootKey extends AutoCloseable {
  /// @param aad associated data: what the key is
  /// @return the wrapped key; the root's own format, its first byte tells which kind of root
  byte[] wrap(SecretBytes key, byte[] aad);

  /// @throws WrongRootException where it was wrapped by another root, for something else, or was
  ///   changed
  SecretBytes unwrap(byte[] wrapped, byte[] aad);

  /// @return a sentence for the operator: where the root lies and how to keep it
  String notice();

  @Override
  void close();
}
