package no.spor.vault;

import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Port: the key that wraps epoch keys. It may live in a file, a token or a service; it never
/// leaves there.
///
/// Who holds it, the epochs and the key store can open everything that is not forgotten.
/// Thread-safe.
public interface RootKey extends AutoCloseable {
  /// Opens the root that a file holds or, where it begins with the line `spor-root-pkcs11-1`, names
  /// (`FORMAT.md`, "Root file", "Root on a token").
  ///
  /// @param first whether it may be made where there is none: a first start only. Where keys exist
  ///   already, a missing root must not be replaced by a fresh one
  /// @param pin a token's PIN, where its file names none; null for none
  /// @throws WrongRootException where it is not there, is no root, or others than its owner may
  ///   read or change it
  static RootKey open(Path file, boolean first, @Nullable String pin, SecureRandom random) {
    Path absolute = file.toAbsolutePath();
    if (Pkcs11RootKey.isNamedBy(absolute)) {
      return Pkcs11RootKey.open(absolute, first, pin, random);
    }
    return first ? FileRootKey.openOrCreate(file, random) : FileRootKey.open(file, random);
  }

  /// @param aad associated data: what the key is
  /// @return the wrapped key; the root's own format, its first byte tells which kind of root
  byte[] wrap(SecretBytes key, byte[] aad);

  /// @throws WrongRootException where it was wrapped by another root, for something else, or was
  ///   changed
  SecretBytes unwrap(byte[] wrapped, byte[] aad);

  /// @return whether opening it made it
  boolean created();

  /// @return a sentence for the operator: where the root lies and how to keep it
  String notice();

  @Override
  void close();
}
