package no.spor.vault;

/// A tenant's or period's key, unwrapped.
final class StoredKey extends Counted {
  private final SecretBytes key;

  StoredKey(SecretBytes key) {
    this.key = key;
  }

  SecretBytes key() {
    return key;
  }

  @Override
  void wipe() {
    key.close();
  }
}
